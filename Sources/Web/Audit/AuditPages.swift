import Access
import Acts
import Foundation
import Hummingbird
import Phrases
import Profiles
import Store

/// Admin > Audit log: who changed what, and when.
struct AuditPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    private static let rowsMax = 100
    /// Rows of a download that are read at once.
    private static let rowsAtOnce = 1_000

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/admin/audit", needs: .readAudit, use: show)
        routes.page("/admin/audit.csv", needs: .readAudit, use: download)
    }

    private func show(_ signedIn: SignedIn) async throws -> Response {
        let book = signedIn.book
        let query = AuditQuery(signedIn.query)
        let before = signedIn.query["before"].flatMap(AuditEntry.ID.init)
        let page = try await services.acts.perform(
            ListAudit(
                query.filter,
                page: PageRequest(
                    limit: Self.rowsMax, after: before.map { Cursor(.audit, after: $0) })),
            by: signedIn.asker)
        let words = try await services.acts.perform(ShowAuditWords(), by: signedIn.asker)
        return renderer.page(
            "audit", title: book.text(.auditTitle),
            AuditModel(
                rows: page.items.map { AuditModel.Row($0, book) },
                isEmpty: page.items.isEmpty,
                actors: AuditModel.Choice.all(words.actors, selected: query.filter.actor),
                verbs: AuditModel.Choice.all(words.verbs, selected: query.filter.verb) {
                    AuditWords.verb($0, book)
                },
                nouns: AuditModel.Choice.all(words.nouns, selected: query.filter.noun) {
                    AuditWords.noun($0, book)
                },
                thing: query.filter.thing ?? "", from: query.fromText, to: query.toText,
                downloadHref: "/admin/audit.csv\(query.text())",
                paging: PagingMark(
                    text: book.text(.auditShown, count: page.items.count),
                    previous: before == nil ? nil : "/admin/audit\(query.text())",
                    next: page.next.flatMap { Cursor($0, kind: .audit)?.id }.map {
                        "/admin/audit\(query.text(before: AuditEntry.ID($0)))"
                    })),
            for: signedIn)
    }

    /// Everything the filter lets through, newest first. Values that a spreadsheet would take for a formula
    /// are marked as text.
    private func download(_ signedIn: SignedIn) -> Response {
        let query = AuditQuery(signedIn.query)
        return .csv(
            named: "audit.csv", header: ["time", "actor", "verb", "noun", "thing", "changes"]
        ) { [acts = services.acts] (after: Cursor?) in
            let page = try await acts.perform(
                ListAudit(query.filter, page: PageRequest(limit: Self.rowsAtOnce, after: after)),
                by: signedIn.asker)
            let rows = page.items.map { entry in
                [
                    PhraseBook(.en).machineTime(entry.at.milliseconds), entry.actor, entry.verb,
                    entry.noun, entry.thing, entry.changes.joined(separator: " "),
                ]
            }
            return (rows, page.next.flatMap { Cursor($0, kind: .audit) })
        }
    }
}

/// The filter as it stands in the address.
struct AuditQuery: Sendable {
    let filter: AuditFilter
    let fromText: String
    let toText: String
    private let pairs: [(String, String)]

    init(_ query: FormFields) {
        fromText = query.text("from") ?? ""
        toText = query.text("to") ?? ""
        filter = AuditFilter(
            actor: query.text("actor"), verb: query.text("verb"), noun: query.text("noun"),
            thing: query.text("thing"), from: Self.day(fromText),
            to: Self.day(toText).map { $0 + 86_400_000 })
        pairs = ["actor", "verb", "noun", "thing", "from", "to"].compactMap { name in
            query.text(name).map { (name, $0) }
        }
    }

    /// The query of a link that keeps the filter.
    func text(before: AuditEntry.ID? = nil) -> String {
        LinkQuery.text(pairs + (before.map { [("before", String($0))] } ?? []))
    }

    /// Midnight of a day in UTC; nil for anything else.
    private static func day(_ text: String) -> Int64? {
        // A date that cannot be read filters nothing.
        guard
            let date = try? Date(
                text, strategy: Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day())
        else {
            return nil
        }
        return Int64(date.timeIntervalSince1970 * 1_000)
    }
}

/// Queries of links.
enum LinkQuery {
    /// `?a=b&c=d`, or nothing.
    static func text(_ pairs: [(String, String)]) -> String {
        guard !pairs.isEmpty else { return "" }
        return "?"
            + pairs.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-_.")))
            ?? ""
    }
}
