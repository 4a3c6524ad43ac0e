package import Profiles
package import Segments

/// A predicate as an SQL condition on the current row of a table of profiles.
///
/// The condition is true, false or NULL, and NULL means false. Values travel as arguments of the dialect's
/// places, in order; nothing that a person wrote becomes part of the SQL.
package struct RuleSQL: Hashable, Sendable {
    /// Can stand after `WHERE`, and between `AND` in parentheses.
    package let sql: String
    package let arguments: [RuleSQLArgument]

    /// - Parameters:
    ///   - firstPlace: The number of the first place, for dialects that number them: one more than there are
    ///     places before the condition.
    ///   - column: The quoted column that holds an attribute's values, stored as
    ///     `SQLDialect.argument(for:)` says; NULL where a value is absent.
    ///   - staticMember: A condition, without places, that tells whether the current row is a member of a static
    ///     segment.
    package init(
        _ predicate: Predicate, dialect: any SQLDialect, firstPlace: Int = 1,
        column: @escaping (Attribute) -> String, staticMember: @escaping (Segment.ID) -> String
    ) {
        let compiler = RuleSQLCompiler(
            dialect: dialect, column: column, staticMember: staticMember)
        var sql = ""
        var arguments: [RuleSQLArgument] = []
        for piece in compiler.compile(predicate).expression.pieces {
            switch piece {
            case .sql(let text): sql += text
            case .place(let argument):
                sql += dialect.place(of: argument, number: firstPlace + arguments.count)
                arguments.append(argument)
            }
        }
        self.sql = sql
        self.arguments = arguments
    }
}

/// A value for a place, in the type that the database is to take it for.
package enum RuleSQLArgument: Hashable, Sendable {
    case text(String)
    case number(Double)
    case integer(Int64)
    case boolean(Bool)
    case date(CalendarDay)
    case timestamp(Timestamp)
    /// Many values of one type as one argument, for databases that take arrays.
    case list([RuleSQLArgument])
}
