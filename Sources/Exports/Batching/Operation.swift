/// What an operation does to a person at the destination.
package enum OperationKind: UInt8, CaseIterable, Sendable {
    /// Puts a person on the list for the first time, or again.
    case enter = 1
    /// Writes new values of a person on the list.
    case change = 2
    /// Carries out the export's leave policy.
    case leave = 3
    /// Tries again what the destination refused in an earlier run.
    case retry = 4

    /// The stable word used in tables, files and JSON.
    package var word: String {
        switch self {
        case .enter: "enter"
        case .change: "change"
        case .leave: "leave"
        case .retry: "retry"
        }
    }
}

/// One operation in borrowed memory, valid while the list it stands in is being visited.
package struct OperationView {
    package let kind: OperationKind
    package let key: UnsafeRawBufferPointer
    package let profileID: UnsafeRawBufferPointer
    package let values: UnsafeRawBufferPointer

    package init(
        kind: OperationKind, key: UnsafeRawBufferPointer, profileID: UnsafeRawBufferPointer,
        values: UnsafeRawBufferPointer
    ) {
        self.kind = kind
        self.key = key
        self.profileID = profileID
        self.values = values
    }

    package var keyText: String { String(decoding: key, as: UTF8.self) }
}

/// The operations of one batch in one piece of memory: the form in which a batch is stored.
package struct OperationList: Sendable, Equatable {
    package private(set) var bytes: [UInt8]
    package private(set) var count: Int

    package init() {
        bytes = []
        count = 0
    }

    /// What is wrong with a list that was stored. Only a damaged database holds such a one.
    package enum Damage: String, Error, CaseIterable, Sendable {
        /// It holds more or fewer operations than were counted when it was stored.
        case count
        /// A byte that no list has at its place, or an end in the middle of an operation.
        case malformed
    }

    /// Reads a stored list. Throws `Damage` for one that is not, to the byte, what a list of so many operations
    /// may be: nobody is sent from the sound half of it.
    package init(stored bytes: [UInt8], count: Int) throws(Damage) {
        // The closure passed to withUnsafeBytes cannot carry a typed error through, hence the result.
        let found: Int? = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            var found = 0
            while !reader.isAtEnd {
                guard let operation = Self.operation(&reader),
                    ValueList.visit(in: operation.values, { _, _ in })
                else { return nil }
                found += 1
            }
            return found
        }
        guard let found else { throw .malformed }
        guard found == count else { throw .count }
        self.bytes = bytes
        self.count = count
    }

    /// The next operation of a list; nil for bytes that are none.
    private static func operation(_ reader: inout ByteReader) -> OperationView? {
        guard let code = reader.byte(), let kind = OperationKind(rawValue: code),
            let key = reader.counted(), let id = reader.counted(), let values = reader.counted()
        else { return nil }
        return OperationView(kind: kind, key: key, profileID: id, values: values)
    }

    package mutating func append(_ operation: OperationView) {
        bytes.append(operation.kind.rawValue)
        ValueList.append(operation.key, to: &bytes)
        ValueList.append(operation.profileID, to: &bytes)
        ValueList.append(operation.values, to: &bytes)
        count += 1
    }

    /// Visits every operation, in order. What a list holds was checked when it was read, or made here.
    package func visit<Failure: Error>(
        _ body: (OperationView) throws(Failure) -> Void
    ) throws(Failure) {
        // The closure passed to withUnsafeBytes cannot carry a typed error through, hence the result.
        let result: Result<Void, Failure> = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            var seen = 0
            while let operation = Self.operation(&reader) {
                seen += 1
                do throws(Failure) {
                    try body(operation)
                } catch {
                    return .failure(error)
                }
            }
            precondition(reader.isAtEnd && seen == count, "a list holds what it counts")
            return .success(())
        }
        try result.get()
    }

    /// The keys, in order.
    package var keys: [String] {
        var keys: [String] = []
        keys.reserveCapacity(count)
        visit { keys.append($0.keyText) }
        return keys
    }

    /// The operations for which `isWanted` holds; it is asked with the position, counted from 0.
    package func filtered(_ isWanted: (Int, OperationView) -> Bool) -> OperationList {
        var kept = OperationList()
        var position = 0
        visit { operation in
            if isWanted(position, operation) { kept.append(operation) }
            position += 1
        }
        return kept
    }
}
