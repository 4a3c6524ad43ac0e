import Exports
import TestSupport
import Testing

/// Random members and ledgers against a dictionary that does the same the slow way.
struct PlanPropertyTests {
    struct World {
        var members: [TestMember]
        var ledger: TestLedger
        var export: Export
        var claimedElsewhere: Set<String>

        init(seed: Int) {
            var random = SeededRandom(seed: UInt64(seed))
            let people = random.number(0...40)
            let parts = [
                "a", "b", "ab", "o'neil", "JOSE\u{301}", "jos\u{E9}", "z\u{F6}", "a.b", "a+b", "Q",
            ]
            let addresses = (0...people).map { _ -> String in
                switch random.number(0...12) {
                case 0: random.pick(["", " ", "\u{A0}"])
                case 1: random.pick(["a@b", "no address", "a b@shop.test", "x@y.z", "a@@b.no"])
                case 2: "  " + random.pick(parts) + "@Shop.TEST "
                default: random.pick(parts) + "\(random.number(0...people))@shop.test"
                }
            }
            let values: [[UInt8]] = [[], [1, 1, 0x61], [1, 1, 0x62], [1, 2, 0x61, 0x61]]
            members = (0..<people).map { number in
                TestMember(
                    id: "p\(random.number(0...9))\(number)", address: random.pick(addresses),
                    changedAt: random.number(0...3), values: random.pick(values))
            }
            ledger = [:]
            claimedElsewhere = []
            for address in addresses + ["gone@shop.test", "zzz@shop.test"]
            where random.chance(0.5) {
                let key = PersonKey.normalized(address)
                guard Self.isSendable(key) else { continue }
                let state = random.pick([
                    LedgerState.delivered, .delivered, .delivered, .left, .refused,
                ])
                ledger[key] = TestLedgerRow(
                    profileID: "p\(random.number(0...99))", state: state,
                    values: state == .refused && random.chance(0.5) ? nil : random.pick(values))
                if random.chance(0.2) { claimedElsewhere.insert(key) }
            }
            export = .sample(
                onLeave: random.pick([
                    .keep, .unsubscribe, .field(id: "7", inside: "in", outside: "out"),
                ]))
        }

        static func isSendable(_ key: String) -> Bool {
            Array(key.utf8).withUnsafeBytes { AddressForm.isSendable($0) }
        }

        func plan() throws -> TestPlan {
            try TestPlan(
                members: members, ledger: ledger, export: export,
                claimedElsewhere: claimedElsewhere)
        }

        /// Counts without streams: one look-up for each person.
        func naiveSummary() -> PlanSummary {
            var summary = PlanSummary()
            summary.members = members.count
            var winners: [String: TestMember] = [:]
            for member in members {
                let key = PersonKey.normalized(member.address)
                guard !key.isEmpty else {
                    summary.suppressed["no-email", default: 0] += 1
                    continue
                }
                guard Self.isSendable(key) else {
                    summary.suppressed["invalid-email", default: 0] += 1
                    continue
                }
                if let other = winners[key] {
                    summary.suppressed["duplicate-email", default: 0] += 1
                    if TestMember.isBefore(other, member) { continue }
                }
                winners[key] = member
            }
            for (key, winner) in winners {
                guard let row = ledger[key], row.state != .left else {
                    summary.enter += 1
                    continue
                }
                if row.state == .refused {
                    summary.retry += 1
                } else if row.values == winner.values {
                    summary.unchanged += 1
                } else {
                    summary.change += 1
                }
            }
            for (key, row) in ledger where winners[key] == nil && row.state != .left {
                let wasThere = row.state == .delivered || row.values != nil
                if wasThere, export.onLeave.sendsSomething, !claimedElsewhere.contains(key) {
                    summary.leave += 1
                } else {
                    summary.leftSilently += 1
                }
            }
            summary.deliveredBefore = ledger.values.count { $0.state != .left && $0.values != nil }
            return summary
        }
    }

    @Test(arguments: 0..<300)
    func `a plan counts what a dictionary counts`(seed: Int) throws {
        let world = World(seed: seed)
        var summary = try world.plan().summary
        var naive = world.naiveSummary()
        // Counted apart, below.
        summary.deliveredBefore = 0
        naive.deliveredBefore = 0
        #expect(summary == naive)
    }

    @Test(arguments: 0..<300)
    func `every member has exactly one outcome`(seed: Int) throws {
        let plan = try World(seed: seed).plan()
        let counts = plan.summary
        #expect(
            counts.members
                == counts.enter + counts.change + counts.retry + counts.unchanged
                + counts.suppressedTotal)
        let sent = plan.rows.filter { $0.kind != .suppressed }.map(\.key)
        #expect(sent.count == Set(sent).count)
        #expect(sent == sent.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        let withoutReason = plan.rows.filter { $0.kind == .suppressed && $0.reason == nil }
        #expect(withoutReason.isEmpty)
    }

    @Test(arguments: 0..<300)
    func `every member's profile is named once`(seed: Int) throws {
        let world = World(seed: seed)
        let named = try world.plan().rows
            .filter { $0.kind != .leave && $0.kind != .leftSilently }.map(\.profileID)
        #expect(named.sorted() == world.members.map(\.id).sorted())
    }

    @Test(arguments: 0..<300)
    func `planning again after everything was confirmed gives an empty plan`(seed: Int) throws {
        var world = World(seed: seed)
        let first = try world.plan()
        world.ledger = first.applied(to: world.ledger)
        let second = try world.plan()
        #expect(second.summary.isEmpty)
        #expect(second.summary.unchanged == first.summary.people)
        #expect(second.summary.suppressed == first.summary.suppressed)
    }

    @Test(arguments: 0..<300)
    func `duplicates name the profile that is sent for them`(seed: Int) throws {
        let plan = try World(seed: seed).plan()
        var sent: [String: String] = [:]
        for row in plan.rows where row.kind != .suppressed { sent[row.key] = row.profileID }
        let wrong = plan.rows.filter {
            $0.reason == .duplicateEmail && ($0.winner == nil || $0.winner != sent[$0.key])
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: 0..<300)
    func `those delivered before are those whom the ledger held as delivered`(seed: Int) throws {
        var world = World(seed: seed)
        for (key, row) in world.ledger where row.state == .refused {
            world.ledger[key]?.values = nil
        }
        let counted = try world.plan().summary.deliveredBefore
        #expect(counted == world.naiveSummary().deliveredBefore)
    }

    @Test func `a leaver whose last change was refused stood at the destination all the same`()
        throws
    {
        let plan = try TestPlan(
            members: [],
            ledger: ["a@b.no": TestLedgerRow(profileID: "1", state: .refused, values: [])],
            export: .sample(onLeave: .unsubscribe))
        #expect(plan.summary.leave == 1)
        #expect(plan.summary.deliveredBefore == 1)
    }
}
