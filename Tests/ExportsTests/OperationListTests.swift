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
            values: [UInt8](repeating: 7, count: 20_000)),
    ]

    @Test func `operations come back in order`() {
        let list = OperationList(Self.operations)
        #expect(list.count == 4)
        #expect(list.owned == Self.operations)
        #expect(list.keys == Self.operations.map(\.key))
    }

    @Test func `a stored list is the same list`() {
        let list = OperationList(Self.operations)
        let stored = OperationList(bytes: list.bytes, count: list.count)
        #expect(stored == list)
        #expect(stored.owned == Self.operations)
    }

    @Test func `an empty list has nothing to visit`() {
        #expect(OperationList().owned.isEmpty)
        #expect(OperationList().keys.isEmpty)
        #expect(OperationList(bytes: [], count: 0) == OperationList())
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
    func `a damaged list never brings the reader down`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var bytes = OperationList(Array(Self.operations.prefix(3))).bytes
        for _ in 0..<random.number(1...6) {
            bytes[random.number(0...(bytes.count - 1))] = UInt8(random.number(0...255))
        }
        bytes.removeLast(random.number(0...bytes.count))
        let read = OperationList(bytes: bytes, count: 3).owned
        // Every operation takes at least four bytes.
        #expect(read.count <= bytes.count / 4)
    }

    @Test func `a kind outside the list of kinds ends the visit`() {
        let list = OperationList(bytes: [1, 1, 0x61, 0, 0, 99, 1, 0x62, 0, 0], count: 2)
        #expect(list.keys == ["a"])
    }

    @Test func `the words of the kinds are stable`() {
        #expect(OperationKind.allCases.map(\.word) == ["enter", "change", "leave", "retry"])
        #expect(OperationKind.allCases.map(\.rawValue) == [1, 2, 3, 4])
    }
}
