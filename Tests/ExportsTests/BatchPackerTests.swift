import Exports
import TestSupport
import Testing

struct BatchPackerTests {
    static let limits = BatchLimits(operationsMax: 5, bytesMax: 1_000, envelopeBytes: 20)

    /// Packs operations of the sizes given; the batches come back as positions.
    private func pack(_ sizes: [Int], limits: BatchLimits = Self.limits) throws -> [[Int]] {
        var packer = BatchPacker(limits: limits)
        var batches: [[Int]] = []
        let emit = { (list: OperationList) in
            batches.append(list.keys.map { Int($0) ?? -1 })
        }
        for (position, size) in sizes.enumerated() {
            OwnedOperation(.enter, String(position)).withView {
                packer.add($0, bytes: size, emit: emit)
            }
        }
        packer.finish(emit: emit)
        return batches
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let sizes: [Int]
        let counts: [Int]

        init(_ name: String, _ sizes: [Int], _ counts: [Int]) {
            self.name = name
            self.sizes = sizes
            self.counts = counts
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case("nothing", [], []),
        Case("one", [10], [1]),
        Case("as many as fit", Array(repeating: 10, count: 5), [5]),
        Case("a lonely sixth borrows", Array(repeating: 10, count: 6), [4, 2]),
        Case("seven need not", Array(repeating: 10, count: 7), [5, 2]),
        Case(
            "a lonely eleventh borrows from its neighbour", Array(repeating: 10, count: 11),
            [5, 4, 2]),
        Case("exactly the bytes: 20 + 489 + 1 + 490", [489, 490], [2]),
        Case("one byte too many", [490, 490], [1, 1]),
        Case("exactly the bytes by one", [980], [1]),
        Case("full by bytes", [300, 300, 300, 300, 300], [3, 2]),
        Case("full by bytes, and a lonely one borrows", [300, 300, 300, 300], [2, 2]),
        Case("a neighbour of two has none to spare", [480, 480, 480], [2, 1]),
        Case("the one to be borrowed is too large", [10, 10, 500, 480], [3, 1]),
    ]

    @Test(arguments: cases)
    func `operations fill as few requests as the limits allow`(given: Case) throws {
        let batches = try pack(given.sizes)
        #expect(batches.map(\.count) == given.counts)
        #expect(batches.flatMap(\.self) == Array(given.sizes.indices))
    }

    @Test func `somebody alone between large ones borrows as well`() throws {
        // The fourth fits neither with the three before nor with the one after it.
        let batches = try pack([300, 300, 300, 200, 900])
        #expect(batches.map(\.count) == [2, 2, 1])
    }

    @Test(arguments: 0..<200)
    func `every batch keeps the limits, and nobody is lost or moved`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let limits = BatchLimits(
            operationsMax: random.number(1...12), bytesMax: random.number(200...2_000),
            envelopeBytes: random.number(0...50))
        let largest = limits.bytesMax - limits.envelopeBytes
        let usual = random.number(1...largest)
        let sizes = (0..<random.number(0...120)).map { _ in
            random.number(1...(random.chance(0.1) ? largest : usual))
        }
        let batches = try pack(sizes, limits: limits)
        #expect(batches.flatMap(\.self) == Array(sizes.indices))
        #expect(batches.allSatisfy { !$0.isEmpty && $0.count <= limits.operationsMax })
        let bytes = batches.map { batch in
            limits.envelopeBytes + batch.reduce(0) { $0 + sizes[$1] } + batch.count - 1
        }
        #expect(bytes.allSatisfy { $0 <= limits.bytesMax })
    }

    @Test(arguments: 0..<200)
    func `where any few fit together, nobody travels alone unless there is but one`(
        seed: Int
    ) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let limits = BatchLimits(
            operationsMax: random.number(3...20), bytesMax: random.number(500...2_000),
            envelopeBytes: 20)
        // Three of the largest and their separators fit.
        let largest = (limits.bytesMax - limits.envelopeBytes - 2) / 3
        let sizes = (0..<random.number(2...200)).map { _ in random.number(1...largest) }
        let batches = try pack(sizes, limits: limits)
        #expect(batches.allSatisfy { $0.count >= 2 })
        #expect(batches.flatMap(\.self) == Array(sizes.indices))
    }

    @Test(arguments: 0..<200)
    func `two neighbours together would always break a limit`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let sizes = (0..<random.number(2...100)).map { _ in random.number(1...900) }
        let batches = try pack(sizes)
        let mergeable = zip(batches, batches.dropFirst()).filter { one, next in
            let joined = one + next
            return joined.count <= Self.limits.operationsMax
                && Self.limits.envelopeBytes + joined.reduce(joined.count - 1) { $0 + sizes[$1] }
                    <= Self.limits.bytesMax
        }
        #expect(mergeable.isEmpty)
    }

    @Test(arguments: [(980, true), (981, false), (0, true)])
    func `an operation fits when envelope and bytes do`(bytes: Int, fits: Bool) {
        #expect(BatchPacker(limits: Self.limits).fits(bytes: bytes) == fits)
    }

    @Test func `an operation that fits no request is a mistake of whoever adds it`() async {
        await #expect(processExitsWith: .failure) {
            var packer = BatchPacker(
                limits: BatchLimits(operationsMax: 5, bytesMax: 1_000, envelopeBytes: 20))
            OwnedOperation(.enter, "a").withView { packer.add($0, bytes: 981) { _ in } }
        }
        await #expect(processExitsWith: .failure) {
            var packer = BatchPacker(
                limits: BatchLimits(operationsMax: 5, bytesMax: 1_000, envelopeBytes: 20))
            OwnedOperation(.enter, "a").withView { packer.add($0, bytes: -1) { _ in } }
        }
    }

    @Test func `limits that hold nobody are a mistake, not an endless plan`() async {
        await #expect(processExitsWith: .failure) {
            var packer = BatchPacker(
                limits: BatchLimits(operationsMax: 0, bytesMax: 1_000, envelopeBytes: 20))
            OwnedOperation(.enter, "a").withView { packer.add($0, bytes: 1) { _ in } }
            packer.finish { _ in }
        }
    }

    @Test func `the only operation can be taken out, but none of several`() throws {
        var packer = BatchPacker(limits: Self.limits)
        let none = packer.takeLonely()
        #expect(none == nil)
        var emitted = 0
        let emit = { (_: OperationList) in emitted += 1 }
        OwnedOperation(.enter, "a").withView { packer.add($0, bytes: 33, emit: emit) }
        let taken = packer.takeLonely()
        let lonely = try #require(taken)
        #expect(lonely.operations.keys == ["a"])
        #expect(lonely.bytes == 33)
        packer.finish(emit: emit)
        #expect(emitted == 0)
        for key in ["a", "b"] {
            OwnedOperation(.enter, key).withView { packer.add($0, bytes: 33, emit: emit) }
        }
        let ofTwo = packer.takeLonely()
        #expect(ofTwo == nil)
        packer.finish(emit: emit)
        #expect(emitted == 1)
    }

    @Test func `a packer that finished begins anew`() {
        var packer = BatchPacker(limits: Self.limits)
        var batches: [[String]] = []
        let emit = { (list: OperationList) in batches.append(list.keys) }
        for key in ["a", "b", "c", "d", "e", "f"] {
            OwnedOperation(.enter, key).withView { packer.add($0, bytes: 1, emit: emit) }
        }
        packer.finish(emit: emit)
        OwnedOperation(.enter, "g").withView { packer.add($0, bytes: 1, emit: emit) }
        packer.finish(emit: emit)
        packer.finish(emit: emit)
        #expect(batches == [["a", "b", "c", "d"], ["e", "f"], ["g"]])
    }

    @Test func `an error of the receiver comes through`() {
        struct Full: Error {}
        var packer = BatchPacker(limits: Self.limits)
        #expect(throws: Full.self) {
            for key in 0..<50 {
                try OwnedOperation(.enter, String(key)).withView { view in
                    try packer.add(view, bytes: 10) { _ in throw Full() }
                }
            }
        }
    }
}
