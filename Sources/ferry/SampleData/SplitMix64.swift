/// A small random number generator whose numbers are the same everywhere and for ever (Steele, Lea and
/// Flood 2014), unlike those of the standard library.
struct SplitMix64: Sendable {
    private var state: UInt64

    /// Each stream and number has its own sequence, so that nothing depends on what was drawn before.
    init(seed: UInt64, stream: UInt64, number: Int) {
        state = seed
        state = next() ^ stream &* 0xD1B5_4A32_D192_ED03
        state = next() ^ UInt64(truncatingIfNeeded: number)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 on, below `bound`, which is positive.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// One of the elements of an array that is not empty.
    mutating func element<Element>(of array: [Element]) -> Element {
        array[below(array.count)]
    }
}
