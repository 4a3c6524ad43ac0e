import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1

/// Speaks to a running Ferry service on behalf of the command line: JSON out and back, a token with every
/// request, no redirects.
package struct ServiceLink: Sendable {
    /// A page of the largest lists takes well under a megabyte.
    private static let answerBytesMax = 64 << 20
    /// A piece of an upload.
    private static let uploadBytes = 256 << 10

    private let base: String
    private let token: String
    /// One for the process, which ends with it: a command may ask a service for many things.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: configuration)

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(15), read: .minutes(5))
        configuration.httpVersion = .http1Only
        // Somebody waits: that nothing listens is told at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// `base` is the service's address, such as `https://ferry.example`, without a path. Plain HTTP is for
    /// the caller to refuse where it would leave the machine.
    package init(base: String, token: String) {
        self.base = base
        self.token = token
    }

    /// What travels with a request.
    package enum Body: Sendable {
        case json([UInt8])
        /// A file, sent in pieces.
        case file(FileHandle, contentType: String)
    }

    /// Writes what stands at `path` to a file, piece by piece. An answer that is a problem is returned instead;
    /// nil when the file was written. Throws `TransportError` when no whole answer came,
    /// `CancellationError`, and `CocoaError` when the file cannot be written.
    package func download(_ path: String, to file: FileHandle) async throws -> HTTPResponse? {
        var request = HTTPClientRequest(url: base + path)
        request.headers = ["Authorization": "Bearer \(token)", "User-Agent": "ferry"]
        do {
            let response = try await Self.client.execute(request, timeout: .hours(2))
            guard response.status == .ok else {
                let bytes = try await response.body.collect(upTo: Self.answerBytesMax)
                return HTTPResponse(
                    status: Int(response.status.code), retryAfter: nil,
                    contentType: response.headers.first(name: "Content-Type"),
                    body: Array(bytes.readableBytesView))
            }
            for try await piece in response.body {
                try file.write(contentsOf: Data(piece.readableBytesView))
            }
            return nil
        } catch let error as CocoaError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw unanswered
        }
    }

    private var unanswered: TransportError {
        TransportError(
            .notConnected,
            "The service at '\(base)' does not answer. Check the address, and whether 'ferry serve' runs there.",
            mayHaveArrived: true)
    }

    /// Sends one request; `path` begins with a slash. Throws `TransportError` when no answer came.
    package func send(
        _ method: String, _ path: String, body: Body? = nil, idempotencyKey: String? = nil
    ) async throws -> HTTPResponse {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        request.headers = [
            "Authorization": "Bearer \(token)", "Accept": "application/json", "User-Agent": "ferry",
        ]
        if let idempotencyKey {
            request.headers.add(name: "Idempotency-Key", value: idempotencyKey)
        }
        switch body {
        case nil: break
        case .json(let bytes):
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let file, let contentType):
            request.headers.add(name: "Content-Type", value: contentType)
            request.body = .stream(Pieces(file: file), length: .unknown)
        }
        do {
            let response = try await Self.client.execute(request, timeout: .minutes(30))
            let bytes = try await response.body.collect(upTo: Self.answerBytesMax)
            return HTTPResponse(
                status: Int(response.status.code), retryAfter: nil,
                contentType: response.headers.first(name: "Content-Type"),
                body: Array(bytes.readableBytesView))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw unanswered
        }
    }

    /// A file piece by piece.
    private struct Pieces: AsyncSequence, Sendable {
        let file: FileHandle

        struct Iterator: AsyncIteratorProtocol {
            let file: FileHandle

            mutating func next() async throws -> ByteBuffer? {
                guard let piece = try file.read(upToCount: uploadBytes), !piece.isEmpty else {
                    return nil
                }
                return ByteBuffer(bytes: piece)
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator(file: file) }
    }
}
