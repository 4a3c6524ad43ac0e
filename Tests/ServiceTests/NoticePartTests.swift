import Acts
import Exports
import Store
import Testing

@testable import Delivery
@testable import Service

/// What a notice tells of a run.
struct NoticePartTests {
    @Test func `each group of a run stands under its own name`() throws {
        let fixture = try RunFixture()
        let ledger = fixture.catalog.ledger
        let run = try ledger.createRun(
            of: fixture.export, trigger: .onDemand, by: RunFixture.actor)
        let keys = (1...6).map { "p\($0)@shop.test" }
        _ = try ledger.writePlan(of: run.id, export: fixture.export) { writer in
            var packer = PlanPacker(wire: StubWire())
            // One is unchanged and three are suppressed; the others enter.
            for number in 1...4 {
                try Array("m\(number)".utf8).withUnsafeBytes { key in
                    let member = MemberView(key: key, profileID: key, values: key)
                    let row: PlanRow =
                        number == 1
                        ? .unchanged(member) : .suppressed(member, .noEmail, winner: nil)
                    try writer.store(packer.add(row) { _ in })
                }
            }
            try OperationList(.enter, keys).visit { (operation: OperationView) throws in
                _ = try packer.add(.operation(operation, before: nil)) { try writer.store($0) }
            }
            try packer.finish { try writer.store($0) }
            return packer.summary
        }
        try ledger.beginSending(run.id)
        _ = try ledger.settle(
            BatchVerdict(number: 1, refused: [keys[0]: .bounced, keys[1]: .excluded]),
            run: try ledger.run(id: run.id))
        try ledger.end(run.id, state: .completedWithWarnings)
        let part = Notice.RunPart(try ledger.run(id: run.id), state: .completedWithWarnings)
        #expect(part.members == 10)
        #expect(part.unchanged == 1)
        #expect(part.delivered == 4)
        #expect(part.refused == 2)
        #expect(part.suppressed == 3)
        #expect(part.pending == 0 && part.leave == 0)
    }
}
