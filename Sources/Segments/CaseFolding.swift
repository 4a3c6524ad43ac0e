import Foundation

/// The one meaning of "ignoring case": engines call it `ferry_fold`.
package enum CaseFolding {
    /// The text in lower case and Unicode NFC, with the Greek final sigma as the ordinary one, so
    /// that `ΟΔΟΣ` and `οδος` fold alike. It depends on no language: `I` folds to `i`, and Turkish
    /// `ı` stays.
    package static func fold(_ text: String) -> String {
        var isASCII = true
        var isFolded = true
        for byte in text.utf8 {
            if byte >= 0x80 {
                isASCII = false
                break
            }
            if (0x41...0x5A).contains(byte) { isFolded = false }
        }
        // Most text is ASCII, where both steps below would change nothing but capital letters.
        if isASCII {
            return isFolded
                ? text
                : String(decoding: text.utf8.lazy.map(lowercasedASCII), as: UTF8.self)
        }
        var folded = String.UnicodeScalarView()
        for scalar in text.lowercased().precomposedStringWithCanonicalMapping.unicodeScalars {
            folded.append(scalar == "\u{3C2}" ? "\u{3C3}" : scalar)
        }
        return String(folded)
    }

    private static func lowercasedASCII(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
