package import Access
import Exports
package import Profiles
import Segments
import Store

/// Profiles found by words and by a rule, a page at a time.
package struct ListProfiles: RemoteAct {
    /// How they stand on the list.
    package enum Order: String, Codable, Sendable {
        /// As the search has them. Lists over the API are always in this order.
        case found
        /// By their ids; words are not looked for. A place in it is `Cursor(.members, id)`.
        case ids
    }

    package static let needs = Permission.readCustomers
    /// Words, each the beginning of one that the profile holds; empty for everybody.
    package let search: String
    /// A rule that must hold.
    package let filter: String?
    package let order: Order
    package let page: PageRequest

    package init(
        search: String = "", filter: String? = nil, order: Order = .found,
        page: PageRequest = PageRequest()
    ) {
        self.search = search
        self.filter = filter
        self.order = order
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> Page<ProfileAnswer> {
        let predicate: Predicate = try await RuleRefusal.explaining(.filter) {
            guard let filter else { return .always }
            return try await acts.segments.check(filter).predicate
        }
        let after = page.after?.parts.first
        switch order {
        case .found:
            let query = ProfileQuery(
                text: search, filter: predicate, after: after, limit: page.limit)
            return Page(try await acts.profiles.find(query), .customers)
        case .ids:
            let found = try await acts.engine.page(of: predicate, after: after, limit: page.limit)
            return Page(found, .members)
        }
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall(
            "GET", "/api/v1/customers",
            query: page.query.merging([
                "search": search.isEmpty ? nil : search, "filter": filter,
            ]) { $1 })
    }
}

/// Everything that is known of one profile.
package struct ShowProfile: RemoteAct {
    package static let needs = Permission.readCustomers
    package let id: Profile.ID

    package init(_ id: Profile.ID) {
        self.id = id
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> ProfileCardAnswer {
        guard let profile = try await acts.engine.profile(id: id) else {
            throw Refusal(.notFound, ["noun": .word("profile")])
        }
        return ProfileCardAnswer(try await acts.profiles.card(of: profile, for: asker.role))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/customers/\(APICall.encoded(id))")
    }
}

extension Page<ProfileAnswer> {
    /// A page of an engine, whose places mean something to it alone.
    init(_ page: ProfilePage, _ kind: Cursor.Kind) {
        self.init(
            items: page.profiles.map(ProfileAnswer.init),
            next: page.next.map { Cursor(kind, $0).text })
    }
}

extension ActContext {
    /// What is known of profiles at this moment.
    package var profiles: ProfileDesk {
        ProfileDesk(catalog: catalog, engine: engine, moment: Timestamp(milliseconds: now()))
    }
}
