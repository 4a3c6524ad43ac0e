/// A list that is short enough to be answered whole.
package struct Items<Item: Codable & Sendable>: Codable, Sendable {
    package let items: [Item]

    package init(_ items: [Item]) {
        self.items = items
    }
}

extension Items: Equatable where Item: Equatable {}
