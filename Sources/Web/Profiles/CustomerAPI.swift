import Access
import Acts
import Exports
import Hummingbird
import Phrases
import Profiles
import Segments
import Store

/// Customers, to be found and to be understood: in which segments and on which lists they are, and why.
struct CustomerAPI: Sendable {
    let services: Services

    private static let filterCharactersMax = 5_000

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/customers", needs: .readCustomers, use: list)
        routes.api(.get, "/api/v1/customers/{id}", needs: .readCustomers, use: show)
        routes.api(.get, "/api/v1/search-index", needs: .readCustomers) { caller in
            _ = try APIQuery(caller, names: [])
            return .json(JSONValue(try await services.engine.searchIndex()))
        }
        routes.api(.put, "/api/v1/search-index", needs: .manageSearch, use: choose)
    }

    private var moment: Timestamp { Timestamp(milliseconds: services.now()) }

    private func list(_ caller: Caller) async throws -> Response {
        let query = try APIQuery(caller, names: PageRequest.names.union(["search", "filter"]))
        let page = try query.page(.customers)
        let desk = ProfileDesk(
            catalog: services.catalog, engine: services.engine, moment: moment)
        let found = try await desk.find(
            ProfileQuery(
                text: try query.text("search") ?? "", filter: try await filter(query),
                after: page.after?.parts.first, limit: page.limit))
        return .json(
            [
                "items": .array(found.profiles.map { JSONValue($0) }),
                "next": .text(found.next.map { Cursor(.customers, $0).text }),
            ] as JSONValue)
    }

    private func filter(_ query: APIQuery) async throws -> Predicate {
        guard let text = try query.text("filter", charactersMax: Self.filterCharactersMax) else {
            return .always
        }
        let schema = try await services.engine.schema()
        let library = SegmentLibrary(try services.catalog.setup.segments())
        do throws(RuleTextError) {
            return try Rule(parsing: text).resolved(
                schema: schema, segments: library, now: moment)
        } catch {
            let sentence = PhraseBook(.en).sentence(of: error)
            throw WebProblem(
                .badRequest, "The parameter 'filter' does not fit. \(sentence)",
                findings: [.init(field: "filter", code: "rule", detail: sentence)])
        }
    }

    private func show(_ caller: Caller) async throws -> Response {
        _ = try APIQuery(caller, names: [])
        guard let id = caller.visitor.textID(),
            let profile = try await services.engine.profile(id: id)
        else { throw WebProblem(.notFound, "There is no customer with this id.") }
        let desk = ProfileDesk(
            catalog: services.catalog, engine: services.engine, moment: moment)
        let memberships = try await desk.memberships(of: profile)
        let history = try await desk.history(of: profile, limit: CustomerPages.historyMax)
        let standings = try await desk.standings(
            of: profile, memberships: memberships, history: history)
        guard case .object(var members) = JSONValue(profile) else { return .json(JSONValue.null) }
        members["sameAddress"] = .texts(try await desk.others(withAddressOf: profile).map(\.id))
        members["segments"] = .array(memberships.map { JSONValue($0) })
        members["exports"] = .array(standings.map { JSONValue($0) })
        members["history"] = .array(history.map { JSONValue(ofHistory: $0) })
        return .json(JSONValue.object(members))
    }

    private func choose(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
        let names = body.texts("attributes", isRequired: true, count: 0...500)
        let texts = try await services.engine.schema().attributes.filter { $0.kind == .text }
        for name in names ?? [] where !texts.contains(where: { $0.name == name }) {
            body.find("attributes", "unknown", "Profiles have no text attribute of this name.")
            break
        }
        try body.end()
        guard let names else { throw WebProblem(.invalid) }
        try await services.chooseSearchable(names, by: caller.actor)
        return .json(JSONValue(try await services.engine.searchIndex()))
    }
}

extension JSONValue {
    init(_ state: SearchIndexState) {
        self = [
            "attributes": .texts(state.attributes), "chosen": .bool(state.isChosen),
            "indexed": .count(state.indexed), "total": .count(state.total),
        ]
    }

    /// A value in the JSON type that fits it; dates and times are texts.
    init(_ value: AttributeValue) {
        switch value {
        case .text, .date, .timestamp: self = .string(value.exported)
        case .boolean(let boolean): self = .bool(boolean)
        case .number(let number):
            self =
                number == number.rounded() && abs(number) < 9_007_199_254_740_992
                ? .integer(Int64(number)) : .number(number)
        }
    }

    init(_ profile: Profile) {
        self = [
            "id": .string(profile.id), "changedAt": .time(profile.changedAt.milliseconds),
            "attributes": .object(profile.values.mapValues { JSONValue($0) }),
        ]
    }

    init(_ membership: Membership) {
        self = [
            "id": .integer(membership.segment.id), "name": .string(membership.segment.name),
            "member": membership.isMember.map { .bool($0) } ?? .null,
            "why": membership.verdict.map { JSONValue($0) } ?? .null,
        ]
    }

    init(_ verdict: RuleVerdict) {
        let (kind, text, attribute, value): (String, String?, String?, AttributeValue?) =
            switch verdict.part {
            case .condition(let text, let attribute, let value):
                ("condition", text, attribute, value)
            case .everyone: ("everyone", nil, nil, nil)
            case .segment(let name): ("segment", name, nil, nil)
            case .not: ("not", nil, nil, nil)
            case .all: ("all", nil, nil, nil)
            case .any: ("any", nil, nil, nil)
            }
        self = [
            "kind": .string(kind), "holds": .bool(verdict.holds), "text": .text(text),
            "attribute": .text(attribute), "value": value.map { JSONValue($0) } ?? .null,
            "parts": .array(verdict.parts.map { JSONValue($0) }),
        ]
    }

    init(_ standing: ExportStanding) {
        self = [
            "id": .integer(standing.export.id), "name": .string(standing.export.name),
            "address": .text(standing.key.isEmpty ? nil : standing.key),
            "state": .string(standing.state.rawValue), "reason": .text(standing.reason),
            "runId": .id(standing.run), "at": .time(standing.at),
            "profileId": .text(standing.otherProfile),
            "delivered": .object(
                Dictionary(
                    standing.delivered.map { ($0.name, JSONValue.text($0.after)) },
                    uniquingKeysWith: { first, _ in first })),
            "member": standing.isMember.map { .bool($0) } ?? .null,
            "next": .string(standing.next.rawValue),
        ]
    }

    init(ofHistory entry: OutcomeEntry) {
        self = [
            "runId": .integer(entry.run), "exportName": .string(entry.exportName),
            "address": .string(entry.key), "profileId": .string(entry.profileID),
            "outcome": .string(entry.outcome.word), "operation": .text(entry.kind?.word),
            "reason": .text(entry.reason), "winner": .text(entry.winner), "at": .time(entry.at),
        ]
    }
}
