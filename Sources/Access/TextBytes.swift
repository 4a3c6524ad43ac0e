import Foundation

/// Bytes as text, and their comparison.
enum TextBytes {
    /// Base64 for addresses and cookies: `-` and `_`, without padding.
    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        unpaddedBase64(bytes).replacing("+", with: "-").replacing("/", with: "_")
    }

    /// Base64 without padding.
    static func unpaddedBase64(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    /// The bytes of unpadded base64; nil when it is none.
    static func bytes(unpaddedBase64 text: some StringProtocol) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }

    /// Whether two sequences are equal, in a time that depends on their lengths alone.
    static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Bytes that nobody can guess.
    static func random(count: Int) -> [UInt8] {
        // The system's generator draws from the kernel.
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
