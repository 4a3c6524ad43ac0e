import Acts
import Phrases

/// A page of the audit log.
struct AuditModel: Sendable {
    let rows: [Row]
    let isEmpty: Bool
    let actors: [Choice]
    let verbs: [Choice]
    let nouns: [Choice]
    let thing: String
    let from: String
    let to: String
    let downloadHref: String
    let paging: PagingMark

    struct Row: Sendable {
        let at: MomentText
        let actor: String
        let verb: String
        let noun: String
        let thing: String
        let changes: String

        init(_ entry: AuditAnswer, _ book: PhraseBook) {
            at = MomentText(entry.at.milliseconds, book)
            actor = entry.actor
            verb = AuditWords.verb(entry.verb, book)
            noun = AuditWords.noun(entry.noun, book)
            thing = entry.thing
            changes = entry.changes.joined(separator: ", ")
        }
    }

    struct Choice: Sendable {
        let value: String
        let text: String
        let isSelected: Bool

        static func all(
            _ values: [String], selected: String?, word: (String) -> String = { $0 }
        ) -> [Choice] {
            values.map { Choice(value: $0, text: word($0), isSelected: $0 == selected) }
        }
    }
}

/// What the audit's verbs and nouns are called; a word without a phrase stands as it is.
enum AuditWords {
    static func verb(_ verb: String, _ book: PhraseBook) -> String {
        book.text(at: "audit.verb.\(verb)") ?? verb
    }

    static func noun(_ noun: String, _ book: PhraseBook) -> String {
        book.text(at: "audit.noun.\(noun)") ?? noun
    }
}
