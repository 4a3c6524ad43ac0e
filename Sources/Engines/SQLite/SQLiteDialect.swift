import Profiles
import RuleSQL
import Segments

/// SQLite 3.38 or later, with the function `ferry_fold` (`CaseFolding.fold`) registered. Texts are compared by
/// bytes, as SQLite does by itself.
struct SQLiteDialect: SQLDialect {
    /// Text in NFC, whole numbers below 2^53 as integers and others as reals, booleans as 0 and 1, dates as
    /// `YYYY-MM-DD`, timestamps as `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    func argument(for value: AttributeValue) -> RuleSQLArgument {
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

    func place(of argument: RuleSQLArgument, number: Int) -> String { "?" }

    func compared(_ column: String, _ kind: AttributeKind) -> String { column }

    func folded(_ text: String) -> String { "ferry_fold(\(text))" }

    func matches(_ match: TextMatch, _ expression: String, _ sought: String) -> SQLExpression {
        let length = RuleSQLArgument.integer(Int64(sought.unicodeScalars.count))
        let text = RuleSQLArgument.text(sought)
        // `substr` counts Unicode scalars, and takes fewer when there are fewer.
        return switch match {
        case .starts:
            SQLExpression(
                "substr(\(sql: expression), 1, \(place: length)) = \(place: text)", nesting: 10)
        case .ends:
            SQLExpression(
                "substr(\(sql: expression), -\(place: length)) = \(place: text)", nesting: 10)
        case .contains:
            SQLExpression("instr(\(sql: expression), \(place: text)) > 0", nesting: 10)
        }
    }

    /// Text of fixed width, whose order is that of the numbers.
    func part(_ part: CalendarPart, of column: String, _ kind: AttributeKind) -> String {
        switch part {
        case .year: "substr(\(column), 1, 4)"
        case .month: "substr(\(column), 6, 2)"
        case .day: "substr(\(column), 9, 2)"
        }
    }

    func argument(for part: CalendarPart, _ number: Int) -> RuleSQLArgument {
        let digits = String(number)
        let width = part == .year ? 4 : 2
        return .text(String(repeating: "0", count: max(0, width - digits.count)) + digits)
    }

    /// Longest list that is written out, one place for each value.
    private static let listCountMax = 32

    /// Long lists travel as one JSON text. Reals do not, because reading them back from decimal
    /// digits is not exact in every release of SQLite; each gets a place.
    func isOne(_ expression: String, of arguments: [RuleSQLArgument]) -> SQLExpression {
        guard arguments.count > Self.listCountMax else {
            return isOne(expression, ofWritten: arguments)
        }
        let (reals, others) = arguments.reduce(into: ([RuleSQLArgument](), [RuleSQLArgument]())) {
            if case .number = $1 { $0.0.append($1) } else { $0.1.append($1) }
        }
        guard others.count > Self.listCountMax else {
            return isOne(expression, ofWritten: arguments)
        }
        let json = RuleSQLArgument.text(JSONArray.text(of: others))
        let many = SQLExpression(
            "\(sql: expression) IN (SELECT value FROM json_each(\(place: json)))", nesting: 16)
        guard !reals.isEmpty else { return many }
        let few = isOne(expression, ofWritten: reals)
        return SQLExpression("(\(few) OR \(many))", nesting: many.nesting + 3)
    }

    private func isOne(
        _ expression: String, ofWritten arguments: [RuleSQLArgument]
    ) -> SQLExpression {
        SQLExpression("\(sql: expression) IN (\(places: arguments))", nesting: 10)
    }

    /// SQLite before 3.46 has 100 entries for the whole statement.
    var nestingMax: Int { 30 }

    /// Each term deepens the expression by one, and SQLite stops at 1,000.
    var chainMax: Int { 32 }
}

/// Writes lists as JSON, exactly: whole numbers and text only.
enum JSONArray {
    static func text(of arguments: [RuleSQLArgument]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for argument in arguments {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            switch argument {
            case .text(let text): append(text, to: &bytes)
            case .integer(let integer): bytes += Array(String(integer).utf8)
            case .number, .boolean, .date, .timestamp, .list:
                preconditionFailure("SQLite's lists hold whole numbers and text only.")
            }
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array(
                    "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
