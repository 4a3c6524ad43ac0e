import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import Phrases
import Profiles
import Segments
import Store

/// Data > Segments: the list, one segment, and what is done with one. Its form is another family.
struct SegmentPages: Sendable {
    let services: Services
    let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        let path = "/segments/{id}"
        routes.page("/segments", needs: .readSegments, use: list)
        routes.page(path, needs: .readSegments, use: show)
        routes.page("\(path)/members.csv", needs: .readCustomers, use: download)
        routes.form("\(path)/evaluate", needs: .changeSegments, use: evaluate)
        routes.form("\(path)/state", needs: .changeSegments, use: setState)
        routes.form("\(path)/freeze", needs: .changeSegments, use: freeze)
        routes.form("\(path)/follow", needs: .changeSegments, use: follow)
        routes.form("\(path)/duplicate", needs: .changeSegments, use: duplicate)
        routes.form("\(path)/exports", needs: .changeExports, use: addToExport)
        routes.page("\(path)/remove", needs: .changeSegments) { signedIn in
            try removalPage(signedIn, try entry(signedIn), status: .ok)
        }
        routes.form("\(path)/remove", needs: .changeSegments, use: remove)
    }

    // MARK: Looking

    private func list(_ signedIn: SignedIn) throws -> Response {
        let book = signedIn.book
        let query = SegmentsQuery(signedIn.query)
        let entries = try services.catalog.history.segmentEntries()
        let found = query.rows(
            entries.map { SegmentsModel.Row($0, signedIn.role, book) }, book)
        let page = query.page(found)
        let next = page.hasMore ? page.rows.last.map { query.href(after: $0.id) } : nil
        return renderer.page(
            "segments", title: book.text(.segmentsTitle),
            SegmentsModel(
                rows: page.rows,
                columns: SegmentsQuery.Column.allCases.map { column in
                    let isSorted = column == query.column
                    return ExportsModel.ColumnHead(
                        href: query.href(sortedBy: column),
                        text: book.text(at: "segments.column.\(column.rawValue)")
                            ?? column.rawValue,
                        order: isSorted ? (query.isDescending ? "descending" : "ascending") : nil,
                        icon: isSorted ? (query.isDescending ? "down" : "up") : nil)
                },
                search: query.search, sort: query.sort, isEmpty: entries.isEmpty,
                isFruitless: found.isEmpty && !entries.isEmpty,
                mayChange: signedIn.role.allows(.changeSegments),
                paging: PagingMark(
                    text: book.text(.segmentsCount, count: found.count),
                    previous: query.after == nil ? nil : query.href(), next: next)),
            for: signedIn)
    }

    /// Members that are shown of a segment.
    private static let previewMax = 100

    private func show(_ signedIn: SignedIn) async throws -> Response {
        let entry = try entry(signedIn)
        let span = signedIn.query.text("span").flatMap(SegmentSpan.init) ?? .all
        let sizes = try services.catalog.history.sizes(
            ofSegment: entry.id, since: span.start(before: services.now()))
        let adding =
            signedIn.role.allows(.changeExports)
            ? SegmentModel.Adding(
                entry.segment,
                try services.catalog.setup.exportEntries().filter {
                    $0.right(of: signedIn.role) == .change
                }) : nil
        return renderer.page(
            "segment", title: entry.segment.name,
            SegmentModel(
                entry, sizes: sizes, span: span,
                preview: try await preview(entry.segment, signedIn),
                adding: adding, signedIn.role, signedIn.book),
            for: signedIn)
    }

    private func preview(
        _ segment: Segment, _ signedIn: SignedIn
    ) async throws -> SegmentModel.Preview? {
        guard signedIn.role.allows(.readCustomers) else { return nil }
        do {
            let members = try await services.segments.members(of: segment)
            return SegmentModel.Preview(
                try await members.page(after: nil, limit: Self.previewMax).profiles,
                members.attributes,
                of: segment.id)
        } catch is RuleTextError {
            // The page says what is wrong with the rule.
            return nil
        }
    }

    /// Every member with everything known of it. Values that a spreadsheet would take for a formula are
    /// marked as text.
    private func download(_ signedIn: SignedIn) async throws -> Response {
        let entry = try entry(signedIn)
        let members = try await services.segments.members(of: entry.segment)
        let names = members.attributes.map(\.name)
        return .csv(named: "segment-\(entry.id)-members.csv", header: ["profile"] + names) {
            (after: String?) in
            let page = try await members.page(after: after, limit: RunPages.chunk)
            let rows = page.profiles.map { profile in
                [profile.id] + names.map { profile.values[$0]?.exported ?? "" }
            }
            return (rows, page.next)
        }
    }

    /// The segment in the path.
    func entry(_ signedIn: SignedIn) throws -> SegmentEntry {
        guard let entry = try services.catalog.history.segmentEntry(id: try signedIn.id()) else {
            throw WebProblem(.notFound)
        }
        return entry
    }
}
