package import Profiles

/// A page of a list: what is on it, and where the next one begins.
package struct Page<Item: Codable & Sendable>: Codable, Sendable {
    package let items: [Item]
    /// The cursor of the next page; null on the last one.
    @Nullable package var next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}

/// Which page of a list is asked for: so many, after that one.
package struct PageRequest: Sendable {
    package static let limitDefault = 50
    package static let limitMax = 200

    package let limit: Int
    package let after: Cursor?

    package init(limit: Int = limitDefault, after: Cursor? = nil) {
        self.limit = limit
        self.after = after
    }

    /// Where to go on after, for lists in the order of ids. Throws `Refusal` for the cursor of another list.
    package func afterID<Thing>() throws -> Identifier<Thing>? {
        try afterNumber().map { Identifier($0) }
    }

    /// Where to go on after, for lists in the order of numbers that are no ids. Throws `Refusal` for the cursor of
    /// another list.
    package func afterNumber() throws -> Int64? {
        guard let after else { return nil }
        guard let id = after.id else {
            throw Refusal(.unreadable, findings: [.init("after", "cursor")])
        }
        return id
    }

    /// One page of `found`, which may hold one more than was asked for: only that one names a next page.
    /// Throws what `item` throws.
    package func page<Found, Item>(
        _ found: [Found], cursor: (Found) -> Cursor, _ item: (Found) throws -> Item
    ) rethrows -> Page<Item> {
        let shown = found.prefix(limit)
        let next = found.count > limit ? shown.last.map { cursor($0).text } : nil
        return Page(items: try shown.map(item), next: next)
    }

    /// A page of a list that is short enough to be read whole, in the order of ids. Throws
    /// `Refusal` for the cursor of another list, and what `item` throws.
    package func page<Found: Identifiable, Thing, Item>(
        all: [Found], _ kind: Cursor.Kind, _ item: (Found) throws -> Item
    ) throws -> Page<Item> where Found.ID == Identifier<Thing> {
        let last: Identifier<Thing> = try afterID() ?? 0
        let rest = all.filter { $0.id > last }.sorted { $0.id < $1.id }
        return try page(
            Array(rest.prefix(limit + 1)), cursor: { Cursor(kind, after: $0.id) }, item)
    }
}

extension PageRequest: Codable {
    private enum CodingKeys: String, CodingKey {
        case limit, after
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        limit = try container.decodeIfPresent(Int.self, forKey: .limit) ?? Self.limitDefault
        after = try container.decodeIfPresent(Cursor.self, forKey: .after)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(limit, forKey: .limit)
        try container.encodeIfPresent(after, forKey: .after)
    }
}

extension Cursor {
    /// Reads a cursor of any list; nil for what is none.
    package init?(_ text: String) {
        guard let cursor = Kind.allCases.lazy.compactMap({ Cursor(text, kind: $0) }).first else {
            return nil
        }
        self = cursor
    }
}

extension Cursor: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let cursor = Cursor(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "This is no cursor.")
        }
        self = cursor
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
