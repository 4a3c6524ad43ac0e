import Exports

/// An operation that owns its memory.
struct OwnedOperation: Equatable, Sendable {
    var kind: OperationKind
    var key: String
    var profileID: String
    var values: [UInt8]

    init(_ kind: OperationKind, _ key: String, profileID: String = "", values: [UInt8] = []) {
        self.kind = kind
        self.key = key
        self.profileID = profileID
        self.values = values
    }

    init(_ view: OperationView) {
        kind = view.kind
        key = view.keyText
        profileID = String(decoding: view.profileID, as: UTF8.self)
        values = Array(view.values)
    }

    func withView<Result, Failure: Error>(
        _ body: (OperationView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let memory = BorrowedMemory()
        defer { memory.spoil() }
        return try body(
            OperationView(
                kind: kind, key: memory.hold(Array(key.utf8)),
                profileID: memory.hold(Array(profileID.utf8)), values: memory.hold(values)))
    }
}

extension OperationList {
    init(_ operations: [OwnedOperation]) {
        self.init()
        for operation in operations { operation.withView { append($0) } }
    }

    var owned: [OwnedOperation] {
        var operations: [OwnedOperation] = []
        visit { operations.append(OwnedOperation($0)) }
        return operations
    }
}

/// Memory that is lent out and overwritten afterwards, as a database does with the columns of its
/// current row: whoever keeps a view too long reads rubbish and fails a test.
final class BorrowedMemory {
    private var buffers: [UnsafeMutableRawBufferPointer] = []

    func hold(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        buffer.copyBytes(from: bytes)
        buffers.append(buffer)
        return UnsafeRawBufferPointer(buffer)
    }

    func spoil() {
        for buffer in buffers {
            for position in buffer.indices { buffer[position] = 0xEE }
        }
    }

    deinit {
        for buffer in buffers { buffer.deallocate() }
    }
}
