import Phrases
import Segments
import Web

extension RuleTextError {
    /// What it says in English.
    var message: String { PhraseBook(.en).sentence(of: self) }
    /// With the place, the marked line and the suggestion.
    var report: String { PhraseBook(.en).report(of: self) }
}
