import Access
import Acts
import Exports
import Hummingbird
import Phrases
import Profiles
import Segments
import Store
import Synchronization

/// Customers: looked for by words and filters, each with everything that is known of them.
struct ProfilePages: Sendable {
    let services: Services
    let renderer: PageRenderer
    private let facets = FacetCache()

    static let path = "/customers"
    private static let rowsMax = 50
    private static let facetsMax = 6

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page(Self.path, needs: .readCustomers, use: list)
        routes.page("\(Self.path)/search-index", needs: .manageSearch, use: showIndex)
        routes.form("\(Self.path)/search-index", needs: .manageSearch, use: saveIndex)
        routes.page("\(Self.path)/{id}", needs: .readCustomers, use: show)
    }

    var moment: Timestamp { Timestamp(milliseconds: services.now()) }

    private var desk: ProfileDesk { services.acts.profiles }

    private func list(_ signedIn: SignedIn) async throws -> Response {
        let query = ProfilesQuery(signedIn.query)
        let schema = try await services.engine.schema()
        let filter = ProfilesFilter(
            query, schema: schema, segments: SegmentLibrary(try services.catalog.setup.segments()),
            now: moment)
        let page =
            filter.isSound
            ? try await find(query, filter)
            : ProfilePage(profiles: [], next: nil)
        return renderer.page(
            "customers", title: signedIn.book.text(.customersTitle),
            try await model(query, filter, page, schema, signedIn), for: signedIn,
            status: filter.isSound ? .ok : .unprocessableContent)
    }

    /// An address that was cut short leads to the first page.
    private func find(
        _ query: ProfilesQuery, _ filter: ProfilesFilter
    ) async throws -> ProfilePage {
        func page(after: String?) async throws -> ProfilePage {
            try await desk.find(
                ProfileQuery(
                    text: query.search, filter: filter.predicate, after: after,
                    limit: Self.rowsMax))
        }
        do {
            return try await page(after: query.after)
        } catch let error as EngineError where error.code == .badCursor {
            return try await page(after: nil)
        }
    }

    private func model(
        _ query: ProfilesQuery, _ filter: ProfilesFilter, _ page: ProfilePage,
        _ schema: ProfileSchema, _ signedIn: SignedIn
    ) async throws -> ProfilesModel {
        let book = signedIn.book
        let index = try await desk.searchIndex()
        let look = ProfileLook(schema, searched: index.attributes)
        let facets =
            index.total == 0
            ? []
            : try await facets.current(at: services.now()) {
                try await services.engine.facets(limit: Self.facetsMax)
            }
        let mayImport = signedIn.role.allows(.importProfiles)
        return ProfilesModel(
            total: book.text(.customersTotal, count: index.total), isVacant: index.total == 0,
            mayImport: mayImport, search: query.search,
            indexing: indexing(index, book),
            hasFilters: query.hasFilters, isFilterOpen: query.hasFilters,
            facets: FacetMark.all(facets, query),
            conditions: ConditionMark.all(query, filter.misfits, schema, book),
            rule: query.rule, mistake: filter.mistake.map(book.sentence),
            hasMisfits: !filter.misfits.isEmpty,
            clearHref: Self.path + query.text(isFiltered: false),
            saveHref: signedIn.role.allows(.changeSegments)
                ? filter.rule.map { "/segments/new" + LinkQuery.text([("rule", $0.description)]) }
                : nil,
            indexHref: signedIn.role.allows(.manageSearch)
                && services.engine.abilities.has(.search) ? "\(Self.path)/search-index" : nil,
            columns: look.columns.map(\.name), rows: page.profiles.map(look.row),
            hasRows: !page.profiles.isEmpty,
            isFruitless: page.profiles.isEmpty && filter.isSound,
            paging: PagingMark(
                text: book.text(.customersShown, count: page.profiles.count),
                previous: query.after == nil ? nil : Self.path + query.text(),
                next: page.next.map { Self.path + query.text(after: $0) }))
    }

    /// What cannot be found by words yet, or at all.
    private func indexing(_ index: SearchIndexState, _ book: PhraseBook) -> String? {
        if let refusal = Refusal(missing: .search, in: services.engine) {
            return book.sentence(of: refusal)
        }
        guard !index.isComplete else { return nil }
        return book.text(
            .customersIndexing,
            ["indexed": book.number(index.indexed), "total": book.number(index.total)])
    }

    // MARK: What customers are searched by

    private func showIndex(_ signedIn: SignedIn) async throws -> Response {
        let book = signedIn.book
        let state = try await services.engine.searchIndex()
        let texts = try await services.engine.schema().attributes.filter { $0.kind == .text }
        return renderer.page(
            "search-index", title: book.text(.customersIndex),
            SearchIndexModel(
                choices: texts.enumerated().map { number, attribute in
                    SearchIndexModel.Choice(
                        id: "a-\(number)", name: attribute.name,
                        isTicked: state.attributes.contains(attribute.name))
                },
                state: book.text(
                    state.isComplete ? .customersIndexComplete : .customersIndexing,
                    [
                        "indexed": book.number(state.indexed), "total": book.number(state.total),
                    ]),
                isChosen: state.isChosen, isVacant: texts.isEmpty),
            for: signedIn)
    }

    private func saveIndex(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let wanted = fields.has("default") ? [] : fields.all("attribute")
        _ = try await services.acts.perform(ChooseSearchable(wanted), by: signedIn.asker)
        return GuardedRoutes.redirect("\(Self.path)/search-index?notice=search-index-saved")
    }
}

/// Remembers for a while which values can be ticked: reading the sample costs more than a search.
final class FacetCache: Sendable {
    private let kept = Mutex<(facets: [Facet], at: Int64)?>(nil)

    private static let freshMilliseconds: Int64 = 30_000

    func current(at now: Int64, read: () async throws -> [Facet]) async rethrows -> [Facet] {
        if let kept = kept.withLock({ $0 }), (0..<Self.freshMilliseconds).contains(now - kept.at) {
            return kept.facets
        }
        let facets = try await read()
        kept.withLock { $0 = (facets, now) }
        return facets
    }
}
