import Exports
import GRDB
import Profiles
import RuleSQL
import Segments

/// A predicate compiled for the columns of one profiles database, with the columns' names at hand.
struct StoredRule {
    let sql: String
    let values: [DatabaseValue]
    let attributes: [StoredAttribute]

    var arguments: StatementArguments { StatementArguments(values) }

    init(_ predicate: Predicate, in db: Database) throws {
        let attributes = try ProfileSchemaTables.attributes(in: db)
        let columns = Dictionary(
            attributes.map { ($0.name, $0.columnName) }, uniquingKeysWith: { first, _ in first })
        let rule = RuleSQL(
            predicate, dialect: SQLiteDialect(),
            // A name that is gone compares as absent; resolving the rule has reported it before.
            column: { columns[$0.name] ?? "NULL" },
            staticMember: {
                "rowNumber IN (SELECT profileRow FROM staticMember WHERE segment = \($0))"
            })
        self.attributes = attributes
        sql = rule.sql
        values = rule.arguments.map(Self.databaseValue)
    }

    /// An argument of the dialect as SQLite takes it.
    static func databaseValue(of argument: RuleSQLArgument) -> DatabaseValue {
        switch argument {
        case .text(let text): text.databaseValue
        case .number(let number): number.databaseValue
        case .integer(let integer): integer.databaseValue
        case .boolean, .date, .timestamp, .list:
            preconditionFailure("SQLite's dialect stores these as text and whole numbers.")
        }
    }

    func column(of attribute: Attribute) throws -> String {
        guard let stored = attributes.first(where: { $0.name == attribute.name }) else {
            throw EngineError(.columnGone, subject: attribute.name)
        }
        return stored.columnName
    }

    /// A row of table `profile` as a profile.
    func profile(_ row: GRDB.Row) throws -> Profile {
        var values: [String: AttributeValue] = [:]
        for attribute in attributes {
            values[attribute.name] = Self.value(row[attribute.columnName], kind: attribute.kind)
        }
        let changedAt: Int64 = row["changedAt"]
        return Profile(
            id: row["id"], changedAt: Timestamp(milliseconds: changedAt), values: values)
    }

    static func value(_ stored: DatabaseValue, kind: AttributeKind) -> AttributeValue? {
        switch kind {
        case .text: String.fromDatabaseValue(stored).map { .text($0) }
        case .number: Double.fromDatabaseValue(stored).map { .number($0) }
        case .boolean: Bool.fromDatabaseValue(stored).map { .boolean($0) }
        case .date: String.fromDatabaseValue(stored).flatMap { CalendarDay($0) }.map { .date($0) }
        case .timestamp:
            String.fromDatabaseValue(stored).flatMap { Timestamp($0) }.map { .timestamp($0) }
        }
    }
}
