/// What a refusal or a finding tells besides its code. Sentences are made of these where they are shown, in the
/// reader's language; no fact is a sentence.
package enum Fact: Hashable, Codable, Sendable {
    /// A name or a word as a person wrote it.
    case text(String)
    case number(Int)
    /// Names, in the order in which they are told.
    case names([String])
    /// Names of which one is meant.
    case choices([String])
    /// Names each of which uses the next.
    case chain([String])
    /// A word of a closed list, which has a phrase of its own: `number`, `date`.
    case word(String)
    /// Milliseconds since 1970.
    case moment(Int64)
}

/// Facts by the names that sentences have for them.
package typealias Facts = [String: Fact]

/// What is told in a sentence of its own: `<family>.<code>`, with facts in its gaps.
package protocol Worded: Sendable {
    var family: PhraseFamily { get }
    /// Stable within its family.
    var phraseCode: String { get }
    var facts: Facts { get }
}

/// The phrase tables that hold sentences of codes.
package enum PhraseFamily: String, Codable, Sendable {
    /// Why something was not done.
    case refusal
    /// What is wrong with a field of what was asked.
    case invalid
    /// What a person should know of an export they draft.
    case finding
}

/// Something that was not done, as a stable code with facts. Invariant 18.
package protocol Refusing: Error, Worded {
    /// A stable code; `refusal.<code>` is its sentence.
    var refusalCode: String { get }
}

extension Refusing {
    package var family: PhraseFamily { .refusal }
    package var phraseCode: String { refusalCode }
}

extension Fact {
    /// A number that is written or looked up as it stands: an id, a limit of the rule language.
    package static func digits(_ number: some BinaryInteger) -> Fact { .text(String(number)) }

    /// An id.
    package static func digits<Thing>(_ id: Identifier<Thing>) -> Fact { .text(id.description) }
}

extension Fact: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral text: String) { self = .text(text) }
    package init(integerLiteral number: Int) { self = .number(number) }
}
