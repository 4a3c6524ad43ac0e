package import Profiles
package import Segments

/// A predicate as an SQL condition on the current row of a table of profiles.
///
/// The condition is true, false or NULL, and NULL means false. Values travel as arguments of `?`
/// placeholders, in order; nothing that a person wrote becomes part of the SQL.
package struct RuleSQL: Hashable, Sendable {
    /// Can stand after `WHERE`, and between `AND` in parentheses.
    package let sql: String
    package let arguments: [RuleSQLArgument]

    /// - Parameters:
    ///   - column: The quoted column that holds an attribute's values, stored as
    ///     `RuleSQLDialect.argument(for:)` says; NULL where a value is absent.
    ///   - staticMember: A condition, without placeholders, that tells whether the current row is a member
    ///     of a static segment.
    package init(
        _ predicate: Predicate, dialect: RuleSQLDialect, column: @escaping (Attribute) -> String,
        staticMember: @escaping (Segment.ID) -> String
    ) {
        let compiler = RuleSQLCompiler(
            dialect: dialect, column: column, staticMember: staticMember)
        let condition = compiler.compile(predicate).expression
        sql = condition.sql
        arguments = condition.arguments
    }
}

/// A value for a placeholder.
package enum RuleSQLArgument: Hashable, Sendable {
    case text(String)
    case number(Double)
    case integer(Int64)
}
