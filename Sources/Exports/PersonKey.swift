import Foundation

/// The key of a person: the mapped e-mail address, trimmed, in Unicode NFC, lower-cased.
///
/// Keys are ordered by their UTF-8 bytes everywhere, in engines, ledgers and plans.
package enum PersonKey {
    /// Longest address that is sent, in characters (RFC 5321 allows no longer path).
    package static let lengthMax = 254

    /// The key of an address; empty when the address is blank.
    package static func normalized(_ address: String) -> String {
        var copy = address
        return copy.withUTF8 { bytes in
            var key: [UInt8] = []
            normalize(UnsafeRawBufferPointer(bytes), into: &key)
            return String(decoding: key, as: UTF8.self)
        }
    }

    /// Replaces `key` by the key of an address in UTF-8. Plain ASCII, the usual case, takes no detour
    /// through `String`, because planning calls this once per profile.
    package static func normalize(_ address: UnsafeRawBufferPointer, into key: inout [UInt8]) {
        key.removeAll(keepingCapacity: true)
        for byte in address where byte >= 0x80 {
            normalizeUnicode(address, into: &key)
            return
        }
        var first = address.startIndex
        var end = address.endIndex
        while first < end, isBlank(address[first]) { first += 1 }
        while end > first, isBlank(address[end - 1]) { end -= 1 }
        key.reserveCapacity(end - first)
        for byte in address[first..<end] {
            key.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
    }

    /// Whether an address is its own key for certain: ASCII, no capital, no blank at its ends.
    package static func isNormalized(_ address: UnsafeRawBufferPointer) -> Bool {
        guard let first = address.first, let last = address.last, !isBlank(first), !isBlank(last)
        else { return false }
        for byte in address where byte >= 0x80 || (0x41...0x5A).contains(byte) { return false }
        return true
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func normalizeUnicode(
        _ address: UnsafeRawBufferPointer, into key: inout [UInt8]
    ) {
        let text = String(decoding: address, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
            .lowercased().precomposedStringWithCanonicalMapping
        key.append(contentsOf: text.utf8)
    }
}

/// Which keys of people a destination takes. Others are set aside before anything is sent, with a reason.
package struct PersonKeyRule: Sendable {
    package let isSendable: @Sendable (_ key: UnsafeRawBufferPointer) -> Bool

    package init(_ isSendable: @escaping @Sendable (_ key: UnsafeRawBufferPointer) -> Bool) {
        self.isSendable = isSendable
    }

    /// E-mail addresses.
    package static let email = PersonKeyRule { AddressForm.isSendable($0) }
}

/// What is wrong with the form of an e-mail address, by the rules 1 to 3 of the bulk importer that the vendor of
/// the first destination documents: one such row makes it reject its whole batch.
package enum AddressForm {
    /// Whether a key can be sent: a local part, one `@`, a domain with a dot followed by two letters, no
    /// character that the importer forbids, no blank or control character, not over 254 characters.
    ///
    /// Apostrophes and letters outside ASCII are left to the destination's judgement.
    package static func isSendable(_ key: UnsafeRawBufferPointer) -> Bool {
        // One pass, for planning asks this of everyone.
        var at = -1
        var isASCII = true
        var hasEnding = false
        var lettersAfterDot = -1
        for position in 0..<key.count {
            let byte = key[position]
            if byte == UInt8(ascii: "@") {
                if at >= 0 || position == 0 { return false }
                at = position
                continue
            }
            if isForbidden(byte) { return false }
            if byte >= 0x80 { isASCII = false }
            guard at >= 0 else { continue }
            if byte == UInt8(ascii: ".") {
                lettersAfterDot = 0
            } else if lettersAfterDot >= 0 {
                lettersAfterDot = isLetter(byte) ? lettersAfterDot + 1 : -1
                if lettersAfterDot >= 2 { hasEnding = true }
            }
        }
        guard hasEnding else { return false }
        if isASCII { return key.count <= PersonKey.lengthMax }
        return characters(in: key) <= PersonKey.lengthMax && !hasUnicodeBlank(key)
    }

    private static func isForbidden(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F: true
        case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
            UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"):
            true
        default: false
        }
    }

    /// Letters outside ASCII count as such byte by byte, so that domains in other scripts pass.
    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || byte >= 0x80
    }

    private static func characters(in key: UnsafeRawBufferPointer) -> Int {
        key.count { $0 & 0xC0 != 0x80 }
    }

    /// Spaces and controls outside ASCII, a no-break space inside an address for instance.
    private static func hasUnicodeBlank(_ key: UnsafeRawBufferPointer) -> Bool {
        String(decoding: key, as: UTF8.self).unicodeScalars.contains {
            $0.properties.isWhitespace || $0.properties.generalCategory == .control
                || $0.properties.generalCategory == .format
        }
    }
}
