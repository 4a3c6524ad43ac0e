package import Profiles
package import Segments

/// How a database spells what its SQL does not share with the others: the types of values, their places, how texts
/// are compared, and how much of an expression its parser bears. Each engine has its own.
package protocol SQLDialect: Sendable {
    /// The form in which the database holds a value, and in which it is given one to compare with.
    func argument(for value: AttributeValue) -> RuleSQLArgument

    /// How the place of an argument is written: `?`, or its number with its type, `$1::text`.
    func place(of argument: RuleSQLArgument, number: Int) -> String

    /// A column as it is compared: where texts are in an order of the database's own, with the order of bytes.
    func compared(_ column: String, _ kind: AttributeKind) -> String

    /// The text with capitals folded away, as `CaseFolding.fold` does.
    func folded(_ text: String) -> String

    /// Whether an expression starts with, ends with or contains a text.
    func matches(_ match: TextMatch, _ expression: String, _ sought: String) -> SQLExpression

    /// The year, month or day of a column, in an order that is that of the numbers.
    func part(_ part: CalendarPart, of column: String, _ kind: AttributeKind) -> String

    /// A number as `part(_:of:_:)` gives it.
    func argument(for part: CalendarPart, _ number: Int) -> RuleSQLArgument

    /// Whether an expression equals one of many values.
    func isOne(_ expression: String, of arguments: [RuleSQLArgument]) -> SQLExpression

    /// How much nesting of one expression the parser bears in a part of a rule, in its own stack entries.
    var nestingMax: Int { get }

    /// Most terms that are chained without parentheses.
    var chainMax: Int { get }
}
