import Exports
import Profiles

/// A profile among the members of an export, before it is put in order.
struct TestMember: Sendable {
    var id: String
    var address: String
    var changedAt = 0
    var values: [UInt8] = [1, 1, 0x61]

    var key: [UInt8] { Array(PersonKey.normalized(address).utf8) }

    /// The order in which engines stream members: key, changed last, id.
    static func isBefore(_ one: TestMember, _ other: TestMember) -> Bool {
        if one.key != other.key { return one.key.lexicographicallyPrecedes(other.key) }
        if one.changedAt != other.changedAt { return one.changedAt > other.changedAt }
        return Array(one.id.utf8).lexicographicallyPrecedes(Array(other.id.utf8))
    }
}

/// What the ledger of an export holds of a person.
struct TestLedgerRow: Equatable, Sendable {
    var profileID: String
    var state: LedgerState
    var values: [UInt8]?
}

typealias TestLedger = [String: TestLedgerRow]

/// A row of a plan that owns its memory.
struct PlannedRow: Equatable, Sendable, CustomStringConvertible {
    enum Kind: String, Sendable {
        case unchanged
        case enter
        case change
        case retry
        case leave
        case suppressed
        case leftSilently
    }

    var kind: Kind
    var key: String
    var profileID: String
    var values: [UInt8]?
    var before: [UInt8]?
    var reason: ReasonCode?
    var winner: String?

    init(
        _ kind: Kind, _ key: String, _ profileID: String, values: [UInt8]? = nil,
        before: [UInt8]? = nil, reason: ReasonCode? = nil, winner: String? = nil
    ) {
        self.kind = kind
        self.key = key
        self.profileID = profileID
        self.values = values
        self.before = before
        self.reason = reason
        self.winner = winner
    }

    init(_ row: PlanRow) {
        switch row {
        case .unchanged(let member):
            self.init(
                .unchanged, Self.text(member.key), Self.text(member.profileID),
                values: Array(member.values))
        case .operation(let operation, let before):
            let kind: Kind =
                switch operation.kind {
                case .enter: .enter
                case .change: .change
                case .leave: .leave
                case .retry: .retry
                }
            self.init(
                kind, operation.keyText, Self.text(operation.profileID),
                values: Array(operation.values), before: before.map { Array($0) })
        case .suppressed(let member, let reason, let winner):
            self.init(
                .suppressed, Self.text(member.key), Self.text(member.profileID),
                values: Array(member.values), reason: reason, winner: winner.map(Self.text))
        case .leftSilently(let row, let reason):
            self.init(
                .leftSilently, Self.text(row.key), Self.text(row.profileID),
                before: row.values.map { Array($0) }, reason: reason)
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    var description: String {
        let reason =
            reason.map { " (\($0.rawValue)\(winner.map { ", winner \($0)" } ?? ""))" } ?? ""
        return "\(kind.rawValue) '\(key)' of \(profileID)\(reason)"
    }
}

/// A plan as it was emitted, and the keys about which other exports were asked.
struct TestPlan {
    var rows: [PlannedRow] = []
    var summary = PlanSummary()
    var asked: [String] = []

    /// Plans with real machines over memory that is spoilt as soon as a machine may no longer read it.
    init(
        members: [TestMember], ledger: TestLedger, export: Export,
        claimedElsewhere: Set<String> = []
    ) throws {
        let recorder = Recorder()
        let lender = LedgerLender(ledger)
        var machine = PlanMachine(
            export: export,
            isClaimedElsewhere: { key in
                let key = String(decoding: key, as: UTF8.self)
                recorder.asked.append(key)
                return claimedElsewhere.contains(key)
            },
            nextLedgerRow: lender.next,
            emit: { row in
                recorder.rows.append(PlannedRow(row))
                recorder.summary.count(row)
            })
        for member in members.sorted(by: TestMember.isBefore) {
            let memory = BorrowedMemory()
            defer { memory.spoil() }
            try machine.add(
                MemberView(
                    key: memory.hold(member.key), profileID: memory.hold(Array(member.id.utf8)),
                    values: memory.hold(member.values)))
        }
        try machine.finish()
        rows = recorder.rows
        summary = recorder.summary
        asked = recorder.asked
    }

    private final class Recorder {
        var rows: [PlannedRow] = []
        var summary = PlanSummary()
        var asked: [String] = []
    }
}

/// Streams a ledger in key order; the memory of each row is spoilt when the next one is asked for.
final class LedgerLender {
    private var rest: ArraySlice<(key: [UInt8], row: TestLedgerRow)>
    private var memory = BorrowedMemory()

    init(_ ledger: TestLedger) {
        rest =
            ledger.map { (key: Array($0.key.utf8), row: $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }[...]
    }

    func next() -> LedgerView? {
        memory.spoil()
        guard let (key, row) = rest.popFirst() else { return nil }
        memory = BorrowedMemory()
        return LedgerView(
            key: memory.hold(key), profileID: memory.hold(Array(row.profileID.utf8)),
            state: row.state, values: row.values.map { memory.hold($0) })
    }
}

extension TestPlan {
    /// The ledger after everything in the plan was confirmed.
    func applied(to ledger: TestLedger) -> TestLedger {
        var after = ledger
        for row in rows {
            switch row.kind {
            case .enter, .change, .retry:
                after[row.key] = TestLedgerRow(
                    profileID: row.profileID, state: .delivered, values: row.values)
            case .leave:
                after[row.key]?.state = .left
            case .leftSilently where row.before == nil:
                after[row.key] = nil
            case .leftSilently:
                after[row.key]?.state = .left
            case .unchanged, .suppressed:
                break
            }
        }
        return after
    }
}

extension Export {
    static func sample(
        onLeave: LeavePolicy = .keep, peopleMax: Int = Export.peopleMaxDefault,
        holdShare: Double = Export.holdShareDefault
    ) -> Export {
        Export(
            id: 1, name: "Loyal customers", connection: 1,
            list: ListReference(id: "12", name: "News"), segments: ["Loyal"],
            mapping: Mapping(email: "Email"), onLeave: onLeave, peopleMax: peopleMax,
            holdShare: holdShare)
    }
}

/// The smallest wire format: `[key;key]`, values added to keys as they are.
struct PlainWire: WireFormat {
    var limits = BatchLimits(operationsMax: 5, bytesMax: 1_000, envelopeBytes: 2)

    func append(_ operation: OperationView, to body: inout [UInt8]) {
        body.append(contentsOf: operation.key)
        body.append(contentsOf: operation.values)
    }

    func body(of operations: OperationList) -> [UInt8] {
        var body = Array("[".utf8)
        var isFirst = true
        operations.visit { operation in
            if !isFirst { body.append(UInt8(ascii: ";")) }
            isFirst = false
            append(operation, to: &body)
        }
        return body + Array("]".utf8)
    }
}
