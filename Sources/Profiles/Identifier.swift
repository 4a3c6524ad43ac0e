/// The number of a thing in the catalog. That of a segment is no number of an export, though both count from 1.
package struct Identifier<Thing>: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package init(_ number: Int64) { rawValue = number }
}

extension Identifier: Comparable {
    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// As people and addresses of pages write it.
extension Identifier: LosslessStringConvertible {
    package init?(_ text: String) {
        guard let number = Int64(text) else { return nil }
        rawValue = number
    }

    package var description: String { String(rawValue) }
}

/// A number in JSON.
extension Identifier: Codable {
    /// Throws what the decoder throws.
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Throws what the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Identifier: ExpressibleByIntegerLiteral {
    package init(integerLiteral number: Int64) { rawValue = number }
}
