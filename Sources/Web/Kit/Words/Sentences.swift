package import Acts
import Foundation
package import Phrases
package import Profiles

/// The sentences of refusals and findings, in the language of the book. Every skin makes them here: pages in the
/// reader's language, the API and the command line in English.
extension PhraseBook {
    /// `<family>.<code>`, with its facts filled in. What tells the `noun` of a thing, or in `what` a variant, may
    /// have a sentence of its own for it: `refusal.not-found.user`.
    package func sentence(of told: some Worded) -> String {
        let facts = told.facts
        let sentence = sentence(told.family, told.phraseCode, facts)
        return [sentence, guess(facts)].compactMap(\.self).joined(separator: " ")
    }

    /// What somebody who named a thing that is not there probably meant, or what there is.
    private func guess(_ facts: Facts) -> String? {
        if let nearest = facts["nearest"] {
            return text(.refusalNearest, ["nearest": text(of: nearest)])
        }
        guard case .names(let names) = facts["names"] else { return nil }
        return names.isEmpty
            ? text(.refusalNoneKnown) : text(.refusalKnown, ["names": text(of: .names(names))])
    }

    /// All that a refusal has to say: what was found, or else why it was refused.
    package func report(of refusal: Refusal) -> String {
        guard refusal.findings.isEmpty else {
            return refusal.findings.map { sentence(of: $0) }.joined(separator: " ")
        }
        return sentence(of: refusal)
    }

    /// The sentence with all that surrounds it where a rule is spoken of: the segments and the place, the marked
    /// line, and what was probably meant.
    package func report(of told: some Worded) -> String {
        let facts = told.facts
        var lines = [sentence(of: told)]
        let heading = [segmentPath(facts), place(facts)].compactMap(\.self)
            .joined(separator: ", ")
        if !heading.isEmpty {
            lines[0] = text(.refusalRuleAt, ["where": heading, "sentence": lines[0]])
        }
        if let excerpt = facts["excerpt"] { lines.append(text(of: excerpt)) }
        if let suggestion = facts["suggestion"] {
            lines.append(text(.refusalRuleSuggestion, ["suggestion": text(of: suggestion)]))
        }
        return lines.joined(separator: "\n")
    }

    private func segmentPath(_ facts: Facts) -> String? {
        guard case .names(let segments) = facts["segments"] else { return nil }
        return segments.map { text(.refusalRuleInSegment, ["segment": $0]) }
            .joined(separator: ", ")
    }

    private func place(_ facts: Facts) -> String? {
        guard let line = facts["line"], let column = facts["column"] else { return nil }
        return text(.refusalRulePlace, ["line": text(of: line), "column": text(of: column)])
    }

    private func sentence(_ family: PhraseFamily, _ code: String, _ facts: Facts) -> String {
        let key = "\(family.rawValue).\(code)"
        var template = text(at: key)
        if case .word(let what) = facts["what"] {
            template = text(at: "\(key).\(what)") ?? template
        }
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
            shown(names).formatted(.list(type: .and, width: .standard).locale(language.locale))
        case .choices(let names):
            names.map { "'\($0)'" }.formatted(
                .list(type: .or, width: .standard).locale(language.locale))
        case .chain(let names):
            names.map { "'\($0)'" }.joined(separator: " \(text(.wordUses)) ")
        case .word(let word): text(at: "word.\(word)") ?? text(at: word) ?? Self.tail(of: word)
        case .moment(let milliseconds): Moment(milliseconds).text
        }
    }
}

extension PhraseBook {
    /// A kind of field that only the destination knows has no phrase: `kind-rating` is `rating`.
    private static func tail(of word: String) -> String {
        word.hasPrefix("kind-") ? String(word.dropFirst("kind-".count)) : word
    }

    /// Most names that are told one by one.
    private static let namesMax = 5

    private func shown(_ names: [String]) -> [String] {
        let more = names.count - Self.namesMax
        return names.prefix(Self.namesMax).map { "'\($0)'" }
            + (more > 0 ? [text(.wordMore, ["count": text(of: .number(more))])] : [])
    }
}

extension String {
    fileprivate func filled(_ values: [String: String]) -> String {
        PhraseBook.filled(self, values)
    }
}
