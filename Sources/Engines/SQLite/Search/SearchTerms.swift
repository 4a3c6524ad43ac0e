import Foundation
import Profiles

/// What a person typed into the search box, as a query of the full-text table.
struct SearchTerms {
    /// All terms must occur, each as the beginning of a word; nil when there is nothing to look for.
    let query: String?
    /// The whole text as one run of words.
    let phrase: String?
    /// The text itself, to be compared with ids and addresses.
    let text: String

    /// Longer texts are cut; nobody types them.
    private static let charactersMax = 300
    private static let termsMax = 16

    init(_ typed: String) {
        text =
            String(typed.prefix(Self.charactersMax))
            .trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
        let terms = text.split { $0.isWhitespace || $0 == "-" }.filter(Self.holdsWord)
            .prefix(Self.termsMax)
        query =
            terms.isEmpty
            ? nil : terms.map { Self.quoted(String($0)) + " *" }.joined(separator: " AND ")
        phrase = Self.holdsWord(text[...]) ? Self.quoted(text) : nil
    }

    var isEmpty: Bool { text.isEmpty }

    var looksLikeAddress: Bool { text.contains("@") && !text.contains(where: \.isWhitespace) }

    /// Whether the tokenizer finds a word in it; a phrase without any would be passed over.
    private static func holdsWord(_ text: Substring) -> Bool {
        text.unicodeScalars.contains {
            switch $0.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .decimalNumber, .letterNumber, .otherNumber, .privateUse:
                true
            default: false
            }
        }
    }

    /// A string of the query language: nothing in it is an operator.
    private static func quoted(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? " " : $0 }))
            .quoted(by: "\"")
    }
}
