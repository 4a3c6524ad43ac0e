import Foundation

/// Encodes small values into a column and back.
package enum JSONColumn {
    /// A value as JSON, its keys in order. Throws what the encoder throws.
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A value from its JSON. Throws what the decoder throws.
    package static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws
        -> Value
    {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
