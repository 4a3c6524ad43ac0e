import Access
import Acts
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Lets a request with an `Idempotency-Key` take effect once, however often it arrives.
struct StartDesk: Sendable {
    private let acts: ActContext

    static let header = "Idempotency-Key"
    private static let keyBytesMax = 200

    init(_ services: Services) {
        acts = services.acts
    }

    /// Answers what `body` answers; with a key that was used before for the same request, what was answered
    /// then. `content` tells what the request brings from what another one brings. Without a key each request counts by
    /// itself.
    func once<Value: Codable>(
        _ caller: Caller, content: @autoclosure () throws -> String,
        _ body: () async throws -> (status: HTTPResponse.Status, value: Value, location: String?)
    ) async throws -> Response {
        guard let key = try key(caller) else { return Answer(try await body()).response }
        do {
            let bytes = try await acts.onceOnly.answer(
                to: "\(caller.request.method.rawValue) \(caller.request.uri.string) \(content())",
                key: key, of: caller.user.id
            ) {
                let answer = Answer(try await body())
                return (answer.status, Array(try JSONEncoder().encode(answer)))
            }
            return try JSONDecoder().decode(Answer<Value>.self, from: Data(bytes)).response
        } catch OnceOnly.Trouble.underWay {
            throw WebProblem(
                .conflict, "The request with this key is still being carried out. Ask again.")
        } catch OnceOnly.Trouble.otherRequest {
            throw WebProblem(
                .idempotencyMismatch,
                "This key came with another request before, or with another body.")
        } catch OnceOnly.Trouble.tooManyKeys {
            throw WebProblem(
                .tooMany,
                "\(OnceOnly.keysMax) keys of yours are remembered, which is the most. Send the request without a key, or wait until the first of them is 24 hours old."
            )
        }
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

extension ContentDigest {
    /// The digest of a value as JSON.
    fileprivate static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var digest = ContentDigest()
        try encoder.encode(value).withUnsafeBytes { digest.update($0) }
        return digest.hexadecimal
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
            return try await starts.once(caller, content: try ContentDigest.text(of: act)) {
                let answer = try await acts.perform(act, by: caller.asker)
                let (status, location) = place(answer)
                return (status, answer, location)
            }
        }
    }
}
