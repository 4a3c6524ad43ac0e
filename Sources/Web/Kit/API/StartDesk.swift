import Access
import Acts
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Synchronization

/// Lets a request with an `Idempotency-Key` take effect once, however often it arrives.
final class StartDesk: Sendable {
    private let catalog: Catalog
    private let now: @Sendable () -> Int64
    /// Keys whose request is being carried out at this moment.
    private let underWay = Mutex<Set<String>>([])

    static let header = "Idempotency-Key"
    private static let keyBytesMax = 200

    init(_ services: Services) {
        catalog = services.catalog
        now = services.now
    }

    /// Answers what `body` answers; with a key that was used before for the same request, what was answered
    /// then. Without a key each request counts by itself.
    func once<Value: Codable>(
        _ caller: Caller,
        _ body: () async throws -> (status: HTTPResponse.Status, value: Value, location: String?)
    ) async throws -> Response {
        guard let key = try key(caller) else {
            return try await Answer(body()).response
        }
        let mark = "\(caller.user.id) \(key)"
        guard underWay.withLock({ $0.insert(mark).inserted }) else {
            throw WebProblem(
                .conflict, "The request with this key is still being carried out. Ask again.")
        }
        defer { underWay.withLock { _ = $0.remove(mark) } }
        let digest = Array("\(caller.request.method.rawValue) \(caller.request.uri.string)".utf8)
        if let stored = try catalog.people.idempotencyRecord(
            user: caller.user.id, key: key, at: now())
        {
            guard stored.requestDigest == digest else {
                throw WebProblem(
                    .idempotencyMismatch, "This key came with another request before.")
            }
            return try JSONDecoder().decode(Answer<Value>.self, from: Data(stored.body)).response
        }
        let answer = Answer(try await body())
        try catalog.people.storeIdempotency(
            IdempotencyRecord(
                requestDigest: digest, status: answer.status,
                body: Array(try JSONEncoder().encode(answer))),
            user: caller.user.id, key: key, at: now())
        return answer.response
    }

    private func key(_ caller: Caller) throws(WebProblem) -> String? {
        guard let name = HTTPField.Name(Self.header),
            let key = caller.request.headers[name]
        else { return nil }
        guard (1...Self.keyBytesMax).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw WebProblem(
                .badRequest,
                "'\(Self.header)' takes 1 to \(Self.keyBytesMax) visible ASCII characters.",
                findings: [
                    .init(field: Self.header, code: "key", detail: "It does not fit.")
                ])
        }
        return key
    }

    /// An answer as it is kept.
    private struct Answer<Value: Codable>: Codable {
        let status: Int
        let value: Value
        let location: String?

        init(_ answer: (status: HTTPResponse.Status, value: Value, location: String?)) {
            status = answer.status.code
            value = answer.value
            location = answer.location
        }

        var response: Response {
            var response = Response.json(value, status: .init(code: status))
            if let location { response.headers[.location] = location }
            return response
        }
    }
}

extension GuardedRoutes {
    /// An endpoint whose act takes effect once for each key. `place` tells the status, and where what was made
    /// is found.
    func act<A: Act>(
        _ method: HTTPRequest.Method, _ path: String, once starts: StartDesk,
        _ make: @escaping @Sendable (Caller) async throws -> A,
        place: @escaping @Sendable (A.Answer) -> (HTTPResponse.Status, location: String?)
    ) {
        api(method, path, needs: A.needs) { [acts = services.acts] caller in
            let act = try await make(caller)
            return try await starts.once(caller) {
                let answer = try await acts.perform(act, by: caller.asker)
                let (status, location) = place(answer)
                let value = try JSONDecoder().decode(
                    JSONValue.self, from: try JSONEncoder().encode(answer))
                return (status, value, location)
            }
        }
    }
}
