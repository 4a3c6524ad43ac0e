import Crypto

/// The SHA-256 digest of something that comes piece by piece, a file for instance.
package struct ContentDigest {
    private var hash = SHA256()

    package init() {}

    /// Takes in the next piece.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: bytes)
    }

    /// The digest of all pieces so far, in hexadecimal digits.
    package var hexadecimal: String {
        hash.finalize().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
