package import Profiles
import Segments

/// How a database spells what its SQL does not share with the others. A new one is a case here, and
/// the compiler then asks for each piece.
package enum RuleSQLDialect: Hashable, Sendable {
    /// SQLite 3.38 or later, with the function `ferry_fold` (`CaseFolding.fold`) registered.
    case sqlite
}

extension RuleSQLDialect {
    /// The stored form of a value: text in NFC, whole numbers below 2^53 as integers and others as
    /// reals, booleans as 0 and 1, dates as `YYYY-MM-DD`, timestamps as `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    package func argument(for value: AttributeValue) -> RuleSQLArgument {
        switch self {
        case .sqlite:
            switch value {
            case .text(let text): .text(text)
            case .number(let number):
                number == number.rounded() && abs(number) < 9_007_199_254_740_992
                    ? .integer(Int64(number)) : .number(number)
            case .boolean(let boolean): .integer(boolean ? 1 : 0)
            case .date(let day): .text(day.description)
            case .timestamp(let timestamp): .text(timestamp.description)
            }
        }
    }

    /// The text with capitals folded away.
    func folded(_ text: String) -> String {
        switch self {
        case .sqlite: "ferry_fold(\(text))"
        }
    }

    /// Whether an expression starts with, ends with or contains a text.
    func matches(_ match: TextMatch, _ expression: String, _ sought: String) -> SQLExpression {
        let length = RuleSQLArgument.integer(Int64(sought.unicodeScalars.count))
        let text = RuleSQLArgument.text(sought)
        switch self {
        case .sqlite:
            // `substr` counts Unicode scalars, and takes fewer when there are fewer.
            return switch match {
            case .starts:
                SQLExpression("substr(\(expression), 1, ?) = ?", [length, text], nesting: 10)
            case .ends: SQLExpression("substr(\(expression), -?) = ?", [length, text], nesting: 10)
            case .contains: SQLExpression("instr(\(expression), ?) > 0", [text], nesting: 10)
            }
        }
    }

    /// The year, month or day of a column as text of fixed width, whose order is that of the
    /// numbers.
    func part(_ part: CalendarPart, of column: String) -> String {
        switch self {
        case .sqlite:
            switch part {
            case .year: "substr(\(column), 1, 4)"
            case .month: "substr(\(column), 6, 2)"
            case .day: "substr(\(column), 9, 2)"
            }
        }
    }

    /// A number as `part(_:of:)` gives it.
    func argument(for part: CalendarPart, _ number: Int) -> RuleSQLArgument {
        switch self {
        case .sqlite:
            let digits = String(number)
            let width = part == .year ? 4 : 2
            return .text(String(repeating: "0", count: max(0, width - digits.count)) + digits)
        }
    }

    /// Whether an expression equals one of many values, given as one argument.
    func isOneOfMany(_ expression: String, json: String) -> SQLExpression {
        switch self {
        case .sqlite:
            SQLExpression(
                "\(expression) IN (SELECT value FROM json_each(?))", [.text(json)], nesting: 16)
        }
    }

    /// How much nesting of one expression the database's parser bears in a part of a rule, in its
    /// own stack entries. SQLite before 3.46 has 100 for the whole statement.
    var nestingMax: Int {
        switch self {
        case .sqlite: 30
        }
    }

    /// Most terms that are chained without parentheses; each of them deepens the expression by one,
    /// and SQLite stops at 1,000.
    var chainMax: Int {
        switch self {
        case .sqlite: 32
        }
    }

    /// Longest list that is written out, one placeholder for each value.
    var listCountMax: Int {
        switch self {
        case .sqlite: 32
        }
    }
}
