import Crypto
import Foundation

/// The key that seals secrets at rest (AES-GCM, 256 bits).
package struct MasterKey: Sendable {
    private let key: SymmetricKey

    /// What can be wrong with a key or a sealed secret.
    package struct SealError: Error, CustomStringConvertible, Equatable, Sendable {
        package let description: String

        package init(_ description: String) {
            self.description = description
        }
    }

    /// Bytes of a key.
    package static let size = 32

    /// Reads a key from its text form, base64 of 32 bytes.
    package init(base64 text: String) throws(SealError) {
        guard
            let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)),
            bytes.count == Self.size
        else {
            throw SealError("The master key is not the base64 text of \(Self.size) bytes.")
        }
        key = SymmetricKey(data: bytes)
    }

    /// The text form of a new random key.
    package static func newBase64() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
    }

    /// Seals a secret for one purpose. It opens again only under the same `purpose`, the host it belongs
    /// to for instance, so that a sealed key copied onto another host is of no use.
    package func seal(_ secret: String, purpose: String) throws(SealError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(
                Data(secret.utf8), using: key, authenticating: Data(purpose.utf8))
            guard let combined = box.combined else {
                throw SealError("The secret could not be sealed.")
            }
            return Array(combined)
        } catch {
            throw SealError("The secret could not be sealed.")
        }
    }

    package func open(_ sealed: [UInt8], purpose: String) throws(SealError) -> String {
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed))
            let secret = try AES.GCM.open(box, using: key, authenticating: Data(purpose.utf8))
            return String(decoding: secret, as: UTF8.self)
        } catch {
            throw SealError(
                "The stored secret cannot be opened: the master key is not the one it was sealed with, or the record was changed. Enter the secret again."
            )
        }
    }
}
