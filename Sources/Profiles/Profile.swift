/// One unified customer.
package struct Profile: Hashable, Sendable {
    package typealias ID = String

    /// The value of the key column.
    package let id: ID
    /// When a value of the profile last changed.
    package let changedAt: Timestamp
    /// The present values by attribute name; absent ones are not in it.
    package let values: [String: AttributeValue]

    package init(id: ID, changedAt: Timestamp, values: [String: AttributeValue]) {
        self.id = id
        self.changedAt = changedAt
        self.values = values
    }
}
