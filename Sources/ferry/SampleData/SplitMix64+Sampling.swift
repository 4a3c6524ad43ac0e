import Sandbox

extension SplitMix64 {
    /// Each stream and number has its own sequence, so that nothing depends on what was drawn before.
    init(seed: UInt64, stream: UInt64, number: Int) {
        var first = SplitMix64(seed: seed)
        var second = SplitMix64(seed: first.next() ^ stream &* 0xD1B5_4A32_D192_ED03)
        self.init(seed: second.next() ^ UInt64(truncatingIfNeeded: number))
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
