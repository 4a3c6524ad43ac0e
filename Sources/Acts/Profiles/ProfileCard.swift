package import Access
import Exports
package import Profiles
import Segments
package import Store

/// Everything that is known of one profile, as far as whoever asks may know it.
package struct ProfileCard: Sendable {
    package let profile: Profile
    package let memberships: [Membership]
    /// Other profiles with an address of this one.
    package let others: [Profile]
    /// Whether the reader may know what became of anybody; without that the rest is empty.
    package let mayReadPeople: Bool
    package let standings: [ExportStanding]
    /// What runs did, newest first.
    package let history: [OutcomeEntry]
    /// Whether there is more of it.
    package let isCut: Bool
}

extension ProfileDesk {
    /// Outcomes on a card; the newest say most.
    private static let historyMax = 100

    /// Throws what the engine and the catalog throw.
    package func card(of profile: Profile, for role: Role) async throws -> ProfileCard {
        let memberships = try await memberships(of: profile)
        let mayReadPeople = role.allows(.readPeople)
        let found = mayReadPeople ? try await history(of: profile, limit: Self.historyMax + 1) : []
        return ProfileCard(
            profile: profile, memberships: memberships,
            others: try await others(withAddressOf: profile),
            mayReadPeople: mayReadPeople,
            standings: mayReadPeople
                ? try await standings(of: profile, memberships: memberships, history: found) : [],
            history: Array(found.prefix(Self.historyMax)), isCut: found.count > Self.historyMax)
    }
}
