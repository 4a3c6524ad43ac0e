import Crypto
import CryptoExtras
import Foundation

/// What is kept of a password: its scrypt hash. The text is `$scrypt$ln=15,r=8,p=3$salt$hash`, both
/// parts in base64 without padding.
package struct PasswordHash: Equatable, Sendable {
    private let cost: PasswordCost
    private let salt: [UInt8]
    private let bytes: [UInt8]

    private static let saltSize = 16
    private static let size = 32

    /// What can be wrong with a hash.
    package struct HashError: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Hashes a password. Passwords that look alike but were typed as different code points are one
    /// (Unicode NFKC). One is hashed at a time; the others wait, so that memory stays bounded.
    /// Throws `HashError` for an empty password or a cost out of bounds, and what the derivation
    /// throws.
    @concurrent package static func hash(
        _ password: String, cost: PasswordCost = .standard
    ) async throws -> PasswordHash {
        let salt = TextBytes.random(count: saltSize)
        let bytes = try await Scrypt.one.derive(password, salt: salt, cost: cost, size: size)
        return PasswordHash(cost: cost, salt: salt, bytes: bytes)
    }

    /// A hash that no password matches, at the same cost as a real one: whoever signs in with an unknown name
    /// waits as long as with a known one.
    package static func dummy(cost: PasswordCost = .standard) -> PasswordHash {
        PasswordHash(
            cost: cost, salt: Array(repeating: 7, count: saltSize),
            bytes: Array(repeating: 0, count: size))
    }

    private init(cost: PasswordCost, salt: [UInt8], bytes: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.bytes = bytes
    }

    /// Reads a hash from its text form.
    package init(text: String) throws(HashError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = PasswordCost(parameters: parts[2]), cost.isBearable,
            let salt = TextBytes.bytes(unpaddedBase64: parts[3]), salt.count == Self.saltSize,
            let bytes = TextBytes.bytes(unpaddedBase64: parts[4]), bytes.count == Self.size
        else {
            throw HashError(
                description:
                    "A stored password hash cannot be read: it must have the form '$scrypt$ln=…,r=…,p=…$salt$hash'. Set the password again."
            )
        }
        self.init(cost: cost, salt: salt, bytes: bytes)
    }

    /// The form in which it is stored.
    package var text: String {
        "$scrypt$\(cost.parameters)$\(TextBytes.unpaddedBase64(salt))$\(TextBytes.unpaddedBase64(bytes))"
    }

    /// Whether it is the hash of this password. Takes the same time for every password.
    @concurrent package func matches(_ password: String) async -> Bool {
        // What cannot be hashed was never set as a password.
        guard
            let derived = try? await Scrypt.one.derive(
                password, salt: salt, cost: cost, size: Self.size)
        else { return false }
        return TextBytes.areEqual(derived, bytes)
    }

    /// Whether it was made at another cost than the one in use now.
    package func needsRehash(for cost: PasswordCost = .standard) -> Bool {
        self.cost != cost
    }
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
    /// Says nothing of the hash: what is printed ends up in logs.
    package var description: String { "PasswordHash(\(cost.parameters))" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PasswordCost {
    fileprivate var parameters: String { "ln=\(roundsLog2),r=\(blockSize),p=\(parallelism)" }

    fileprivate init?(parameters: Substring) {
        let fields = parameters.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].hasPrefix("ln="), fields[1].hasPrefix("r="),
            fields[2].hasPrefix("p="), let roundsLog2 = Int(fields[0].dropFirst(3)),
            let blockSize = Int(fields[1].dropFirst(2)),
            let parallelism = Int(fields[2].dropFirst(2))
        else { return nil }
        self.init(roundsLog2: roundsLog2, blockSize: blockSize, parallelism: parallelism)
    }
}

/// Runs scrypt, one derivation at a time: each takes 32 MB.
private actor Scrypt {
    static let one = Scrypt()

    func derive(
        _ password: String, salt: [UInt8], cost: PasswordCost, size: Int
    ) throws -> [UInt8] {
        guard cost.isBearable, !password.isEmpty else {
            throw PasswordHash.HashError(
                description: "An empty password, or a cost out of bounds, cannot be hashed.")
        }
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.precomposedStringWithCompatibilityMapping.utf8), salt: salt,
            outputByteCount: size, rounds: 1 << cost.roundsLog2, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }
}
