/// A part of a condition: text of ours, or the place of a value.
package enum SQLPiece: Hashable, Sendable {
    case sql(String)
    case place(RuleSQLArgument)
}

/// A piece of SQL that needs no parentheses between `AND` and `OR`, with the places of its values:
///
///     let expression: SQLExpression = "\(sql: column) >= \(place: .integer(5))"
package struct SQLExpression: Hashable, Sendable {
    package private(set) var pieces: [SQLPiece]
    /// Entries of the database's parser stack that reading it takes, estimated from above.
    package let nesting: Int

    package init(_ written: Written, nesting: Int) {
        pieces = written.pieces
        self.nesting = nesting
    }

    init(_ pieces: [SQLPiece], nesting: Int) {
        self.pieces = pieces
        self.nesting = nesting
    }

    var negated: SQLExpression {
        // NULL counts as false, and so its opposite as true.
        SQLExpression([.sql("(")] + pieces + [.sql(") IS NOT TRUE")], nesting: nesting + 1)
    }

    func inParentheses() -> SQLExpression {
        SQLExpression([.sql("(")] + pieces + [.sql(")")], nesting: nesting + 1)
    }

    /// SQL as it is written down in a dialect. What is interpolated says whether it is SQL of ours or a value.
    package struct Written: ExpressibleByStringInterpolation, Sendable {
        fileprivate(set) var pieces: [SQLPiece]

        package init(stringLiteral text: String) {
            pieces = [.sql(text)]
        }

        package init(stringInterpolation: StringInterpolation) {
            pieces = stringInterpolation.pieces
        }

        /// SQL of ours and places for values, in their order.
        package struct StringInterpolation: StringInterpolationProtocol {
            fileprivate var pieces: [SQLPiece] = []

            package init(literalCapacity: Int, interpolationCount: Int) {
                pieces.reserveCapacity(2 * interpolationCount + 1)
            }

            package mutating func appendLiteral(_ text: String) {
                if !text.isEmpty { pieces.append(.sql(text)) }
            }

            /// SQL of ours: a column, a function around it.
            package mutating func appendInterpolation(sql text: String) {
                pieces.append(.sql(text))
            }

            /// A value.
            package mutating func appendInterpolation(place argument: RuleSQLArgument) {
                pieces.append(.place(argument))
            }

            /// Values, with commas between them.
            package mutating func appendInterpolation(places arguments: [RuleSQLArgument]) {
                for (index, argument) in arguments.enumerated() {
                    if index > 0 { pieces.append(.sql(", ")) }
                    pieces.append(.place(argument))
                }
            }

            /// Another expression.
            package mutating func appendInterpolation(_ expression: SQLExpression) {
                pieces += expression.pieces
            }
        }
    }
}
