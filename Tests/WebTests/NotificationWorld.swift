import Access
import Exports
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Profiles
import Segments
import Service
import Store
import Synchronization
import TestSupport

@testable import Web

/// A webhook on the loopback interface: a real server that answers what a test wants and keeps what it got.
final class WebhookServer: Sendable {
    struct Request: Equatable, Sendable {
        let path: String
        let signature: String?
        let type: String?
        let body: String
    }

    private struct State {
        var requests: [Request] = []
        var statuses: [HTTPResponse.Status] = []
    }

    private let state = Mutex(State())

    var requests: [Request] { state.withLock { $0.requests } }

    /// Answers these, one after another, and 204 from then on.
    func answer(_ statuses: [HTTPResponse.Status]) { state.withLock { $0.statuses = statuses } }

    /// Runs a test beside the server.
    static func with<Value>(
        _ body: @Sendable (_ server: WebhookServer, _ port: Int) async throws -> Value
    ) async throws -> Value {
        let server = WebhookServer()
        let router = Router()
        router.post("**") { request, _ in
            let text = String(buffer: try await request.body.collect(upTo: 100_000))
            return Response(status: server.take(request, text), headers: [.location: "/elsewhere"])
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        return try await application.test(.live) { client in
            try await body(server, client.port ?? 0)
        }
    }

    private func take(_ request: Hummingbird.Request, _ body: String) -> HTTPResponse.Status {
        state.withLock { state in
            state.requests.append(
                Request(
                    path: request.uri.string,
                    signature: HTTPField.Name("Ferry-Signature").flatMap { request.headers[$0] },
                    type: request.headers[.contentType], body: body))
            return state.statuses.isEmpty ? .noContent : state.statuses.removeFirst()
        }
    }
}

/// A world whose notifications leave by the real ways: HTTP to loopback, and a script in place of `sendmail`.
enum NotificationWorld {
    static let secret = "a-secret-that-is-seen-nowhere"

    static func make(sendmail: String = "/nowhere/sendmail") throws -> WebWorld {
        var settings = ServiceSettings()
        settings.publicURL = "https://ferry.example"
        settings.notifying = .live(
            allowsLoopback: true, sendmail: Sendmail(path: sendmail),
            seal: { Array($0.utf8.reversed()) },
            open: { String(decoding: $0.reversed(), as: UTF8.self) })
        return try WebWorld(settings: settings)
    }

    /// What a person types into the form.
    static func fields(port: Int?, mailTo: String = "") -> [(String, String)] {
        [
            ("active", "1"), ("event-run-failed", "1"), ("event-run-recovered", "1"),
            ("webhook-url", port.map { "http://127.0.0.1:\($0)/hook?team=ops" } ?? ""),
            ("secret", port == nil ? "" : secret), ("mail-to", mailTo),
            ("mail-from", mailTo.isEmpty ? "" : "ferry@shop.test"), ("language", "en"),
        ]
    }
}

extension WebWorld {
    /// A run of an export that ended in that state, without anybody who carries it out.
    @discardableResult
    func endedRun(_ state: RunState, reason: String? = nil) throws -> Run {
        let export = try catalog.setup.exports().first ?? addPlainExport()
        let run = try catalog.ledger.createRun(of: export, trigger: .refresh, by: Self.actor)
        try catalog.ledger.end(run.id, state: state, reason: reason)
        return try catalog.ledger.run(id: run.id)
    }

    private func addPlainExport() throws -> Export {
        _ = try catalog.setup.addSegment(
            named: "All", definition: .dynamic(rule: "points > 0"), by: Self.actor)
        let connection = try catalog.setup.add(
            NewConnection(
                name: "Shop", destination: "activecampaign", host: "shop.example",
                sealedSecret: [],
                pace: QuotaLimits(
                    requestsPerSecond: 5, importsPerMinute: 100, singleImportsPerMinute: 20),
                facts: AccountFacts(user: "u", contactsMax: nil, contacts: nil)), by: Self.actor)
        return try catalog.setup.add(
            Export(
                id: 0, name: "News <b>", connection: connection.id,
                list: ListReference(id: "1", name: nil), segments: ["All"],
                mapping: Mapping(email: "email")), by: Self.actor)
    }
}
