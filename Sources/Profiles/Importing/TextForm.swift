import Foundation

/// What text must be before it is stored: UTF-8, trimmed, in Unicode NFC.
enum TextForm {
    /// The position of the first byte that is not UTF-8, or nil.
    static func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var at = 0
        let count = bytes.count
        func continues(_ position: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            position < count && range.contains(bytes[position])
        }
        while at < count {
            // Eight bytes of ASCII at a time where there are so many.
            while at + 8 <= count,
                UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    & 0x8080_8080_8080_8080 == 0
            {
                at += 8
            }
            guard at < count else { break }
            let lead = bytes[at]
            switch lead {
            case ..<0x80:
                at += 1
            case 0xC2...0xDF:
                guard continues(at + 1) else { return at }
                at += 2
            case 0xE0...0xEF:
                let second: ClosedRange<UInt8> =
                    lead == 0xE0 ? 0xA0...0xBF : lead == 0xED ? 0x80...0x9F : 0x80...0xBF
                guard continues(at + 1, second), continues(at + 2) else { return at }
                at += 3
            case 0xF0...0xF4:
                let second: ClosedRange<UInt8> =
                    lead == 0xF0 ? 0x90...0xBF : lead == 0xF4 ? 0x80...0x8F : 0x80...0xBF
                guard continues(at + 1, second), continues(at + 2), continues(at + 3) else {
                    return at
                }
                at += 4
            default:
                return at
            }
        }
        return nil
    }

    /// Without white space (Unicode's) at both ends.
    static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = bytes.count
        while start < end {
            let byte = bytes[start]
            if isSpace(byte) {
                start += 1
            } else if byte >= 0xC2, case let length = wideSpace(bytes, at: start, end), length > 0 {
                start += length
            } else {
                break
            }
        }
        while end > start {
            let byte = bytes[end - 1]
            if isSpace(byte) {
                end -= 1
            } else if byte >= 0x80, end - start >= 2, wideSpace(bytes, at: end - 2, end) == 2 {
                end -= 2
            } else if byte >= 0x80, end - start >= 3, wideSpace(bytes, at: end - 3, end) == 3 {
                end -= 3
            } else {
                break
            }
        }
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    /// True when the text is certainly in NFC; false asks for a closer look. All ASCII, Latin, Cyrillic,
    /// Hebrew letters and Chinese characters that are not combined from parts are certain.
    static func isSurelyComposed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        let count = bytes.count
        while at < count {
            let lead = bytes[at]
            switch lead {
            case ..<0x80:
                at += 1
            case 0xC2...0xCB, 0xD0, 0xD1:
                at += 2
            case 0xD7:
                guard at + 1 < count, bytes[at + 1] >= 0x90 else { return false }
                at += 2
            case 0xE4:
                guard at + 1 < count, bytes[at + 1] >= 0xB8 else { return false }
                at += 3
            case 0xE5...0xE9:
                at += 3
            default:
                return false
            }
        }
        return true
    }

    /// The text in NFC.
    static func composed(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        Array(String(decoding: bytes, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
    }

    /// A name or another short text, trimmed and in NFC.
    static func clean(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            String(decoding: composed(trimmed(bytes)), as: UTF8.self)
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// The length of the white space beyond ASCII that starts at a position; 0 when none does.
    static func wideSpace(_ bytes: UnsafeBufferPointer<UInt8>, at: Int, _ end: Int) -> Int {
        guard at + 1 < end else { return 0 }
        let second = bytes[at + 1]
        switch bytes[at] {
        case 0xC2:
            return second == 0xA0 || second == 0x85 ? 2 : 0
        case 0xE1, 0xE2, 0xE3:
            guard at + 2 < end else { return 0 }
            switch (bytes[at], second, bytes[at + 2]) {
            case (0xE1, 0x9A, 0x80), (0xE3, 0x80, 0x80), (0xE2, 0x81, 0x9F): return 3
            case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9): return 3
            case (0xE2, 0x80, 0xAF): return 3
            default: return 0
            }
        default:
            return 0
        }
    }
}
