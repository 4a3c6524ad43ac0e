import Profiles
import Segments

/// Translates predicates bottom-up, one small function for each kind of test.
struct RuleSQLCompiler {
    let dialect: any SQLDialect
    let column: (Attribute) -> String
    let staticMember: (Segment.ID) -> String

    func compile(_ predicate: Predicate) -> SQLCondition {
        switch predicate {
        case .always: SQLCondition(SQLExpression("TRUE", nesting: 1))
        case .never: SQLCondition(SQLExpression("FALSE", nesting: 1))
        case .value(let attribute, let test):
            SQLCondition(compile(test, column(attribute), attribute.kind))
        case .memberOf(let id):
            // What the condition contains is unknown here; a subquery is assumed.
            SQLCondition(SQLExpression("(\(sql: staticMember(id)))", nesting: 16))
        case .not(let inner): compile(inner).negated
        case .all(let members):
            SQLCondition.joined(members.map(compile), by: .all, dialect: dialect)
        case .any(let members):
            SQLCondition.joined(members.map(compile), by: .any, dialect: dialect)
        }
    }

    private func compile(
        _ test: ValueTest, _ column: String, _ kind: AttributeKind
    ) -> SQLExpression {
        let compared = dialect.compared(column, kind)
        switch test {
        case .isPresent: return SQLExpression("\(sql: column) IS NOT NULL", nesting: 3)
        case .isAbsent: return SQLExpression("\(sql: column) IS NULL", nesting: 3)
        case .compares(let comparison, let value):
            return compare(compared, comparison, dialect.argument(for: value))
        case .between(let lower, let upper):
            return between(
                compared, dialect.argument(for: lower), dialect.argument(for: upper))
        case .oneOf(let values):
            return dialect.isOne(compared, of: values.map(dialect.argument(for:)))
        case .foldedOneOf(let texts):
            return dialect.isOne(dialect.folded(column), of: texts.map(RuleSQLArgument.text))
        case .matches(.starts, let sought):
            // Two plain comparisons are faster than cutting each text, and can use an index.
            return starts(compared, with: sought)
        case .matches(let match, let sought): return dialect.matches(match, compared, sought)
        case .foldedMatches(let match, let sought):
            return dialect.matches(match, dialect.folded(column), sought)
        case .part(let part, let test): return compile(test, part, of: column, kind)
        }
    }

    private func compile(
        _ test: PartTest, _ part: CalendarPart, of column: String, _ kind: AttributeKind
    ) -> SQLExpression {
        let expression = dialect.part(part, of: column, kind)
        return switch test {
        case .compares(let comparison, let number):
            compare(expression, comparison, dialect.argument(for: part, number))
        case .between(let lower, let upper):
            between(
                expression, dialect.argument(for: part, lower), dialect.argument(for: part, upper))
        case .oneOf(let numbers):
            dialect.isOne(expression, of: numbers.map { dialect.argument(for: part, $0) })
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
        return SQLExpression("\(sql: expression) \(sql: sign) \(place: argument)", nesting: 8)
    }

    private func between(
        _ expression: String, _ lower: RuleSQLArgument, _ upper: RuleSQLArgument
    ) -> SQLExpression {
        SQLExpression(
            "\(sql: expression) BETWEEN \(place: lower) AND \(place: upper)", nesting: 10)
    }

    private func starts(_ column: String, with sought: String) -> SQLExpression {
        guard let end = Self.firstText(after: sought) else {
            return compare(column, .atLeast, .text(sought))
        }
        return SQLExpression(
            "(\(sql: column) >= \(place: .text(sought)) AND \(sql: column) < \(place: .text(end)))",
            nesting: 6)
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
}
