import Foundation

/// A flat JSON object of texts.
enum JSONText {
    static func object(_ texts: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(texts), as: UTF8.self)
        } catch {
            preconditionFailure("Texts can always be written as JSON: \(error)")
        }
    }

    /// Nil for anything else.
    static func texts(_ json: String) -> [String: String]? {
        // The reason would repeat what it could not read.
        try? JSONDecoder().decode([String: String].self, from: Data(json.utf8))
    }
}
