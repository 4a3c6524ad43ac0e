import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What the sandbox keeps per request: the channel, so that it can be cut.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// Turns HTTP into requests to the account and its answers into HTTP; everything else is elsewhere.
struct SandboxResponder: HTTPResponder {
    /// Bytes of a body that are read at all; beyond them 413 is answered as a proxy would.
    static let bodyBytesMax = 4_000_000

    let account: SandboxAccount
    let clock: SandboxClock
    let pages: SandboxPages

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        let start = ContinuousClock.now
        var call = SandboxRequest(
            request.method.rawValue, request.uri.path.removingPercentEncoding ?? request.uri.path)
        call.query = Self.query(request.uri.query ?? "")
        call.key = request.headers[.apiToken]
        call.base = "http://" + (request.head.authority ?? "127.0.0.1")
        do {
            let buffer = try await request.body.collect(upTo: Self.bodyBytesMax)
            call.body = Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            return Response(status: .contentTooLarge)
        }
        let isForeign = call.method != "GET" && !Self.isOwnOrigin(request)
        let answer =
            if isForeign {
                SandboxAnswer(403, ["message": "Another site's page may not change the sandbox"])
            } else if call.resource == nil,
                let page = pages.answer(
                    call, acceptLanguage: request.headers[.acceptLanguage], at: clock.now)
            {
                page
            } else {
                account.answer(call, at: clock.now)
            }
        let latency = account.knobs.latency
        if latency > 0, call.resource != nil {
            try await clock.sleep(seconds: Double(latency) / 1000)
        }
        if call.resource != nil {
            account.log(
                call, answer, milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
        }
        if case .cut = answer.connection {
            // The promise is of no interest: a connection that is closed already is cut as well.
            context.channel.close(mode: .all, promise: nil)
        }
        return Self.response(answer)
    }

    /// Browsers name the page's origin on requests that change something; clients do not.
    private static func isOwnOrigin(_ request: Request) -> Bool {
        guard let origin = request.headers[.origin] else { return true }
        return origin == "http://" + (request.head.authority ?? "")
    }

    private static func response(_ answer: SandboxAnswer) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(.init(name: name, value: value)) }
        }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    /// The parts of a query or of a form; a plus sign is a space.
    static func query(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = decoded(parts[0])
            return (name, parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.map { $0 == "+" ? " " : String($0) }.joined()
        return spaced.removingPercentEncoding ?? spaced
    }
}

extension HTTPField.Name {
    /// A token of letters is always a valid name; the other one is never used.
    fileprivate static let apiToken = HTTPField.Name("Api-Token") ?? .authorization
}
