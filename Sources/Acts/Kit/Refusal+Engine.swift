package import Exports
import Profiles

extension Refusal {
    /// What an engine's error means to whoever asked, where it is about what they asked for; nil for trouble.
    package init?(_ error: EngineError) {
        switch error.code {
        case .unavailable:
            self.init(
                .conflict, ["noun": .word(error.subject ?? "")], cause: error.code.rawValue)
        case .badCursor:
            self.init(.unreadable, findings: [.init("after", "cursor")])
        default:
            return nil
        }
    }

    /// Says that an engine has not what would be used here; nil where it has.
    package init?(missing ability: EngineAbilities.Ability, in engine: any ProfileEngine) {
        guard !engine.abilities.has(ability) else { return nil }
        self.init(EngineError(unavailable: ability))
    }
}
