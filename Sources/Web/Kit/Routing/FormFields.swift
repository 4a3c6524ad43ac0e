import Foundation

/// The fields of a form or a query, in the order they came; a name may come several times.
struct FormFields: Sendable {
    /// Most fields that are read; a form of ours never has as many.
    static let fieldsMax = 5_000

    private let fields: [(name: String, value: String)]

    /// Reads `application/x-www-form-urlencoded` text. What cannot be decoded is taken as it stands.
    init(_ text: String) {
        fields = text.split(separator: "&", maxSplits: Self.fieldsMax).prefix(Self.fieldsMax)
            .map { pair in
                let parts = pair.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
            }
    }

    init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    /// The first value of a name.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The first value of a name without spaces around it; nil when there is nothing else.
    func text(_ name: String) -> String? {
        let text = self[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return text.isEmpty ? nil : text
    }

    /// Every value of a name.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    /// A checked box.
    func isOn(_ name: String) -> Bool { self[name] == "on" || self[name] == "1" }

    /// Fields whose names begin with a prefix, the prefix taken off.
    func under(_ prefix: String) -> [(name: String, value: String)] {
        fields.filter { $0.name.hasPrefix(prefix) }
            .map { (String($0.name.dropFirst(prefix.count)), $0.value) }
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
    }
}
