import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The memory that bodies of requests may take together while they are read. Whoever does not fit is told to come again.
final class BodyBudget: Sendable {
    /// Bytes of all bodies at one time.
    static let standard = 64 << 20

    private let bytesMax: Int
    private let used = Mutex(0)

    init(bytesMax: Int = standard) {
        self.bytesMax = bytesMax
    }

    /// Bytes that are taken at this moment.
    var bytes: Int { used.withLock { $0 } }

    /// Hands the whole body of a request to `use`, and holds its room in the budget until then.
    ///
    /// Throws `tooLarge` for more than `bytesMax` bytes, `busy` when other bodies leave no room, `badRequest` when the client
    /// does not send it to its end, and what `use` throws.
    func read<Value>(
        _ request: Request, upTo bytesMax: Int, _ use: (ByteBuffer) throws -> Value
    ) async throws -> Value {
        if let text = request.headers[.contentLength], let length = Int(text), length > bytesMax {
            throw WebProblem(.tooLarge, "A body takes at most \(bytesMax) bytes.")
        }
        var held = 0
        defer { used.withLock { $0 -= held } }
        var buffer = ByteBuffer()
        do {
            for try await piece in request.body {
                guard buffer.readableBytes + piece.readableBytes <= bytesMax else {
                    throw WebProblem(.tooLarge, "A body takes at most \(bytesMax) bytes.")
                }
                try take(piece.readableBytes)
                held += piece.readableBytes
                buffer.writeImmutableBuffer(piece)
            }
        } catch let problem as WebProblem {
            throw problem
        } catch {
            // The client went away, or what it sends is no HTTP.
            throw WebProblem(.badRequest, "The body ended before it was whole.")
        }
        return try use(buffer)
    }

    private func take(_ count: Int) throws(WebProblem) {
        let fits = used.withLock { used in
            guard used + count <= bytesMax else { return false }
            used += count
            return true
        }
        guard !fits else { return }
        var problem = WebProblem(.busy, "Other bodies leave no room for this one. Send it again.")
        problem.retryAfterSeconds = 5
        throw problem
    }
}
