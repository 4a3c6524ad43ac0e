import Access
import Foundation
import Hummingbird
import NIOCore
import Phrases
import Store

/// Admin > Audit log: who changed what, and when.
struct AuditPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    private static let rowsMax = 100

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/admin/audit", needs: .readAudit, use: show)
        routes.page("/admin/audit.csv", needs: .readAudit, use: download)
    }

    private func show(_ signedIn: SignedIn) throws -> Response {
        let book = signedIn.book
        let query = AuditQuery(signedIn.query)
        let before = signedIn.query["before"].flatMap(Int64.init)
        let found = try services.catalog.history.auditEntries(
            query.filter, before: before, limit: Self.rowsMax + 1)
        let shown = found.prefix(Self.rowsMax)
        let words = try services.catalog.history.auditWords()
        return renderer.page(
            "audit", title: book.text(.auditTitle),
            AuditModel(
                rows: shown.map { AuditModel.Row($0, book) },
                isEmpty: shown.isEmpty,
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
                    text: book.text(.auditShown, count: shown.count),
                    previous: before == nil ? nil : "/admin/audit\(query.text())",
                    next: found.count > Self.rowsMax
                        ? shown.last.map { "/admin/audit\(query.text(before: $0.id))" } : nil)),
            for: signedIn)
    }

    /// Everything the filter lets through, newest first. Values that a spreadsheet would take for a formula
    /// are marked as text.
    private func download(_ signedIn: SignedIn) -> Response {
        let query = AuditQuery(signedIn.query)
        let catalog = services.catalog
        return .csv(
            named: "audit.csv", header: ["time", "actor", "verb", "noun", "thing", "changes"]
        ) { (before: Int64?) in
            let page = try catalog.history.auditEntries(query.filter, before: before, limit: 1_000)
            let rows = page.map { entry in
                [
                    PhraseBook(.en).machineTime(entry.at), entry.actor, entry.verb, entry.noun,
                    entry.thing, entry.changes.joined(separator: " "),
                ]
            }
            return (rows, page.count < 1_000 ? nil : page.last?.id)
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
    func text(before: Int64? = nil) -> String {
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
