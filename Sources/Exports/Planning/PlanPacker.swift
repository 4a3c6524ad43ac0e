/// Turns the rows of a plan into batches and numbers, as they come.
///
/// People refused before go into batches of their own, sent last, so that they spoil nobody else's; only
/// a single fresh person joins them.
package struct PlanPacker {
    /// A batch that is ready to be stored.
    package struct Packed {
        package let operations: OperationList
        package let isRetry: Bool

        package init(operations: OperationList, isRetry: Bool) {
            self.operations = operations
            self.isRetry = isRetry
        }
    }

    package private(set) var summary = PlanSummary()
    private let wire: any WireFormat
    private var fresh: BatchPacker
    private var retries: BatchPacker
    private var hasRetries = false
    private var scratch: [UInt8] = []

    package init(wire: any WireFormat) {
        self.wire = wire
        fresh = BatchPacker(limits: wire.limits)
        retries = BatchPacker(limits: wire.limits)
    }

    /// Takes a row and returns it as it counts: an operation too large for any request comes back
    /// suppressed.
    package mutating func add(_ row: PlanRow, emit: (Packed) throws -> Void) throws -> PlanRow {
        guard case .operation(let operation, _) = row else {
            summary.count(row)
            return row
        }
        let envelope = wire.limits.envelopeBytes
        scratch.removeAll(keepingCapacity: true)
        wire.append(operation, to: &scratch)
        guard fresh.fits(bytes: scratch.count) else {
            let member = MemberView(
                key: operation.key, profileID: operation.profileID, values: operation.values)
            let suppressed = PlanRow.suppressed(member, .tooLarge, winner: nil)
            summary.count(suppressed)
            return suppressed
        }
        summary.count(row)
        // The comma before it; the first of each batch has none.
        summary.bytes += scratch.count + 1
        if operation.kind == .retry {
            hasRetries = true
            try retries.add(operation, bytes: scratch.count) {
                try Self.pack($0, isRetry: true, envelope: envelope, counting: &summary, emit: emit)
            }
        } else {
            try fresh.add(operation, bytes: scratch.count) {
                try Self.pack(
                    $0, isRetry: false, envelope: envelope, counting: &summary, emit: emit)
            }
        }
        return row
    }

    /// Emits what is left.
    package mutating func finish(emit: (Packed) throws -> Void) throws {
        let envelope = wire.limits.envelopeBytes
        if hasRetries, let lonely = fresh.takeLonely() {
            try lonely.operations.visit { (operation: OperationView) throws in
                try retries.add(operation, bytes: lonely.bytes) {
                    try Self.pack(
                        $0, isRetry: true, envelope: envelope, counting: &summary, emit: emit)
                }
            }
        }
        try fresh.finish {
            try Self.pack($0, isRetry: false, envelope: envelope, counting: &summary, emit: emit)
        }
        try retries.finish {
            try Self.pack($0, isRetry: true, envelope: envelope, counting: &summary, emit: emit)
        }
    }

    private static func pack(
        _ operations: OperationList, isRetry: Bool, envelope: Int,
        counting summary: inout PlanSummary,
        emit: (Packed) throws -> Void
    ) throws {
        summary.batches += 1
        summary.bytes += envelope - 1
        if operations.count == 1 { summary.singleBatches += 1 }
        try emit(Packed(operations: operations, isRetry: isRetry))
    }
}
