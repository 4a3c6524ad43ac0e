import Profiles
import Segments

/// Translates predicates bottom-up, one small function for each kind of test.
struct RuleSQLCompiler {
    let dialect: RuleSQLDialect
    let column: (Attribute) -> String
    let staticMember: (Segment.ID) -> String

    func compile(_ predicate: Predicate) -> SQLCondition {
        switch predicate {
        case .always: SQLCondition(SQLExpression("TRUE", nesting: 1))
        case .never: SQLCondition(SQLExpression("FALSE", nesting: 1))
        case .value(let attribute, let test):
            SQLCondition(compile(test, column(attribute)))
        case .memberOf(let id):
            // What the condition contains is unknown here; a subquery is assumed.
            SQLCondition(SQLExpression("(\(staticMember(id)))", nesting: 16))
        case .not(let inner): compile(inner).negated
        case .all(let members):
            SQLCondition.joined(members.map(compile), by: .all, dialect: dialect)
        case .any(let members):
            SQLCondition.joined(members.map(compile), by: .any, dialect: dialect)
        }
    }

    private func compile(_ test: ValueTest, _ column: String) -> SQLExpression {
        switch test {
        case .isPresent: return SQLExpression("\(column) IS NOT NULL", nesting: 3)
        case .isAbsent: return SQLExpression("\(column) IS NULL", nesting: 3)
        case .compares(let comparison, let value):
            return compare(column, comparison, dialect.argument(for: value))
        case .between(let lower, let upper):
            return between(column, dialect.argument(for: lower), dialect.argument(for: upper))
        case .oneOf(let values): return isOne(column, of: values.map(dialect.argument(for:)))
        case .foldedOneOf(let texts):
            return isOne(dialect.folded(column), of: texts.map(RuleSQLArgument.text))
        case .matches(.starts, let sought):
            // Two plain comparisons are faster than cutting each text, and can use an index.
            return starts(column, with: sought)
        case .matches(let match, let sought): return dialect.matches(match, column, sought)
        case .foldedMatches(let match, let sought):
            return dialect.matches(match, dialect.folded(column), sought)
        case .part(let part, let test): return compile(test, part, of: column)
        }
    }

    private func compile(
        _ test: PartTest, _ part: CalendarPart, of column: String
    ) -> SQLExpression {
        let expression = dialect.part(part, of: column)
        return switch test {
        case .compares(let comparison, let number):
            compare(expression, comparison, dialect.argument(for: part, number))
        case .between(let lower, let upper):
            between(
                expression, dialect.argument(for: part, lower), dialect.argument(for: part, upper))
        case .oneOf(let numbers):
            isOne(expression, of: numbers.map { dialect.argument(for: part, $0) })
        }
    }

    private func compare(
        _ expression: String, _ comparison: Comparison, _ argument: RuleSQLArgument
    ) -> SQLExpression {
        let sign =
            switch comparison {
            case .equal: "="
            case .less: "<"
            case .atMost: "<="
            case .greater: ">"
            case .atLeast: ">="
            }
        return SQLExpression("\(expression) \(sign) ?", [argument], nesting: 8)
    }

    private func between(
        _ expression: String, _ lower: RuleSQLArgument, _ upper: RuleSQLArgument
    ) -> SQLExpression {
        SQLExpression("\(expression) BETWEEN ? AND ?", [lower, upper], nesting: 10)
    }

    private func starts(_ column: String, with sought: String) -> SQLExpression {
        guard let end = Self.firstText(after: sought) else {
            return compare(column, .atLeast, .text(sought))
        }
        return SQLExpression(
            "(\(column) >= ? AND \(column) < ?)", [.text(sought), .text(end)], nesting: 6)
    }

    /// The first text, by bytes, that is behind all texts with a beginning; nil when there is none.
    static func firstText(after beginning: String) -> String? {
        var scalars = Array(beginning.unicodeScalars)
        while let last = scalars.popLast() {
            // U+D800 to U+DFFF are no scalars, and U+10FFFF is the last one.
            let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
            guard let scalar = Unicode.Scalar(next) else { continue }
            var view = String.UnicodeScalarView(scalars)
            view.append(scalar)
            return String(view)
        }
        return nil
    }

    /// Long lists travel as one JSON text. Reals do not, because reading them back from decimal
    /// digits is not exact in every release of SQLite; each gets a placeholder.
    private func isOne(_ expression: String, of arguments: [RuleSQLArgument]) -> SQLExpression {
        guard arguments.count > dialect.listCountMax else {
            return isOne(expression, ofWritten: arguments)
        }
        let (reals, others) = arguments.reduce(into: ([RuleSQLArgument](), [RuleSQLArgument]())) {
            if case .number = $1 { $0.0.append($1) } else { $0.1.append($1) }
        }
        guard others.count > dialect.listCountMax else {
            return isOne(expression, ofWritten: arguments)
        }
        let many = dialect.isOneOfMany(expression, json: JSONArray.text(of: others))
        guard !reals.isEmpty else { return many }
        let few = isOne(expression, ofWritten: reals)
        return SQLExpression(
            "(\(few.sql) OR \(many.sql))", few.arguments + many.arguments,
            nesting: many.nesting + 3)
    }

    private func isOne(
        _ expression: String, ofWritten arguments: [RuleSQLArgument]
    ) -> SQLExpression {
        let places = Array(repeating: "?", count: arguments.count).joined(separator: ", ")
        return SQLExpression("\(expression) IN (\(places))", arguments, nesting: 10)
    }
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
            case .number(let number): bytes += Array(number.description.utf8)
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
