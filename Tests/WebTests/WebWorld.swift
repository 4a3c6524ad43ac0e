import Access
import Acts
import Delivery
import Exports
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Profiles
import SQLiteEngine
import Segments
import Service
import Store
import Synchronization
import Testing

@testable import Web

/// A whole service over real databases in a temporary folder. Requests go straight to the router.
final class WebWorld: Sendable {
    let folder: URL
    let catalog: Catalog
    let engine: SQLiteProfileEngine
    let services: Services
    let server: Server
    private let clock: Mutex<Int64>

    /// The moment at which every world begins: 2026-01-05 08:00 UTC.
    static let start: Int64 = 1_767_600_000_000
    static let actor = Actor(name: "cli:test")

    /// `serving` is an engine that the service has in place of the embedded one.
    init(
        settings: ServiceSettings = ServiceSettings(), serving: (any ProfileEngine)? = nil,
        reaching: (Catalog) -> Accounts = { TestAccounts.reaching($0) }
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-web-\(UUID())")
        let directory = try DataDirectory(path: folder.path(), use: .changing(purpose: "test"))
        try EmptyDatabases.made.lay(
            catalog: directory.catalogPath, profiles: directory.profilesPath)
        catalog = try Catalog(path: directory.catalogPath)
        engine = try SQLiteProfileEngine(path: directory.profilesPath)
        let served: any ProfileEngine = serving ?? engine
        clock = Mutex(Self.start)
        let box = Box()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let accounts = reaching(catalog)
        // So many tests run side by side that an answer may take long, which proves nothing.
        let unhurried = Duration.seconds(600)
        var settings = settings
        settings.patience.account = unhurried
        settings.patience.check = unhurried
        settings.patience.count = unhurried
        services = Services(
            catalog: catalog, engine: served, accounts: accounts,
            runs: RunCenter(
                runner: ExportRunner(
                    catalog: catalog, engine: served, time: TestAccounts.time,
                    openAccount: accounts.open), logger: logger),
            rehearsals: Rehearsals(
                catalog: catalog, engine: served, accounts: accounts, time: TestAccounts.time,
                directory: folder.path(), logger: logger, patience: unhurried),
            directory: folder.path(), settings: settings, logger: logger,
            now: { box.world?.now ?? Self.start })
        server = try Server(services)
        box.set(self)
    }

    deinit {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Lets the clock that was made before the world find it.
    private final class Box: Sendable {
        private struct Weak { weak var world: WebWorld? }
        private let held = Mutex(Weak())
        var world: WebWorld? { held.withLock { $0.world } }
        func set(_ world: WebWorld) { held.withLock { $0.world = world } }
    }

    var now: Int64 { clock.withLock { $0 } }

    func pass(_ duration: Duration) {
        clock.withLock { $0 += duration.components.seconds * 1_000 }
    }

    // MARK: People

    /// A user of that role; the same one each time.
    func user(_ role: Role) throws -> User {
        let name = "\(role.rawValue)-user"
        if let user = try catalog.people.user(named: name) { return user }
        return try catalog.people.addUser(named: name, role: role, password: nil, by: Self.actor)
    }

    /// A secret for the API, with the user's own role unless a lower one is given.
    func apiToken(_ role: Role, scope: Role? = nil) throws -> String {
        let secret = SecretToken.new(.api)
        let user = try user(role)
        _ = try catalog.people.addToken(
            of: user, named: "test-\(UUID())", role: scope ?? role, token: secret,
            expiresAt: now + 86_400_000, by: Actor(user: user.name), at: now)
        return secret.text
    }

    // MARK: Requests

    /// Runs a test against the service as somebody, or as a stranger.
    func browse<Value>(
        as role: Role? = nil, _ body: @Sendable (Browser) async throws -> Value
    ) async throws -> Value {
        let jar = CookieJar()
        if let role {
            let token = SecretToken.new(.session)
            _ = try catalog.people.beginSession(
                of: try user(role), token: token, agent: "test", address: "127.0.0.1", at: now)
            jar.set(GuardedRoutes.sessionCookie(services.settings), token.text)
        }
        return try await app.test(.router) { client in
            try await body(Browser(client: client, jar: jar))
        }
    }

    /// Calls the API with a token.
    func call<Value>(
        as role: Role?, scope: Role? = nil, _ body: @Sendable (Browser) async throws -> Value
    ) async throws -> Value {
        let token = try role.map { try apiToken($0, scope: scope) }
        return try await app.test(.router) { client in
            try await body(Browser(client: client, jar: CookieJar(), bearer: token))
        }
    }

    var app: some ApplicationProtocol {
        server.application(services.settings, logger: services.logger)
    }

    /// Renders pages in every language and expects that templates ask for nothing that nobody knows.
    func expectNoGaps(
        _ paths: [String], as role: Role? = .administrator,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for language in ["en", "bg", "pl", "zh-Hans", "hu", "he"] {
            let gaps = TemplateGaps.Collector()
            try await TemplateGaps.$collector.withValue(gaps) {
                try await browse(as: role) { browser in
                    browser.jar.set(Visitor.languageCookie, language)
                    for path in paths {
                        let page = try await browser.get(path)
                        #expect(
                            page.status.code < 400 || page.status == .unprocessableContent,
                            "\(path) in \(language): \(page.status)",
                            sourceLocation: sourceLocation)
                        #expect(
                            page.text.contains("lang=\"\(language)\""), "\(path)",
                            sourceLocation: sourceLocation)
                        #expect(
                            page.text.components(separatedBy: "<h1").count == 2,
                            "\(path) has one h1", sourceLocation: sourceLocation)
                    }
                }
            }
            #expect(gaps.found == [], "\(language)", sourceLocation: sourceLocation)
        }
    }

    /// The audit's rows as `actor verb noun thing [changes]`, oldest first, without those of the fixture.
    func audit() throws -> [String] {
        try catalog.history.auditEntries(AuditFilter(), before: nil, limit: 1_000).reversed()
            .filter { $0.actor != Self.actor.name && $0.verb != "sign-in" }
            .map {
                "\($0.actor) \($0.verb) \($0.noun) \($0.thing) [\($0.changes.joined(separator: " "))]"
            }
    }
}

final class CookieJar: Sendable {
    private let cookies = Mutex<[String: String]>([:])

    func set(_ name: String, _ value: String) { cookies.withLock { $0[name] = value } }
    subscript(_ name: String) -> String? { cookies.withLock { $0[name] } }
    func remove(_ name: String) { cookies.withLock { $0[name] = nil } }

    var header: String? {
        let pairs = cookies.withLock { $0.map { "\($0.key)=\($0.value)" } }
        return pairs.isEmpty ? nil : pairs.sorted().joined(separator: "; ")
    }

    func take(_ headers: HTTPFields) {
        for line in headers[values: .setCookie] {
            let parts = line.split(separator: ";").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { continue }
            let name = String(pair[..<equals])
            if parts.contains(where: { $0.lowercased() == "max-age=0" }) {
                remove(name)
            } else {
                set(name, String(pair[pair.index(after: equals)...]))
            }
        }
    }
}

/// What a browser does in tests: keeps cookies and sends forms with their token.
struct Browser: Sendable {
    let client: any TestClientProtocol
    let jar: CookieJar
    var bearer: String?

    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let text: String

        var location: String? { headers[.location] }
        var problemCode: String? {
            struct Problem: Decodable { let code: String }
            return try? JSONDecoder().decode(Problem.self, from: Data(text.utf8)).code
        }

        func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(text.utf8))
        }
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, path, headers: headers, body: nil)
    }

    /// Sends a form; the token that guards forms is added as our pages have it.
    func post(
        _ path: String, _ fields: [(String, String)] = [], withToken: Bool = true,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var fields = fields
        let session = [false, true].lazy.compactMap { isSecure in
            var settings = ServiceSettings()
            if isSecure { settings.publicURL = "https://ferry.example" }
            return jar[GuardedRoutes.sessionCookie(settings)]
        }.first
        if withToken, let session, let token = SecretToken(text: session, kind: .session) {
            fields.append(("csrf", CSRF.token(forSession: token)))
        }
        let body = fields.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }
            .joined(separator: "&")
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await send(.post, path, headers: headers, body: body)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String?
    ) async throws -> Answer {
        var headers = headers
        headers[.cookie] = jar.header
        if let bearer { headers[.authorization] = "Bearer \(bearer)" }
        let response = try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        jar.take(response.headers)
        return Answer(
            status: response.status, headers: response.headers,
            text: String(buffer: response.body))
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}
