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

    package internal(set) var summary = PlanSummary()
    private let wire: any WireFormat
    private var fresh: BatchPacker
    private var retries: BatchPacker
    private var hasRetries = false
    private var packed = Tally()
    private var scratch: [UInt8] = []

    package init(wire: any WireFormat) {
        self.wire = wire
        fresh = BatchPacker(limits: wire.limits)
        retries = BatchPacker(limits: wire.limits)
    }

    /// Takes a row and returns it as it counts: an operation too large for any request comes back
    /// suppressed. Throws what `emit` throws.
    package mutating func add(_ row: PlanRow, emit: (Packed) throws -> Void) throws -> PlanRow {
        guard case .operation(let operation, _) = row else {
            summary.count(row)
            return row
        }
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
        let envelope = wire.limits.envelopeBytes
        if operation.kind == .retry {
            hasRetries = true
            try retries.add(operation, bytes: scratch.count) {
                try emit(packed.count($0, isRetry: true, envelope: envelope, in: &summary))
            }
        } else {
            try fresh.add(operation, bytes: scratch.count) {
                try emit(packed.count($0, isRetry: false, envelope: envelope, in: &summary))
            }
        }
        return row
    }

    /// Emits what is left. By then everyone whom the plan counts travels in a batch, once. Throws
    /// what `emit` throws.
    package mutating func finish(emit: (Packed) throws -> Void) throws {
        let envelope = wire.limits.envelopeBytes
        if hasRetries, let lonely = fresh.takeLonely() {
            try lonely.operations.visit { (operation: OperationView) throws in
                try retries.add(operation, bytes: lonely.bytes) {
                    try emit(packed.count($0, isRetry: true, envelope: envelope, in: &summary))
                }
            }
        }
        try fresh.finish {
            try emit(packed.count($0, isRetry: false, envelope: envelope, in: &summary))
        }
        try retries.finish {
            try emit(packed.count($0, isRetry: true, envelope: envelope, in: &summary))
        }
        precondition(packed.people == summary.operations, "everyone planned is in a batch, once")
    }

    /// Counts what leaves in batches, apart from what the plan counts as it comes.
    private struct Tally {
        var people = 0

        mutating func count(
            _ operations: OperationList, isRetry: Bool, envelope: Int, in summary: inout PlanSummary
        ) -> Packed {
            people += operations.count
            summary.batches += 1
            summary.bytes += envelope - 1
            if operations.count == 1 { summary.singleBatches += 1 }
            return Packed(operations: operations, isRetry: isRetry)
        }
    }
}
