import TestSupport
import Testing

@testable import Exports

struct PlanPackerTests {
    private struct Packing {
        var batches: [(keys: [String], isRetry: Bool)] = []
        var rows: [PlannedRow] = []
        var summary = PlanSummary()
        var bodyBytes = 0

        var keys: [[String]] { batches.map(\.keys) }
        var retries: [Bool] { batches.map(\.isRetry) }
    }

    private func pack(
        _ operations: [OwnedOperation], wire: PlainWire = PlainWire()
    ) throws -> Packing {
        var packing = Packing()
        var packer = PlanPacker(wire: wire)
        let emit = { (packed: PlanPacker.Packed) in
            packing.batches.append((packed.operations.keys, packed.isRetry))
            packing.bodyBytes += wire.body(of: packed.operations).count
        }
        for operation in operations {
            let row = try operation.withView { view in
                PlannedRow(try packer.add(.operation(view, before: nil), emit: emit))
            }
            packing.rows.append(row)
        }
        try packer.finish(emit: emit)
        packing.summary = packer.summary
        return packing
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        /// Keys in the order of the plan; capitals are retries.
        let plan: String
        /// Batches as they leave, those of retries in brackets.
        let batches: String

        init(_ name: String, _ plan: String, _ batches: String) {
            self.name = name
            self.plan = plan
            self.batches = batches
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case("nothing", "", ""),
        Case("one fresh person", "a", "a"),
        Case("one retry", "A", "[A]"),
        Case("only fresh people", "abcdefg", "abcde fg"),
        Case("only retries", "ABCDEFG", "[ABCDE] [FG]"),
        Case("retries apart and last", "aBcDe", "ace [BD]"),
        Case("a single fresh person joins the retries", "AbC", "[ACb]"),
        Case("a single fresh person joins a single retry", "aB", "[Ba]"),
        Case("a single retry does not join the fresh", "abC", "ab [C]"),
        Case("a lonely fresh one borrows before retries come into it", "abcdefG", "abcd ef [G]"),
        Case("a fresh one who overfills the retries takes one along", "ABCDEf", "[ABCD] [Ef]"),
        Case("both kinds balance their tails", "abcdefABCDEF", "abcd ef [ABCD] [EF]"),
    ]

    @Test(arguments: cases)
    func `people refused before travel apart and last`(given: Case) throws {
        let packing = try pack(
            given.plan.map { OwnedOperation($0.isUppercase ? .retry : .enter, String($0)) })
        // Full batches leave as they fill; those of retries may pass fresh ones that still wait.
        let spelled = packing.batches.map { batch in
            batch.isRetry ? "[\(batch.keys.joined())]" : batch.keys.joined()
        }
        #expect(spelled.joined(separator: " ") == given.batches)
        #expect(packing.summary.batches == packing.batches.count)
        #expect(packing.summary.singleBatches == packing.batches.count { $0.keys.count == 1 })
    }

    @Test(arguments: [OperationKind.enter, .change, .retry])
    func `an operation too large for any request is suppressed`(kind: OperationKind) throws {
        // The body may hold 998 bytes besides its brackets.
        let fitting = OwnedOperation(kind, "a", values: [UInt8](repeating: 0x78, count: 997))
        let tooLarge = OwnedOperation(
            kind, "b", profileID: "2", values: [UInt8](repeating: 0x78, count: 998))
        let packing = try pack([fitting, tooLarge])
        #expect(packing.keys == [["a"]])
        #expect(packing.rows[0].kind.rawValue == kind.word)
        #expect(
            packing.rows[1]
                == PlannedRow(
                    .suppressed, "b", "2", values: tooLarge.values, reason: .tooLarge))
        #expect(packing.summary.suppressed == ["too-large": 1])
        #expect(packing.summary.members == 2)
        #expect(packing.summary.operations == 1)
    }

    @Test func `somebody planned who is in no batch is a mistake of the packer's`() async {
        await #expect(processExitsWith: .failure) {
            var packer = PlanPacker(wire: PlainWire())
            try OwnedOperation(.enter, "a").withView {
                _ = try packer.add(.operation($0, before: nil)) { _ in }
            }
            packer.summary.enter += 1
            try packer.finish { _ in }
        }
    }

    @Test func `rows that send nothing are counted and come back as they are`() throws {
        var packer = PlanPacker(wire: PlainWire())
        let memory = BorrowedMemory()
        let member = MemberView(
            key: memory.hold([0x61]), profileID: memory.hold([0x31]), values: memory.hold([]))
        let gone = LedgerView(
            key: memory.hold([0x62]), profileID: memory.hold([0x32]), state: .delivered,
            values: memory.hold([]))
        var emitted = 0
        let rows: [PlanRow] = [
            .unchanged(member), .suppressed(member, .noEmail, winner: nil),
            .leftSilently(gone, .claimedElsewhere),
        ]
        for row in rows {
            let returned = try packer.add(row) { _ in emitted += 1 }
            #expect(PlannedRow(returned) == PlannedRow(row))
        }
        try packer.finish { _ in emitted += 1 }
        #expect(emitted == 0)
        var expected = PlanSummary()
        expected.members = 2
        expected.unchanged = 1
        expected.suppressed = ["no-email": 1]
        expected.leftSilently = 1
        expected.deliveredBefore = 2
        #expect(packer.summary == expected)
    }

    @Test(arguments: 0..<100)
    func `nobody is lost between plan and batches`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let operations = (0..<random.number(0...60)).map { number in
            OwnedOperation(
                random.pick([.enter, .enter, .change, .leave, .retry]), "k\(number)",
                values: [UInt8](repeating: 0x78, count: random.number(0...400)))
        }
        let packing = try pack(operations)
        #expect(packing.keys.flatMap(\.self).sorted() == operations.map(\.key).sorted())
        let carried = Set(packing.batches.filter(\.isRetry).flatMap(\.keys))
        let refused = operations.filter { $0.kind == .retry }.map(\.key)
        #expect(carried.isSuperset(of: refused))
        #expect(carried.count - refused.count <= 1)
        #expect(packing.summary.operations == operations.count)
    }

    @Test func `the bytes announced are those of the bodies`() throws {
        let packing = try pack(
            "abcdefgHI".map { OwnedOperation($0.isUppercase ? .retry : .enter, String($0)) })
        #expect(packing.summary.bytes == packing.bodyBytes)
    }
}
