/// How conditions are joined.
enum SQLJunction {
    case all
    case any

    var sql: String {
        switch self {
        case .all: " AND "
        case .any: " OR "
        }
    }
}

/// A condition under construction: an expression, and possibly tests that decide before it is
/// asked.
///
/// A database's parser bears only so much nesting, and a rule may go deeper. But `a AND (b OR (c
/// AND d))` is a list of decisions, which one flat `CASE` expresses at any depth:
///
///     CASE WHEN (a) IS NOT TRUE THEN FALSE WHEN b THEN TRUE
///         WHEN (c) IS NOT TRUE THEN FALSE ELSE d END
///
/// Side branches still nest, but each level of them at least doubles the size of the rule, which is
/// limited.
struct SQLCondition {
    /// Asked in this order, the last one first, because a rule is compiled from the inside out.
    private var decisions: [Decision] = []
    private var last: SQLExpression
    /// A flag, and not yet SQL, so that negations of negations do not nest.
    private var isLastNegated = false

    private struct Decision {
        let test: SQLExpression
        let answer: Bool
    }

    init(_ expression: SQLExpression) {
        last = expression
    }

    private var lastExpression: SQLExpression {
        isLastNegated ? last.negated : last
    }

    var nesting: Int {
        guard !decisions.isEmpty else { return lastExpression.nesting }
        // `CASE`, the list so far, `WHEN`, and a parenthesis.
        return 5 + decisions.reduce(lastExpression.nesting) { max($0, $1.test.nesting) }
    }

    var expression: SQLExpression {
        let last = lastExpression
        guard !decisions.isEmpty else { return last }
        var pieces: [SQLPiece] = [.sql("CASE")]
        for decision in decisions.reversed() {
            pieces.append(.sql(" WHEN "))
            pieces += decision.test.pieces
            pieces.append(.sql(decision.answer ? " THEN TRUE" : " THEN FALSE"))
        }
        pieces.append(.sql(" ELSE "))
        pieces += last.pieces
        pieces.append(.sql(" END"))
        return SQLExpression(pieces, nesting: nesting)
    }

    var negated: SQLCondition {
        var condition = self
        condition.decisions = decisions.map { Decision(test: $0.test, answer: !$0.answer) }
        condition.isLastNegated.toggle()
        return condition
    }

    /// Joins conditions without deep nesting: the one that nests most comes first, where it costs
    /// least, or last in a list of decisions when it nests too much for that.
    static func joined(
        _ conditions: [SQLCondition], by junction: SQLJunction, dialect: any SQLDialect
    ) -> SQLCondition {
        var others = conditions
        guard let deepest = others.indices.max(by: { others[$0].nesting < others[$1].nesting })
        else {
            return SQLCondition(SQLExpression(junction == .all ? "TRUE" : "FALSE", nesting: 1))
        }
        guard others.count > 1 else { return others[0] }
        guard others[deepest].nesting > simpleNestingMax else {
            return SQLCondition(
                chain(others.map(\.expression), by: junction, dialect: dialect).inParentheses())
        }
        var first = others.remove(at: deepest)
        let rest = chain(others.map(\.expression), by: junction, dialect: dialect)
        let isFlat = first.decisions.isEmpty
        let nesting = max(first.nesting + 1, rest.nesting + 4)
        if isFlat, nesting <= dialect.nestingMax {
            return SQLCondition(
                SQLExpression(
                    "(\(first.expression)\(sql: junction.sql)\(rest.inParentheses()))",
                    nesting: nesting))
        }
        switch junction {
        case .all:
            first.decisions.append(Decision(test: rest.negated, answer: false))
        case .any:
            first.decisions.append(Decision(test: rest, answer: true))
        }
        return first
    }

    /// Conditions up to this nesting are written in the order of the rule.
    private static let simpleNestingMax = 20

    /// Expressions between `AND` or `OR`; groups of groups when they are many.
    private static func chain(
        _ expressions: [SQLExpression], by junction: SQLJunction, dialect: any SQLDialect
    ) -> SQLExpression {
        var level = expressions
        while level.count > dialect.chainMax {
            level = stride(from: 0, to: level.count, by: dialect.chainMax).map {
                let group = level[$0..<min($0 + dialect.chainMax, level.count)]
                return link(Array(group), by: junction).inParentheses()
            }
        }
        return link(level, by: junction)
    }

    private static func link(
        _ expressions: [SQLExpression], by junction: SQLJunction
    ) -> SQLExpression {
        guard expressions.count > 1 else { return expressions[0] }
        return SQLExpression(
            Array(expressions.map(\.pieces).joined(separator: [SQLPiece.sql(junction.sql)])),
            nesting: 2 + (expressions.map(\.nesting).max() ?? 0))
    }
}
