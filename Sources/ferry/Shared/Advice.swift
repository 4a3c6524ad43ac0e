import Phrases
import Profiles
import Web

/// What somebody at a terminal can do about a refusal: the options and commands that only the command line has.
/// Refusals themselves name none of them.
enum Advice {
    /// The refusal's sentence, and what to do about it.
    static func sentence(_ refusal: some Refusing) -> String {
        let sentence = PhraseBook(.en).report(of: refusal)
        guard let advice = text(for: refusal.refusalCode, refusal.facts) else { return sentence }
        return "\(sentence) \(advice)"
    }

    static func text(for code: String, _ facts: Facts = [:]) -> String? {
        switch code {
        case "not-found": forMissing(facts)
        case "not-a-data-directory":
            facts["what"] == .word("file")
                ? "Name a data directory with --data."
                : "Import profiles first, or name another one with --data."
        case "data-directory-in-use":
            "Wait until it ends, stop it, or, if it is the service, name its address with --server."
        case "already-running" where facts["what"] == .word("unfinished"):
            "Finish it with 'ferry runs resume', or end it with 'ferry runs dismiss \(id(facts["run"]))'."
        case "too-many-leavers": "Approve it with --approve."
        default: nil
        }
    }

    private static func forMissing(_ facts: Facts) -> String? {
        guard case .word(let noun) = facts["noun"] else { return nil }
        if noun == "run" { return "'ferry runs list' shows them." }
        guard facts["names"] == .names([]) else { return nil }
        return noun == "source"
            ? "Declare one with 'ferry sources add'." : "Add one with 'ferry \(noun)s add'."
    }

    private static func id(_ fact: Fact?) -> String {
        guard case .text(let id) = fact else { return "" }
        return id
    }
}
