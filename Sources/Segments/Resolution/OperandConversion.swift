import Foundation
import Profiles

/// The values that an operand stands for: one, or all moments of a day when a day is compared with
/// timestamps.
struct OperandSpan {
    let lower: AttributeValue
    let upper: AttributeValue

    var isPoint: Bool { lower == upper }

    init(_ value: AttributeValue) {
        lower = value
        upper = value
    }

    init(momentsOf day: CalendarDay) {
        let start = Timestamp(startOf: day)
        lower = .timestamp(start)
        upper = .timestamp(
            Timestamp(milliseconds: start.milliseconds + Timestamp.millisecondsPerDay - 1))
    }
}

/// Turns the literals of a rule into values of an attribute's kind.
struct OperandConversion {
    /// The UTC day of the evaluation.
    let today: CalendarDay

    func span(
        of operand: RuleOperand, for attribute: Attribute
    ) throws(RuleTextError) -> OperandSpan {
        switch (attribute.kind, operand.literal) {
        case (.text, .text(let text)):
            return OperandSpan(.text(try normalized(text, operand, attribute)))
        case (.number, .number(let number)): return OperandSpan(.number(number))
        case (.boolean, .boolean(let boolean)): return OperandSpan(.boolean(boolean))
        case (.date, .date(let day)): return OperandSpan(.date(day))
        case (.date, .today(let shift)): return OperandSpan(.date(day(shift)))
        case (.timestamp, .date(let day)): return OperandSpan(momentsOf: day)
        case (.timestamp, .today(let shift)): return OperandSpan(momentsOf: day(shift))
        case (.timestamp, .timestamp(let timestamp)): return OperandSpan(.timestamp(timestamp))
        case (.text, _), (.number, _), (.boolean, _), (.date, _), (.timestamp, _):
            throw mismatch(operand, attribute)
        }
    }

    /// The text of a literal in NFC; an absent value is not an empty text, so nothing ever equals
    /// one.
    func normalized(
        _ text: String, _ operand: RuleOperand, _ attribute: Attribute
    ) throws(RuleTextError) -> String {
        guard !text.isEmpty else {
            throw RuleTextError(
                .textEmpty, ["attribute": .text(attribute.name)],
                suggestion: "\(RulePrinter.name(attribute.name)) is empty", place: operand.place)
        }
        return text.precomposedStringWithCanonicalMapping
    }

    private func day(_ shift: CalendarShift?) -> CalendarDay {
        shift?.moved(today) ?? today
    }

    private func mismatch(_ operand: RuleOperand, _ attribute: Attribute) -> RuleTextError {
        let written = RuleLexer.shortened(RulePrinter.text(of: operand))
        let (mismatch, suggestion) = misfit(operand.literal, attribute, written: written)
        return RuleTextError(
            .mismatch,
            [
                "what": .word(mismatch.rawValue), "attribute": .text(attribute.name),
                "written": .text(written), "literal": operand.literal.word,
            ],
            suggestion: suggestion, place: operand.place)
    }

    /// How it does not fit and, when the literal tells, what to write instead.
    private func misfit(
        _ literal: RuleLiteral, _ attribute: Attribute, written: String
    ) -> (RuleMismatch, String?) {
        switch attribute.kind {
        case .text: return (.text, "'\(written)'")
        case .number: return (.number, unquoted(literal) { Double($0)?.isFinite == true })
        case .boolean:
            if case .number(let number) = literal, number == 0 || number == 1 {
                return (.digit, number == 1 ? "true" : "false")
            }
            return (
                .boolean,
                unquoted(literal) {
                    RuleKeyword(word: $0).map { [.true, .false, .yes, .no].contains($0) } ?? false
                }
            )
        case .date:
            if case .timestamp(let timestamp) = literal, let day = timestamp.day {
                return (.dateWithTime, day.description)
            }
            if case .number(let number) = literal, let year = Int(exactly: number),
                (1000...9999).contains(year)
            {
                return (.date, "year of \(RulePrinter.name(attribute.name)) = \(year)")
            }
            return (.date, unquoted(literal) { CalendarDay($0) != nil })
        case .timestamp:
            return (
                .timestamp,
                unquoted(literal) { CalendarDay($0) != nil || Timestamp($0) != nil }
            )
        }
    }

    private func unquoted(_ literal: RuleLiteral, if isRight: (String) -> Bool) -> String? {
        guard case .text(let text) = literal, isRight(text) else { return nil }
        return text
    }
}

extension AttributeKind {
    /// What values of the kind are, as the end of a sentence that begins with an attribute.
    var claim: Fact { .word("holds-\(rawValue)") }
}

extension RuleLiteral {
    /// What it is, as the end of a sentence.
    var word: Fact {
        switch self {
        case .text: .word("literal-text")
        case .number: .word("literal-number")
        case .boolean: .word("literal-boolean")
        case .date, .today: .word("literal-date")
        case .timestamp: .word("literal-timestamp")
        }
    }
}
