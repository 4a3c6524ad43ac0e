import Exports
import TestSupport
import Testing

struct OperationListTests {
    static let operations = [
        OwnedOperation(.enter, "a@b.no", profileID: "1", values: [1, 1, 0x61]),
        OwnedOperation(.change, "jos\u{E9}@b.no", profileID: "two", values: []),
        OwnedOperation(.leave, "c@b.no", profileID: "", values: [5, 1, 0x37, 1, 0x78]),
        OwnedOperation(
            .retry, String(repeating: "k", count: 300), profileID: "4",
            // One value of 20,000 bytes.
            values: [1, 0xA0, 0x9C, 1] + [UInt8](repeating: 7, count: 20_000)),
    ]

    @Test func `operations come back in order`() {
        let list = OperationList(Self.operations)
        #expect(list.count == 4)
        #expect(list.owned == Self.operations)
        #expect(list.keys == Self.operations.map(\.key))
    }

    @Test func `a stored list is the same list`() throws {
        let list = OperationList(Self.operations)
        let stored = try OperationList(stored: list.bytes, count: list.count)
        #expect(stored == list)
        #expect(stored.owned == Self.operations)
    }

    @Test func `an empty list has nothing to visit`() throws {
        #expect(OperationList().owned.isEmpty)
        #expect(OperationList().keys.isEmpty)
        #expect(try OperationList(stored: [], count: 0) == OperationList())
    }

    struct Filter: CustomTestStringConvertible, Sendable {
        let name: String
        let isWanted: @Sendable (Int, OperationKind) -> Bool
        let positions: [Int]

        var testDescription: String { name }
    }

    static let filters = [
        Filter(name: "all", isWanted: { _, _ in true }, positions: [0, 1, 2, 3]),
        Filter(name: "none", isWanted: { _, _ in false }, positions: []),
        Filter(
            name: "the first half", isWanted: { position, _ in position < 2 }, positions: [0, 1]),
        Filter(name: "the last", isWanted: { position, _ in position == 3 }, positions: [3]),
        Filter(name: "a kind", isWanted: { _, kind in kind == .leave }, positions: [2]),
    ]

    @Test(arguments: filters)
    func `filtering asks with the position and keeps what is wanted`(filter: Filter) {
        let kept = OperationList(Self.operations).filtered { filter.isWanted($0, $1.kind) }
        #expect(kept.count == filter.positions.count)
        #expect(kept.owned == filter.positions.map { Self.operations[$0] })
    }

    @Test func `an error ends the visit and comes through`() {
        struct Stop: Error, Equatable {}
        var seen = 0
        #expect(throws: Stop()) {
            try OperationList(Self.operations).visit { _ throws(Stop) in
                seen += 1
                if seen == 2 { throw Stop() }
            }
        }
        #expect(seen == 2)
    }

    @Test(arguments: 0..<200)
    func `a damaged list is refused, or is a list all the same`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var bytes = OperationList(Array(Self.operations.prefix(3))).bytes
        for _ in 0..<random.number(1...6) {
            bytes[random.number(0...(bytes.count - 1))] = UInt8(random.number(0...255))
        }
        bytes.removeLast(random.number(0...bytes.count))
        // A letter of a key may be another one; whatever else is wrong is seen.
        guard let list = try? OperationList(stored: bytes, count: 3) else { return }
        #expect(list.owned.count == 3)
        #expect(list.bytes == bytes)
    }

    @Test(arguments: [0, 1, 3, 4, -1])
    func `a list of more or fewer operations than were counted is refused`(count: Int) {
        let bytes = OperationList(Array(Self.operations.prefix(2))).bytes
        #expect(throws: OperationList.Damage.count) {
            try OperationList(stored: bytes, count: count)
        }
    }

    @Test(
        arguments: [
            // A kind outside the list of kinds, at the beginning and behind a sound operation.
            [99, 1, 0x61, 0, 0], [1, 1, 0x61, 0, 0, 99, 1, 0x62, 0, 0], [0, 1, 0x61, 0, 0],
            // An end in the middle: of the kind, of a length, of a key.
            [1, 1, 0x61, 0, 0, 1], [1, 1, 0x61, 0], [1, 2, 0x61],
            // A length that never ends.
            [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            // Values that are none: an unknown target, a value cut off, a field without its id.
            [1, 1, 0x61, 0, 3, 9, 1, 0x61], [1, 1, 0x61, 0, 2, 1, 5], [1, 1, 0x61, 0, 1, 5],
        ] as [[UInt8]])
    func `a byte that no list has at its place is refused`(bytes: [UInt8]) {
        for count in 0...2 {
            #expect(throws: OperationList.Damage.malformed) {
                try OperationList(stored: bytes, count: count)
            }
        }
    }

    @Test func `the words of the kinds are stable`() {
        #expect(OperationKind.allCases.map(\.word) == ["enter", "change", "leave", "retry"])
        #expect(OperationKind.allCases.map(\.rawValue) == [1, 2, 3, 4])
    }
}
