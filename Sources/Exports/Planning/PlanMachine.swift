#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A ledger that did not come in the order of its keys, each once: nothing may be concluded from it, least of all
/// that somebody has left. Only a damaged database gives such a one.
package struct LedgerDisorder: Error, Equatable, Sendable {}

/// Merges two streams ordered by person key, the members now and the ledger, into a plan.
///
/// Memory stays flat at any size: nothing is kept but the key of the last member. People who share an
/// address stand next to each other, the profile that wins first.
package struct PlanMachine {
    /// Delivers the next ledger row, or nil at the end. What it returned before may become invalid.
    package typealias NextLedgerRow = () throws -> LedgerView?

    private let export: Export
    private let isSendable: (UnsafeRawBufferPointer) -> Bool
    private let leaveValues: [UInt8]
    private let isClaimedElsewhere: (UnsafeRawBufferPointer) throws -> Bool
    private let nextLedgerRow: NextLedgerRow
    private let emit: (PlanRow) throws -> Void

    private var ledgerRow: LedgerView?
    private var lastLedgerKey: [UInt8] = []
    private var hasStarted = false
    private var winnerKey: [UInt8] = []
    private var winnerID: [UInt8] = []
    private var hasWinner = false

    /// `isClaimedElsewhere` tells whether another export wants to keep what leaving would take away; it is
    /// asked for leavers only. What one of them throws, `add` and `finish` throw.
    package init(
        export: Export, keyRule: PersonKeyRule = .email,
        isClaimedElsewhere: @escaping (UnsafeRawBufferPointer) throws -> Bool,
        nextLedgerRow: @escaping NextLedgerRow,
        emit: @escaping (PlanRow) throws -> Void
    ) {
        self.export = export
        isSendable = keyRule.isSendable
        self.leaveValues = export.leaveValues.bytes
        self.isClaimedElsewhere = isClaimedElsewhere
        self.nextLedgerRow = nextLedgerRow
        self.emit = emit
    }

    /// Takes the next member. Members come ordered by key, then changed last, then by id; those without
    /// an address come first. Throws `EngineError.notWhole` for one that comes behind its turn, and
    /// `LedgerDisorder`.
    package mutating func add(_ member: MemberView) throws {
        let order = hasWinner ? compare(member.key, winnerKey) : 1
        guard order >= 0 else { throw EngineError(.notWhole, detail: "out of order") }
        guard !member.key.isEmpty else {
            return try emit(.suppressed(member, .noEmail, winner: nil))
        }
        if order == 0 {
            return try winnerID.withUnsafeBytes {
                try emit(.suppressed(member, .duplicateEmail, winner: $0))
            }
        }
        guard isSendable(member.key) else {
            return try emit(.suppressed(member, .invalidEmail, winner: nil))
        }
        remember(member)
        try passLedgerRows(before: member.key)
        if let row = ledgerRow, bytesCompare(row.key, member.key) == 0 {
            try meet(member, row)
            try readLedgerRow()
        } else {
            try emit(operation(.enter, member, before: nil))
        }
    }

    /// Ends the members: whoever is left in the ledger has left the segment. Throws `LedgerDisorder`.
    package mutating func finish() throws {
        try start()
        while let row = ledgerRow {
            try leave(row)
            try readLedgerRow()
        }
    }

    private mutating func start() throws {
        guard !hasStarted else { return }
        hasStarted = true
        try readLedgerRow()
    }

    /// Goes on to the next ledger row, whose key must be greater than the one before.
    private mutating func readLedgerRow() throws {
        ledgerRow = try nextLedgerRow()
        guard let row = ledgerRow else { return }
        guard compare(row.key, lastLedgerKey) > 0 else { throw LedgerDisorder() }
        lastLedgerKey.removeAll(keepingCapacity: true)
        lastLedgerKey.append(contentsOf: row.key)
    }

    private mutating func remember(_ member: MemberView) {
        hasWinner = true
        winnerKey.removeAll(keepingCapacity: true)
        winnerKey.append(contentsOf: member.key)
        winnerID.removeAll(keepingCapacity: true)
        winnerID.append(contentsOf: member.profileID)
    }

    private mutating func passLedgerRows(before key: UnsafeRawBufferPointer) throws {
        try start()
        while let row = ledgerRow, bytesCompare(row.key, key) < 0 {
            try leave(row)
            try readLedgerRow()
        }
    }

    private func meet(_ member: MemberView, _ row: LedgerView) throws {
        switch row.state {
        case .delivered:
            if let values = row.values, bytesCompare(values, member.values) == 0 {
                try emit(.unchanged(member))
            } else {
                try emit(operation(.change, member, before: row.values))
            }
        case .left:
            try emit(operation(.enter, member, before: row.values))
        case .refused:
            try emit(operation(.retry, member, before: row.values))
        }
    }

    private func leave(_ row: LedgerView) throws {
        switch row.state {
        case .left:
            return
        case .refused where row.values == nil:
            // Never was at the destination: nothing to undo, only to forget.
            return try emit(.leftSilently(row, nil))
        case .delivered, .refused:
            break
        }
        guard export.onLeave.sendsSomething else { return try emit(.leftSilently(row, nil)) }
        if try isClaimedElsewhere(row.key) {
            return try emit(.leftSilently(row, .claimedElsewhere))
        }
        try leaveValues.withUnsafeBytes { values in
            let operation = OperationView(
                kind: .leave, key: row.key, profileID: row.profileID, values: values)
            try emit(.operation(operation, before: row.values))
        }
    }

    private func operation(
        _ kind: OperationKind, _ member: MemberView, before: UnsafeRawBufferPointer?
    ) -> PlanRow {
        .operation(
            OperationView(
                kind: kind, key: member.key, profileID: member.profileID, values: member.values),
            before: before)
    }

    private func compare(_ left: UnsafeRawBufferPointer, _ right: [UInt8]) -> Int {
        right.withUnsafeBytes { bytesCompare(left, $0) }
    }
}

/// The order of person keys: by bytes, the shorter first when one begins with the other. Negative, zero
/// or positive, as in C.
package func bytesCompare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress {
        let order = memcmp(leftBase, rightBase, common)
        if order != 0 { return Int(order) }
    }
    return left.count - right.count
}
