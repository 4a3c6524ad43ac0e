/// What an engine has besides reading. What it has not is said plainly wherever it would be used.
package struct EngineAbilities: Equatable, Sendable {
    /// One thing that an engine may have or not. Its name is that of its phrase, `ability.<name>`.
    package enum Ability: String, CaseIterable, Codable, Sendable {
        /// Files become profiles.
        case importing
        /// Segments may be fixed sets.
        case staticMembers = "static-members"
        /// Profiles are found by words.
        case search
    }

    private let abilities: Set<Ability>

    package init(_ abilities: Set<Ability>) {
        self.abilities = abilities
    }

    package func has(_ ability: Ability) -> Bool { abilities.contains(ability) }

    /// Throws `EngineError.unavailable`, which names the ability, when the engine has it not.
    package func require(_ ability: Ability) throws(EngineError) {
        guard has(ability) else { throw EngineError(unavailable: ability) }
    }
}

extension EngineError {
    /// The engine has not what was asked for.
    package init(unavailable ability: EngineAbilities.Ability) {
        self.init(.unavailable, subject: ability.rawValue)
    }
}
