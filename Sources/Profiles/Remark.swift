import Foundation

/// A refusal as it is kept beside a run, a segment or a source: a code with facts. Rows of older days hold an
/// English sentence in its place, which is shown as it was written.
package struct Remark: Refusing, Hashable, Sendable {
    package let family: PhraseFamily
    package let refusalCode: String
    package let facts: Facts

    package init(_ code: String, _ facts: Facts = [:], family: PhraseFamily = .refusal) {
        self.family = family
        refusalCode = code
        self.facts = facts
    }

    package init(_ told: some Worded) {
        self.init(told.phraseCode, told.facts, family: told.family)
    }

    /// What somebody else wrote, in their language: a row of older days, an account.
    package init(written text: String) {
        self.init(Self.asWritten, ["text": .text(text)])
    }

    /// The code of a remark that is a sentence already.
    package static let asWritten = "as-written"
}

extension Remark {
    /// As it stands in a column.
    package init(stored text: String) {
        // What is no remark in JSON was written before there were any.
        self =
            (try? JSONDecoder().decode(Kept.self, from: Data(text.utf8))).map {
                Remark($0.code, $0.facts, family: $0.family ?? .refusal)
            } ?? Remark(written: text)
    }

    /// For a column.
    package var stored: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(
                decoding: try encoder.encode(
                    Kept(
                        code: refusalCode, facts: facts, family: family == .refusal ? nil : family)),
                as: UTF8.self)
        } catch {
            preconditionFailure("Texts and whole numbers are always JSON: \(error)")
        }
    }

    private struct Kept: Codable {
        let code: String
        let facts: Facts
        /// Left out of refusals.
        let family: PhraseFamily?
    }
}

/// How remarks are told in answers that are JSON: set by whoever writes the answer.
package struct RemarkWords: Sendable {
    /// The key of the encoder's user information.
    package static let key = CodingUserInfoKey.remarkWords

    package let sentence: @Sendable (Remark) -> String

    package init(_ sentence: @escaping @Sendable (Remark) -> String) {
        self.sentence = sentence
    }
}

extension CodingUserInfoKey {
    fileprivate static let remarkWords: CodingUserInfoKey = {
        guard let key = CodingUserInfoKey(rawValue: "ferry.remark-words") else {
            preconditionFailure("Any text is a key.")
        }
        return key
    }()
}

/// In an answer a remark is its sentence, which is also what a program that asked reads.
extension Remark: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(written: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let words = encoder.userInfo[RemarkWords.key] as? RemarkWords
        try container.encode(words?.sentence(self) ?? refusalCode)
    }
}
