import Crypto
import Foundation

/// A secret that lets its holder in: 32 random bytes after a mark of its kind, `fs_…`. Only its digest is
/// stored; whoever reads the database cannot use it.
package struct SecretToken: Equatable, Sendable {
    /// What a token is for. The raw value is the mark in front, by which a found secret can be told.
    package enum Kind: String, CaseIterable, Sendable {
        case session = "fs"
        case invitation = "fi"
        case api = "fa"
        case csrf = "fc"
        case device = "fd"
    }

    package let kind: Kind
    /// The secret itself, to be shown or set as a cookie once.
    package let text: String

    private static let size = 32
    /// Characters of the random part.
    private static let length = 43

    /// A token that nobody has seen.
    package static func new(_ kind: Kind) -> SecretToken {
        let random = TextBytes.base64URL(TextBytes.random(count: size))
        return SecretToken(kind: kind, unchecked: "\(kind.rawValue)_\(random)")
    }

    /// A token as somebody presents it; nil when it has not the form of its kind.
    package init?(text: String, kind: Kind) {
        let mark = kind.rawValue + "_"
        guard text.utf8.count == mark.utf8.count + Self.length, text.hasPrefix(mark),
            text.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            })
        else { return nil }
        self.init(kind: kind, unchecked: text)
    }

    private init(kind: Kind, unchecked text: String) {
        self.kind = kind
        self.text = text
    }

    /// SHA-256 of the text: what is stored, and looked up. The secret is random, so no salt is needed.
    package var digest: [UInt8] {
        Array(SHA256.hash(data: Array(text.utf8)))
    }

    package static func == (one: SecretToken, other: SecretToken) -> Bool {
        TextBytes.areEqual(Array(one.text.utf8), Array(other.text.utf8))
    }
}

extension SecretToken: CustomStringConvertible, CustomReflectable {
    /// Says only what it is: what is printed ends up in logs.
    package var description: String { "SecretToken(\(kind.rawValue)_…)" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
