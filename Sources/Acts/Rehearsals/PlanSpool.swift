import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file between a plan, which is made fast, and a reader, who may be slow: the plan need not keep its view of
/// the databases open for as long as the download takes.
///
/// The file has no name from the beginning, so that nothing of it stays behind however the process ends.
final class PlanSpool: Sendable {
    private let handle: Int32
    private let onFlush: @Sendable (_ written: Int) -> Void
    private let pending = Mutex<(bytes: [UInt8], written: Int)>(([], 0))

    /// Bytes that are written, and read, at a time.
    private static let pieceBytes = 1 << 16

    /// `onFlush` hears how many bytes can be read.
    init(directory: String, onFlush: @escaping @Sendable (_ written: Int) -> Void) throws {
        let path = "\(directory)/plan-\(UUID().uuidString).tmp"
        handle = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw SpoolError(number: errno) }
        unlink(path)
        self.onFlush = onFlush
    }

    deinit {
        close(handle)
    }

    func append(_ text: String) throws {
        let isFull = pending.withLock { pending in
            pending.bytes.append(contentsOf: text.utf8)
            return pending.bytes.count >= Self.pieceBytes
        }
        if isFull { try flush() }
    }

    /// Makes everything appended so far readable.
    func flush() throws {
        let written = try pending.withLock { pending in
            try pending.bytes.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = pwrite(
                        handle, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count,
                        off_t(pending.written))
                    guard count > 0 else { throw SpoolError(number: errno) }
                    pending.written += count
                    rest = rest.dropFirst(count)
                }
            }
            pending.bytes.removeAll(keepingCapacity: true)
            return pending.written
        }
        onFlush(written)
    }

    /// A piece from `position` on, not beyond `end`.
    func piece(at position: Int, upTo end: Int) throws -> [UInt8] {
        let wanted = min(Self.pieceBytes, end - position)
        let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            count = max(0, pread(handle, buffer.baseAddress, wanted, off_t(position)))
        }
        guard !piece.isEmpty else { throw SpoolError(number: errno) }
        return piece
    }
}

/// The file between plan and download cannot be used; the disk may be full.
struct SpoolError: Error, CustomStringConvertible {
    let number: Int32

    var description: String {
        "The file for the plan cannot be used: \(String(cString: strerror(number)))."
    }
}

/// The file of a plan while it is made, piece by piece. Whoever reads it once, alone, gets all of it.
package struct PlanDownload: AsyncSequence, Sendable {
    let spool: PlanSpool
    let sizes: AsyncThrowingStream<Int, any Error>

    /// Reads as far as the plan has been written, then waits for more.
    package struct AsyncIterator: AsyncIteratorProtocol {
        let spool: PlanSpool
        var sizes: AsyncThrowingStream<Int, any Error>.Iterator
        var position = 0
        var size = 0

        /// The next piece; nil at the end. Throws why the plan ended early, and `SpoolError` when
        /// the file cannot be read.
        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws -> [UInt8]? {
            while position >= size {
                guard let written = try await sizes.next(isolation: actor) else { return nil }
                size = written
            }
            let piece = try spool.piece(at: position, upTo: size)
            position += piece.count
            return piece
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(spool: spool, sizes: sizes.makeAsyncIterator())
    }
}
