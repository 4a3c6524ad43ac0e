package import Exports
import Profiles
import Segments

extension ProfileDesk {
    /// A page of profiles. Where the engine has no search by words, what was typed finds the profile with exactly
    /// this id and those with exactly this address. Throws what the engine and the catalog throw.
    package func find(_ query: ProfileQuery) async throws -> ProfilePage {
        if engine.abilities.has(.search) { return try await engine.find(query) }
        guard !query.text.isEmpty else {
            return try await engine.page(
                of: query.filter, after: query.after, limit: query.limit)
        }
        var found = try await profiles(withAddress: query.text)
        if let exact = try await engine.profile(id: query.text) {
            found.removeAll { $0.id == exact.id }
            found.insert(exact, at: 0)
        }
        var shown: [Profile] = []
        for profile in found.prefix(query.limit) {
            if try await engine.isMember(profile.id, of: query.filter) { shown.append(profile) }
        }
        return ProfilePage(profiles: shown, next: nil)
    }

    /// How far the index of words is. Where there is none, nothing is searched by and nothing is missing.
    /// Throws what the engine throws.
    package func searchIndex() async throws -> SearchIndexState {
        if engine.abilities.has(.search) { return try await engine.searchIndex() }
        let total = try await engine.count(.always, within: EnginePatience.count)
        return SearchIndexState(attributes: [], isChosen: false, indexed: total, total: total)
    }
}
