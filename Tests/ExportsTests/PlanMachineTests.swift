import Exports
import Testing

struct PlanMachineTests {
    static let old: [UInt8] = [1, 1, 0x6F]
    static let new: [UInt8] = [1, 1, 0x6E]
    static let field = LeavePolicy.field(id: "7", inside: "in", outside: "out")

    private static let outside = Export.sample(onLeave: field).leaveValues.bytes

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var members: [TestMember] = []
        var ledger: TestLedger = [:]
        var onLeave: LeavePolicy = .keep
        var claimedElsewhere: Set<String> = []
        let rows: [PlannedRow]

        var testDescription: String { name }
    }

    private static func member(
        _ address: String, _ id: String = "1", changedAt: Int = 0, values: [UInt8] = new
    ) -> TestMember {
        TestMember(id: id, address: address, changedAt: changedAt, values: values)
    }

    private static func row(_ state: LedgerState, _ values: [UInt8]?, id: String = "1")
        -> TestLedgerRow
    {
        TestLedgerRow(profileID: id, state: state, values: values)
    }

    static let memberCases = [
        Case(name: "nobody and nothing known", rows: []),
        Case(
            name: "somebody new enters", members: [member("a@b.no")],
            rows: [PlannedRow(.enter, "a@b.no", "1", values: new)]),
        Case(
            name: "a new person is sent by the key, not as typed",
            members: [member("  Ann@B.No ")],
            rows: [PlannedRow(.enter, "ann@b.no", "1", values: new)]),
        Case(
            name: "other values change", members: [member("a@b.no")],
            ledger: ["a@b.no": row(.delivered, old)],
            rows: [PlannedRow(.change, "a@b.no", "1", values: new, before: old)]),
        Case(
            name: "values that begin alike change",
            members: [member("a@b.no", values: new + [3, 1, 0x31])],
            ledger: ["a@b.no": row(.delivered, new)],
            rows: [
                PlannedRow(.change, "a@b.no", "1", values: new + [3, 1, 0x31], before: new)
            ]),
        Case(
            name: "no values where there were some change",
            members: [member("a@b.no", values: [])], ledger: ["a@b.no": row(.delivered, old)],
            rows: [PlannedRow(.change, "a@b.no", "1", values: [], before: old)]),
        Case(
            name: "the same values are unchanged", members: [member("a@b.no", values: old)],
            ledger: ["a@b.no": row(.delivered, old)],
            rows: [PlannedRow(.unchanged, "a@b.no", "1", values: old)]),
        Case(
            name: "no values twice are unchanged", members: [member("a@b.no", values: [])],
            ledger: ["a@b.no": row(.delivered, [])],
            rows: [PlannedRow(.unchanged, "a@b.no", "1", values: [])]),
        Case(
            name: "another profile with the same values is unchanged",
            members: [member("a@b.no", "2", values: old)],
            ledger: ["a@b.no": row(.delivered, old, id: "1")],
            rows: [PlannedRow(.unchanged, "a@b.no", "2", values: old)]),
        Case(
            name: "somebody delivered without known values is sent again",
            members: [member("a@b.no", values: [])], ledger: ["a@b.no": row(.delivered, nil)],
            rows: [PlannedRow(.change, "a@b.no", "1", values: [])]),
        Case(
            name: "refused and never taken is tried again", members: [member("a@b.no")],
            ledger: ["a@b.no": row(.refused, nil)],
            rows: [PlannedRow(.retry, "a@b.no", "1", values: new)]),
        Case(
            name: "refused with the very same values is tried again",
            members: [member("a@b.no", values: old)], ledger: ["a@b.no": row(.refused, old)],
            rows: [PlannedRow(.retry, "a@b.no", "1", values: old, before: old)]),
        Case(
            name: "back after leaving enters again, even with the same values",
            members: [member("a@b.no", values: old)], ledger: ["a@b.no": row(.left, old)],
            rows: [PlannedRow(.enter, "a@b.no", "1", values: old, before: old)]),
        Case(
            name: "no address", members: [member("", "1"), member("  ", "2")],
            rows: [
                PlannedRow(.suppressed, "", "1", values: new, reason: .noEmail),
                PlannedRow(.suppressed, "", "2", values: new, reason: .noEmail),
            ]),
        Case(
            name: "a malformed address, twice",
            members: [member("a@b", "1"), member("a@b", "2")],
            rows: [
                PlannedRow(.suppressed, "a@b", "1", values: new, reason: .invalidEmail),
                PlannedRow(.suppressed, "a@b", "2", values: new, reason: .invalidEmail),
            ]),
        Case(
            name: "of several with one address the one changed last is sent",
            members: [
                member("a@b.no", "1", changedAt: 5), member("A@b.no", "2", changedAt: 9),
                member("a@b.no ", "3", changedAt: 7),
            ],
            rows: [
                PlannedRow(.enter, "a@b.no", "2", values: new),
                PlannedRow(
                    .suppressed, "a@b.no", "3", values: new, reason: .duplicateEmail, winner: "2"),
                PlannedRow(
                    .suppressed, "a@b.no", "1", values: new, reason: .duplicateEmail, winner: "2"),
            ]),
        Case(
            name: "of those changed at once the smaller id is sent",
            members: [member("a@b.no", "2"), member("a@b.no", "10")],
            rows: [
                PlannedRow(.enter, "a@b.no", "10", values: new),
                PlannedRow(
                    .suppressed, "a@b.no", "2", values: new, reason: .duplicateEmail, winner: "10"),
            ]),
        Case(
            name: "duplicates of somebody unchanged name the winner too",
            members: [member("a@b.no", "1", values: old), member("a@b.no", "2", values: new)],
            ledger: ["a@b.no": row(.delivered, old)],
            rows: [
                PlannedRow(.unchanged, "a@b.no", "1", values: old),
                PlannedRow(
                    .suppressed, "a@b.no", "2", values: new, reason: .duplicateEmail, winner: "1"),
            ]),
        Case(
            name: "an address that begins with another is another person",
            members: [member("a@b.no", "1"), member("a@b.nor", "2")],
            ledger: ["a@b.nor": row(.delivered, new)],
            rows: [
                PlannedRow(.enter, "a@b.no", "1", values: new),
                PlannedRow(.unchanged, "a@b.nor", "2", values: new),
            ]),
    ]

    static let leaverCases = [
        Case(
            name: "keep: leaves without a word", ledger: ["a@b.no": row(.delivered, old)],
            rows: [PlannedRow(.leftSilently, "a@b.no", "1", before: old)]),
        Case(
            name: "unsubscribe: is taken off the list", ledger: ["a@b.no": row(.delivered, old)],
            onLeave: .unsubscribe,
            rows: [PlannedRow(.leave, "a@b.no", "1", values: [], before: old)]),
        Case(
            name: "field: the field says out", ledger: ["a@b.no": row(.delivered, old)],
            onLeave: field,
            rows: [PlannedRow(.leave, "a@b.no", "1", values: outside, before: old)]),
        Case(
            name: "unsubscribe: claimed elsewhere stays on the list",
            ledger: ["a@b.no": row(.delivered, old)], onLeave: .unsubscribe,
            claimedElsewhere: ["a@b.no"],
            rows: [
                PlannedRow(.leftSilently, "a@b.no", "1", before: old, reason: .claimedElsewhere)
            ]),
        Case(
            name: "field: claimed elsewhere keeps the field",
            ledger: ["a@b.no": row(.delivered, old)], onLeave: field,
            claimedElsewhere: ["a@b.no"],
            rows: [
                PlannedRow(.leftSilently, "a@b.no", "1", before: old, reason: .claimedElsewhere)
            ]),
        Case(
            name: "has left before: nothing", ledger: ["a@b.no": row(.left, old)],
            onLeave: .unsubscribe, rows: []),
        Case(
            name: "refused and never there: forgotten", ledger: ["a@b.no": row(.refused, nil)],
            onLeave: .unsubscribe, rows: [PlannedRow(.leftSilently, "a@b.no", "1")]),
        Case(
            name: "refused, but there from before: is taken off the list",
            ledger: ["a@b.no": row(.refused, old)], onLeave: .unsubscribe,
            rows: [PlannedRow(.leave, "a@b.no", "1", values: [], before: old)]),
        Case(
            name: "keep: refused, but there from before", ledger: ["a@b.no": row(.refused, old)],
            rows: [PlannedRow(.leftSilently, "a@b.no", "1", before: old)]),
        Case(
            name: "leavers before, between and after members keep their order",
            members: [member("d@b.no", "4", values: old), member("b@b.no", "2")],
            ledger: [
                "a@b.no": row(.delivered, old, id: "1"), "c@b.no": row(.delivered, old, id: "3"),
                "d@b.no": row(.delivered, old, id: "4"), "e@b.no": row(.delivered, old, id: "5"),
            ],
            onLeave: .unsubscribe,
            rows: [
                PlannedRow(.leave, "a@b.no", "1", values: [], before: old),
                PlannedRow(.enter, "b@b.no", "2", values: new),
                PlannedRow(.leave, "c@b.no", "3", values: [], before: old),
                PlannedRow(.unchanged, "d@b.no", "4", values: old),
                PlannedRow(.leave, "e@b.no", "5", values: [], before: old),
            ]),
        Case(
            name: "an address that changed is one who leaves and one who enters",
            members: [member("new@b.no", "1")], ledger: ["old@b.no": row(.delivered, old)],
            onLeave: .unsubscribe,
            rows: [
                PlannedRow(.enter, "new@b.no", "1", values: new),
                PlannedRow(.leave, "old@b.no", "1", values: [], before: old),
            ]),
    ]

    @Test(arguments: memberCases)
    func `a member meets the ledger`(given: Case) throws {
        try check(given)
    }

    @Test(arguments: leaverCases)
    func `somebody in the ledger is no member any more`(given: Case) throws {
        try check(given)
    }

    private func check(_ given: Case) throws {
        let plan = try TestPlan(
            members: given.members, ledger: given.ledger,
            export: .sample(onLeave: given.onLeave), claimedElsewhere: given.claimedElsewhere)
        #expect(plan.rows == given.rows)
    }

    @Test(arguments: [
        (LeavePolicy.keep, [String]()), (.unsubscribe, ["a@b.no"]), (field, ["a@b.no"]),
    ])
    func `other exports are asked about leavers to whom something would be sent, nobody else`(
        policy: LeavePolicy, asked: [String]
    ) throws {
        let ledger: TestLedger = [
            "a@b.no": Self.row(.delivered, Self.old), "b@b.no": Self.row(.delivered, Self.old),
            "c@b.no": Self.row(.left, Self.old), "d@b.no": Self.row(.refused, nil),
        ]
        let plan = try TestPlan(
            members: [Self.member("b@b.no")], ledger: ledger, export: .sample(onLeave: policy))
        #expect(plan.asked == asked)
    }

    @Test(arguments: [
        ("a", "b", -1), ("b", "a", 1), ("a", "a", 0), ("a", "ab", -1), ("ab", "a", 1),
        ("", "", 0), ("", "a", -1), ("z", "\u{E9}", -1), ("a.b", "a@b", -1),
    ])
    func `keys are ordered by their bytes, the shorter first`(
        one: String, other: String, sign: Int
    ) {
        let order = Array(one.utf8).withUnsafeBytes { left in
            Array(other.utf8).withUnsafeBytes { bytesCompare(left, $0) }
        }
        #expect(order.signum() == sign)
    }

    // MARK: Streams out of order

    /// Feeds keys of members and of a ledger as they stand.
    private func merge(members: [String], ledger: [String]) throws -> [PlannedRow] {
        var rows: [PlannedRow] = []
        var rest = ledger[...]
        let memory = BorrowedMemory()
        var machine = PlanMachine(
            export: .sample(onLeave: .unsubscribe), isClaimedElsewhere: { _ in false },
            nextLedgerRow: {
                rest.popFirst().map {
                    LedgerView(
                        key: memory.hold(Array($0.utf8)), profileID: memory.hold([0x31]),
                        state: .delivered, values: memory.hold(Self.old))
                }
            },
            emit: { rows.append(PlannedRow($0)) })
        for member in members {
            try machine.add(
                MemberView(
                    key: memory.hold(Array(member.utf8)), profileID: memory.hold([0x31]),
                    values: memory.hold(Self.new)))
        }
        try machine.finish()
        return rows
    }

    @Test(arguments: [["b@b.no", "a@b.no"], ["a@b.no", ""], ["b@b.no", "a@b"]])
    func `a member behind its turn ends the plan`(members: [String]) {
        let error = #expect(throws: EngineError.self) { try merge(members: members, ledger: []) }
        #expect(error?.code == .notWhole)
    }

    @Test(arguments: [
        ["b@b.no", "a@b.no"], ["a@b.no", "a@b.no"], ["a@b.no", "c@b.no", "b@b.no"],
    ])
    func `a ledger out of order makes nobody leave`(ledger: [String]) {
        #expect(throws: LedgerDisorder.self) { try merge(members: ["z@b.no"], ledger: ledger) }
        #expect(throws: LedgerDisorder.self) { try merge(members: [], ledger: ledger) }
    }

    @Test func `keys that begin alike are in order, the shorter first`() throws {
        let rows = try merge(
            members: ["a@b.no", "a@b.nob", "b@b.no"], ledger: ["a@b.no", "a@b.nob", "a@b.noc"])
        #expect(rows.map(\.kind) == [.change, .change, .leave, .enter])
    }
}
