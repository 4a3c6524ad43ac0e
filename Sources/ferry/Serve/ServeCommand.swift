import Acts
import ArgumentParser
import Foundation
import Logging
import Service
import Store
import Web

/// Runs the service: pages, API, and the runs that they start.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the service: web pages and the JSON API.",
        discussion: """
            While it runs, it holds the data directory: use its pages or its API instead of commands that \
            change something. The first start prints a link by which the first administrator is made.
            """)

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "Port to listen on; 0 lets the system choose.")
    var port = 8080
    @Option(
        help:
            "The address under which people reach the service through a proxy, such as https://ferry.example."
    )
    var publicURL: String?
    @Flag(help: "Take the last entry of X-Forwarded-For for the client's address.")
    var trustProxy = false

    @Option(
        help:
            "The watched folder, in which files lie that are imported again when they change; 'sources' in the data directory unless it is given."
    )
    var sources: String?

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("'--port' takes a number from 0 to 65535")
        }
        if let publicURL {
            guard let url = URL(string: publicURL), ["http", "https"].contains(url.scheme),
                url.host() != nil
            else {
                throw ValidationError(
                    "'--public-url' takes an address such as https://ferry.example")
            }
        }
    }

    func run() async throws {
        try ServerOption.refuse("serve")
        let workspace = try Workspace.open(.changing(purpose: "serve"))
        var settings = ServiceSettings()
        settings.host = host
        settings.port = port
        settings.publicURL = publicURL
        settings.trustsProxy = trustProxy
        settings.notifying = workspace.notifying
        settings.clockFile = Settings.current.clockFile
        settings.sourcesFolder = sources
        settings.connections = ConnectionLimits(
            descriptors: Descriptors.raise(), trustsProxy: trustProxy)
        let logger = Logger(label: "ferry", factory: { StreamLogHandler.standardError(label: $0) })
        let runs = RunCenter(runner: workspace.runner, logger: logger)
        let services = Services(
            catalog: workspace.catalog, engine: workspace.engine, accounts: workspace.accounts,
            runs: runs, rehearsals: workspace.rehearsals(logger),
            directory: workspace.directory.path, settings: settings,
            logger: logger,
            now: { Int64(Date().timeIntervalSince1970 * 1_000) })
        let server = try Server(services)
        let setUp = try await services.acts.perform(
            InviteFirstAdministrator(), by: .terminal(workspace.actor))
        let shownHost = host.contains(":") ? "[\(host)]" : host
        try await server.run(services) { port in
            let address = services.settings.publicURL ?? "http://\(shownHost):\(port)"
            Output.line("Ferry is at \(address)/")
            if let setUp {
                Output.line("Create the first administrator: \(address)\(setUp.link)")
            }
        }
    }
}
