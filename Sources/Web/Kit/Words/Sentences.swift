package import Acts
import Foundation
package import Phrases
package import Profiles

/// The sentences of refusals and findings, in the language of the book. Every skin makes them here: pages in the
/// reader's language, the API and the command line in English.
extension PhraseBook {
    /// `refusal.<code>`, with its facts filled in. A refusal about a kind of thing may have a sentence of its own:
    /// `refusal.not-found.user`.
    package func sentence(of refusal: some Refusing) -> String {
        sentence("refusal", refusal.refusalCode, refusal.facts)
    }

    /// All that a refusal has to say: what was found, or else why it was refused.
    package func report(of refusal: Refusal) -> String {
        guard refusal.findings.isEmpty else {
            return refusal.findings.map(sentence(of:)).joined(separator: " ")
        }
        return refusal.detail ?? sentence(of: refusal)
    }

    /// `invalid.<code>`, with its facts filled in.
    package func sentence(of finding: Refusal.Finding) -> String {
        sentence("invalid", finding.code, finding.facts)
    }

    private func sentence(_ family: String, _ code: String, _ facts: Facts) -> String {
        let key = "\(family).\(code)"
        var template = text(at: key)
        if case .word(let noun) = facts["noun"] {
            let identified = facts["name"] == nil ? "" : ".named"
            template = text(at: "\(key).\(noun)\(identified)") ?? template
        }
        return (template ?? key).filled(facts.mapValues(text(of:)))
    }

    /// A fact as a reader sees it.
    package func text(of fact: Fact) -> String {
        switch fact {
        case .text(let text): text
        case .number(let number): number.formatted(.number.locale(language.locale))
        case .names(let names):
            names.map { "'\($0)'" }.formatted(
                .list(type: .and, width: .standard).locale(language.locale))
        case .word(let word): text(at: "word.\(word)") ?? word
        case .moment(let milliseconds): Moment(milliseconds).text
        }
    }
}

extension String {
    fileprivate func filled(_ values: [String: String]) -> String {
        PhraseBook.filled(self, values)
    }
}
