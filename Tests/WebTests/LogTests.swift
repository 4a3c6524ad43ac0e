import Access
import Acts
import Exports
import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Profiles
import Store
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

    /// A world whose log is kept.
    private func services(_ world: WebWorld, _ lines: Keeper.Lines) -> Services {
        let own = world.services
        return Services(
            catalog: own.catalog, engine: own.engine, accounts: own.accounts, runs: own.runs,
            rehearsals: own.rehearsals, directory: own.directory, settings: own.settings,
            logger: Logger(label: "test", factory: { _ in Keeper(lines: lines) }), now: own.now)
    }

    /// The status of a page that fails with an error.
    private func status(
        of error: any Error, _ lines: Keeper.Lines
    ) async throws -> HTTPResponse.Status {
        let router = Router(context: WebContext.self)
        let routes = GuardedRoutes(
            services: services(try WebWorld(), lines), renderer: try PageRenderer(), router: router)
        routes.open("/invitation/{token}") { _, _ in throw error }
        let application = Application(responder: router.buildResponder())
        return try await application.test(.router) { client in
            try await client.execute(uri: "/invitation/fi_secret?address=ada", method: .get).status
        }
    }

    @Test func `a failed request leaves neither a link's secret nor a value in the log`()
        async throws
    {
        let lines = Keeper.Lines()
        #expect(try await status(of: Odd(), lines) == .internalServerError)
        #expect(lines.text.contains("/invitation/{token}"))
        #expect(lines.text.contains("Odd"))
        #expect(!lines.text.contains("fi_secret"))
        #expect(!lines.text.contains("ada"))
    }

    // MARK: Trouble of the storage

    @Test func `trouble of the database is told by SQLite's extended code alone`() async throws {
        let lines = Keeper.Lines()
        let error = DatabaseError(
            resultCode: .SQLITE_IOERR_READ, message: "ada",
            sql: "SELECT * FROM person WHERE name = ?", arguments: ["ada@example.com"])
        #expect(try await status(of: error, lines) == .internalServerError)
        #expect(lines.text.contains("SQLITE 266"))
        #expect(!lines.text.contains("ada") && !lines.text.contains("SELECT"))
    }

    @Test(arguments: [
        StoreError.Code.storage, .newerVersion, .notADataDirectory, .locked,
    ])
    func `trouble of the catalog is nobody's conflict`(code: StoreError.Code) async throws {
        let lines = Keeper.Lines()
        let error = StoreError(code, what: "batch-damaged", ["answer": "ada"])
        #expect(try await status(of: error, lines) == .internalServerError)
        #expect(lines.text.contains(code.rawValue))
        #expect(!lines.text.contains("ada"))
    }

    @Test func `trouble of an engine is told by both codes`() async throws {
        let lines = Keeper.Lines()
        let error = EngineError(.storage, subject: "ada.sqlite", detail: "SQLITE 11")
        #expect(try await status(of: error, lines) == .internalServerError)
        #expect(lines.text.contains("engine-storage SQLITE 11"))
        #expect(!lines.text.contains("ada"))
    }

    @Test func `what was asked wrongly is no trouble and leaves no line`() async throws {
        let lines = Keeper.Lines()
        #expect(try await status(of: StoreError(.notHeld), lines) == .conflict)
        #expect(!lines.text.contains("failed"))
    }

    private struct Damaged: Act {
        static let needs = Permission.readSegments

        func perform(by asker: Asker, in acts: ActContext) async throws -> Int {
            throw StoreError(.storage, what: "batch-empty")
        }
    }

    @Test func `trouble inside an act is no refusal`() async throws {
        let world = try WebWorld()
        let error = await #expect(throws: StoreError.self) {
            try await world.services.acts.perform(Damaged(), by: .terminal(WebWorld.actor))
        }
        #expect(error?.code == .storage)
    }

    @Test func `a table that is not there any more is a 500 in the API and on the page`()
        async throws
    {
        let lines = Keeper.Lines()
        let world = try WebWorld()
        let token = try world.apiToken(.administrator)
        let catalog = try DatabaseQueue(
            path: world.folder.appending(path: "catalog.sqlite").path())
        try await catalog.write { try $0.execute(sql: "ALTER TABLE segment RENAME TO gone") }
        let services = services(world, lines)
        let application = try Server(services).application(
            services.settings, logger: services.logger)
        try await application.test(.router) { client in
            let browser = Browser(client: client, jar: CookieJar(), bearer: token)
            let answer = try await browser.get("/api/v1/segments")
            #expect(answer.status == .internalServerError)
            #expect(answer.problemCode == "internal-error")
            #expect(!answer.text.contains("segment "))
        }
        #expect(lines.text.contains("SQLITE 1"))
        #expect(!lines.text.contains("SELECT"))
    }
}
