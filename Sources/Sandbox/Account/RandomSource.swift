/// A random source with a seed, so that a run with faults can be repeated.
struct RandomSource: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    init(seed: Int) {
        numbers = SplitMix64(seed: UInt64(bitPattern: Int64(seed)))
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// True in the given share of all cases; nothing is drawn for 0, so that a sandbox without
    /// faults behaves the same whichever faults exist.
    mutating func happens(_ share: Double) -> Bool {
        share > 0 && Double.random(in: 0..<1, using: &self) < share
    }

    /// An id in the form of a UUID.
    mutating func uuid() -> String {
        let digits = Array("0123456789abcdef")
        var text = ""
        for half in [next(), next()] {
            for shift in stride(from: 60, through: 0, by: -4) {
                if [8, 13, 18, 23].contains(text.utf8.count) { text.append("-") }
                text.append(digits[Int((half >> UInt64(shift)) & 15)])
            }
        }
        return text
    }
}
