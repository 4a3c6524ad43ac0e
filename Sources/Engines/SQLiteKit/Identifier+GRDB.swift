import GRDB
package import Profiles

/// Ids are stored as their numbers.
extension Identifier: DatabaseValueConvertible, StatementColumnConvertible {}
