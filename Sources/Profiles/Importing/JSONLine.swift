/// A position in one line of JSON, and what can be read from there. A value and not an object, because
/// it is asked for every byte.
struct JSONLine {
    /// How a line is not JSON. Never holds a part of the line.
    enum Fault: String, Error, CaseIterable {
        case noObject = "no-object"
        case textBehind = "text-behind"
        case unended
        case noName = "no-name"
        case noColon = "no-colon"
        case noComma = "no-comma"
        case noValue = "no-value"
        case noWord = "no-word"
        case emptyName = "empty-name"
        case longName = "long-name"
        case number
        case control
        case unclosed
        case escape
        case surrogate
        case nul
        case hex
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    /// Room for strings with escapes, as long as the line: no string grows by resolving them.
    private var free: UnsafeMutableBufferPointer<UInt8>
    /// How many bytes were read.
    private(set) var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, room: UnsafeMutableBufferPointer<UInt8>) {
        precondition(room.count >= bytes.count, "strings need as much room as their line")
        self.bytes = bytes
        free = room
    }

    var isAtEnd: Bool { at == bytes.count }

    /// The next byte, which is not taken.
    var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    /// Takes the next byte if it is this one.
    mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D {
            at += 1
        }
    }

    mutating func readWord(_ word: StaticString) throws(Fault) -> UnsafeBufferPointer<UInt8> {
        let start = at
        for byte in UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount) {
            guard take(byte) else { throw .noWord }
        }
        return UnsafeBufferPointer(rebasing: bytes[start..<at])
    }

    mutating func readNumber() throws(Fault) -> UnsafeBufferPointer<UInt8> {
        let start = at
        _ = take(UInt8(ascii: "-"))
        let hasLeadingZero = next == UInt8(ascii: "0")
        let wholeDigits = skipDigits()
        var isWellFormed = wholeDigits == 1 || (wholeDigits > 1 && !hasLeadingZero)
        if take(UInt8(ascii: ".")) { isWellFormed = skipDigits() > 0 && isWellFormed }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            isWellFormed = skipDigits() > 0 && isWellFormed
        }
        guard isWellFormed else {
            throw .number
        }
        return UnsafeBufferPointer(rebasing: bytes[start..<at])
    }

    private mutating func skipDigits() -> Int {
        let start = at
        while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
        return at - start
    }

    /// A string without its quotes, escapes resolved. The opening quote is the next byte.
    mutating func readString() throws(Fault) -> UnsafeBufferPointer<UInt8> {
        at += 1
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return UnsafeBufferPointer(rebasing: bytes[start..<at - 1])
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            at += 1
        }
        let room = free
        for byte in bytes[start..<at] { put(byte) }
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                let length = room.count - free.count
                return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(room)[..<length])
            case UInt8(ascii: "\\"): try readEscape()
            case ..<0x20: throw .control
            default: put(byte)
            }
        }
        throw .unclosed
    }

    private mutating func readEscape() throws(Fault) {
        let escape = next
        at += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): put(escape ?? 0)
        case UInt8(ascii: "b"): put(0x08)
        case UInt8(ascii: "f"): put(0x0C)
        case UInt8(ascii: "n"): put(0x0A)
        case UInt8(ascii: "r"): put(0x0D)
        case UInt8(ascii: "t"): put(0x09)
        case UInt8(ascii: "u"):
            for byte in UTF8.encode(try readScalar()) ?? .init() { put(byte) }
        default: throw .escape
        }
    }

    /// The character of one `\u` escape, or of two that are a surrogate pair.
    private mutating func readScalar() throws(Fault) -> Unicode.Scalar {
        var code = try readHex()
        if (0xD800...0xDBFF).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try readHex()
            // Anything but a low surrogate leaves the code what it is, and that is no character.
            if (0xDC00...0xDFFF).contains(low) {
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw .surrogate
        }
        guard code != 0 else {
            throw .nul
        }
        return scalar
    }

    private mutating func readHex() throws(Fault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw .hex
            }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }

    private mutating func put(_ byte: UInt8) {
        free[0] = byte
        free = UnsafeMutableBufferPointer(rebasing: free[1...])
    }
}
