/// What can be wrong with the text of a rule. Each has a phrase; those that tell `what` have one for each of
/// their variants.
package enum RuleMistake: String, CaseIterable, Sendable {
    // MARK: Signs and pieces

    case signForeign = "rule-sign-foreign"
    case signOdd = "rule-sign-odd"
    case signUnseen = "rule-sign-unseen"
    case quoteTypographic = "rule-quote-typographic"
    case quoteInside = "rule-quote-inside"
    case character = "rule-character"
    case textUnclosed = "rule-text-unclosed"
    case nameUnclosed = "rule-name-unclosed"
    case nameEmpty = "rule-name-empty"
    case wordBeginsWithDigit = "rule-word-begins-with-digit"
    case numberBeginsWithPoint = "rule-number-begins-with-point"
    case numberUnderscore = "rule-number-underscore"
    case numberZeros = "rule-number-zeros"
    case numberCommas = "rule-number-commas"
    case numberTooLarge = "rule-number-too-large"
    case dateSlashes = "rule-date-slashes"
    case dateNone = "rule-date-none"
    case dateForm = "rule-date-form"
    case timeForm = "rule-time-form"
    case timeSign = "rule-time-sign"

    // MARK: Form

    case empty = "rule-empty"
    case tooLong = "rule-too-long"
    case tooDeep = "rule-too-deep"
    case listTooLong = "rule-list-too-long"
    /// `what` is a `RuleExpectation`.
    case expected = "rule-expected"
    /// The rule ends where something of `what`, a `RuleExpectation`, was expected.
    case ends = "rule-ends"
    /// A word where a value was expected; `what` is a `RuleExpectation` of a value.
    case valueUnquoted = "rule-value-unquoted"
    /// A name where a value was expected; `what` is a `RuleExpectation` of a value.
    case valueIsName = "rule-value-is-name"
    case nameWithBlank = "rule-name-with-blank"
    case nameWithSign = "rule-name-with-sign"
    case nameReserved = "rule-name-reserved"
    case segmentAfterAttribute = "rule-segment-after-attribute"
    case valueAbsent = "rule-value-absent"
    case amountRange = "rule-amount-range"
    case unclosed = "rule-unclosed"
    case unopened = "rule-unopened"

    // MARK: Meaning

    case attributeUnknown = "rule-attribute-unknown"
    case attributeAlike = "rule-attribute-alike"
    case segmentUnknown = "rule-segment-unknown"
    case circle = "rule-circle"
    case segmentsTooDeep = "rule-segments-too-deep"
    case depthTogether = "rule-depth-together"
    case conditionsTogether = "rule-conditions-together"
    case valuesTogether = "rule-values-together"
    /// `what` is a `RuleMismatch`.
    case mismatch = "rule-mismatch"
    case textEmpty = "rule-text-empty"
    case rangeEmpty = "rule-range-empty"
    case orderOfBoolean = "rule-order-of-boolean"
    case caseOfSign = "rule-case-of-sign"
    case caseOfKind = "rule-case-of-kind"
    /// `what` is a `TextMatch`.
    case matchOfKind = "rule-match-of-kind"
    /// `what` is a `TextMatch`.
    case matchOfValue = "rule-match-of-value"
    case withinOfKind = "rule-within-of-kind"
    case partOfKind = "rule-part-of-kind"
    case partEmpty = "rule-part-empty"
    case partTest = "rule-part-test"
    case partRange = "rule-part-range"

    /// The variants that have phrases of their own; empty where the mistake has one.
    package var variants: [String] {
        switch self {
        case .expected, .ends: RuleExpectation.allCases.map(\.rawValue)
        case .valueUnquoted, .valueIsName: RuleExpectation.values.map(\.rawValue)
        case .mismatch: RuleMismatch.allCases.map(\.rawValue)
        case .matchOfKind, .matchOfValue: TextMatch.allCases.map(\.rawValue)
        default: []
        }
    }
}

/// What would have been right where something else stands.
enum RuleExpectation: String, CaseIterable {
    /// After `sign`.
    case value
    case text
    case listValue = "list-value"
    case listEnd = "list-end"
    case list
    case lower
    case upper
    case betweenAnd = "between-and"
    case condition
    case attribute
    /// After `part`.
    case partAttribute = "part-attribute"
    /// After `attribute`.
    case test
    /// After `word`.
    case with
    case not
    case afterNot = "after-not"
    case afterDoesNot = "after-does-not"
    case emptiness
    case notEmptiness = "not-emptiness"
    case direction
    case `case`
    case amount
    /// After `number`.
    case unit
    case segmentWord = "segment-word"
    case segmentName = "segment-name"
    case end

    static let values: [RuleExpectation] = [.value, .text, .listValue, .lower, .upper]
}

/// How a value does not fit the kind of an attribute.
enum RuleMismatch: String, CaseIterable {
    case text
    case number
    case boolean
    /// 0 or 1 for a truth value.
    case digit
    case date
    /// A moment for a date.
    case dateWithTime = "date-with-time"
    case timestamp
}
