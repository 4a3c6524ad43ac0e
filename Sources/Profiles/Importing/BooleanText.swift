/// Yes and no in English, in any case.
enum BooleanText {
    /// `Y`, `yes`, `true` and `N`, `no`, `false`.
    static func boolean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        switch bytes.count {
        case 1:
            switch bytes[0] | 0x20 {
            case UInt8(ascii: "y"): true
            case UInt8(ascii: "n"): false
            default: nil
            }
        case 2: spells("no", bytes) ? false : nil
        case 3: spells("yes", bytes) ? true : nil
        case 4: spells("true", bytes) ? true : nil
        case 5: spells("false", bytes) ? false : nil
        default: nil
        }
    }

    /// `1` and `0` too, which mean that only where somebody said that the attribute is a boolean.
    static func declaredBoolean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        if bytes.count == 1 {
            if bytes[0] == UInt8(ascii: "1") { return true }
            if bytes[0] == UInt8(ascii: "0") { return false }
        }
        return boolean(bytes)
    }

    private static func spells(
        _ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        return zip(bytes, letters).allSatisfy { $0 | 0x20 == $1 }
    }
}
