import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import Web

/// What the operator's log holds when something goes wrong.
struct LogTests {
    private struct Odd: Error, CustomStringConvertible {
        let description = "ada@example.com"
    }

    /// Keeps every line, with all that comes beside it.
    private struct Keeper: LogHandler {
        final class Lines: Sendable {
            private let held = Mutex<[String]>([])
            var text: String { held.withLock { $0.joined(separator: "\n") } }
            func add(_ line: String) { held.withLock { $0.append(line) } }
        }

        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add("\(event.message) \(event.metadata ?? [:])")
        }
    }

    @Test func `a failed request leaves neither a link's secret nor a value in the log`()
        async throws
    {
        let lines = Keeper.Lines()
        let own = try WebWorld().services
        let services = Services(
            catalog: own.catalog, engine: own.engine, accounts: own.accounts, runs: own.runs,
            rehearsals: own.rehearsals, directory: own.directory, settings: own.settings,
            logger: Logger(label: "test", factory: { _ in Keeper(lines: lines) }), now: own.now)
        let router = Router(context: WebContext.self)
        let routes = GuardedRoutes(
            services: services, renderer: try PageRenderer(), router: router)
        routes.open("/invitation/{token}") { _, _ in throw Odd() }
        let application = Application(responder: router.buildResponder())
        try await application.test(.router) { client in
            let answer = try await client.execute(
                uri: "/invitation/fi_secret?address=ada", method: .get)
            #expect(answer.status == .internalServerError)
        }
        #expect(lines.text.contains("/invitation/{token}"))
        #expect(lines.text.contains("Odd"))
        #expect(!lines.text.contains("fi_secret"))
        #expect(!lines.text.contains("ada"))
    }
}
