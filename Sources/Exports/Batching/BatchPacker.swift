/// How much may travel in one request of a destination.
package struct BatchLimits: Equatable, Sendable {
    package let operationsMax: Int
    /// Largest request body, in bytes.
    package let bytesMax: Int
    /// Bytes of the body that are there whatever the operations.
    package let envelopeBytes: Int

    package init(operationsMax: Int, bytesMax: Int, envelopeBytes: Int) {
        self.operationsMax = operationsMax
        self.bytesMax = bytesMax
        self.envelopeBytes = envelopeBytes
    }
}

/// Packs operations into as few requests as the limits allow, and never leaves one person alone while
/// a neighbour could be borrowed: single-person requests have a quota five times smaller.
package struct BatchPacker {
    private struct Draft {
        var operations = OperationList()
        var sizes: [Int] = []
        var bytes = 0
    }

    private let limits: BatchLimits
    /// The batch before the current one waits, so that the last one can borrow from it.
    private var previous: Draft?
    private var current = Draft()

    package init(limits: BatchLimits) {
        self.limits = limits
    }

    /// Whether an operation of so many bytes fits into any request at all.
    package func fits(bytes: Int) -> Bool {
        limits.envelopeBytes + bytes <= limits.bytesMax
    }

    /// Adds an operation that takes `bytes` in a request body and fits into one; `emit` receives batches as
    /// they fill. Throws what `emit` throws.
    package mutating func add(
        _ operation: OperationView, bytes: Int, emit: (OperationList) throws -> Void
    ) rethrows {
        precondition(bytes >= 0 && fits(bytes: bytes), "an operation fits into a request")
        let separator = current.sizes.isEmpty ? 0 : 1
        let isFull =
            current.sizes.count == limits.operationsMax
            || limits.envelopeBytes + current.bytes + separator + bytes > limits.bytesMax
        if isFull, !current.sizes.isEmpty {
            try settlePrevious(emit: emit)
            previous = current
            current = Draft()
        }
        current.operations.append(operation)
        current.bytes += bytes + (current.sizes.isEmpty ? 0 : 1)
        current.sizes.append(bytes)
    }

    /// The only operation, when there was but one; it is taken out.
    package mutating func takeLonely() -> (operations: OperationList, bytes: Int)? {
        guard previous == nil, current.sizes.count == 1 else { return nil }
        defer { current = Draft() }
        return (current.operations, current.sizes[0])
    }

    /// Emits what is left. Throws what `emit` throws.
    package mutating func finish(emit: (OperationList) throws -> Void) rethrows {
        try settlePrevious(emit: emit)
        if !current.sizes.isEmpty { try emit(checked(current.operations, current.sizes)) }
        previous = nil
        current = Draft()
    }

    /// Emits the batch that waits, which lends the current one an operation if that one is alone.
    private mutating func settlePrevious(emit: (OperationList) throws -> Void) rethrows {
        guard let previous else { return }
        guard current.sizes.count == 1, let balanced = rebalanced(previous, current) else {
            return try emit(checked(previous.operations, previous.sizes))
        }
        try emit(checked(balanced.0, previous.sizes.dropLast()))
        let borrowed = previous.sizes[previous.sizes.count - 1]
        current.operations = balanced.1
        current.sizes.insert(borrowed, at: 0)
        current.bytes += borrowed + 1
    }

    /// A batch as it leaves: what was promised of it holds to the last.
    private func checked(
        _ operations: OperationList, _ sizes: some Collection<Int>
    ) -> OperationList {
        precondition(operations.count == sizes.count, "a batch holds everyone it counts")
        precondition(operations.count <= limits.operationsMax, "a batch keeps the limit of people")
        let bytes = sizes.reduce(limits.envelopeBytes + sizes.count - 1, +)
        precondition(bytes <= limits.bytesMax, "a batch keeps the limit of bytes")
        return operations
    }

    /// Moves the last operation of the full batch to the lonely one, when the bytes allow it.
    private func rebalanced(_ full: Draft, _ single: Draft) -> (OperationList, OperationList)? {
        guard full.sizes.count > 2, let borrowed = full.sizes.last,
            limits.envelopeBytes + borrowed + 1 + single.bytes <= limits.bytesMax
        else { return nil }
        let last = full.sizes.count - 1
        let shortened = full.operations.filtered { position, _ in position < last }
        var pair = full.operations.filtered { position, _ in position == last }
        single.operations.visit { pair.append($0) }
        return (shortened, pair)
    }
}
