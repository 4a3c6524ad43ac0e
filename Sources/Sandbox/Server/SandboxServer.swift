import Hummingbird
import Logging
import NIOCore
import Synchronization

/// How a sandbox is to be started.
package struct SandboxConfiguration: Sendable {
    /// Address to listen on; the loopback interface unless a person says otherwise.
    package var host = "127.0.0.1"
    /// Port to listen on; 0 lets the system choose.
    package var port = 0
    /// The key that requests must bring.
    package var apiKey = "sandbox-key"
    /// Seconds of sandbox time in one real second, above 0.
    package var timeScale = 1.0
    /// The knobs at the start.
    package var knobs = Knobs()

    /// A sandbox on the loopback interface at real speed.
    package init() {}
}

/// A sandbox that answers over HTTP.
///
/// `start` serves tests and anything else that wants a counterpart inside the same process; `run`
/// serves a command and ends on SIGINT or SIGTERM.
package final class SandboxServer: Sendable {
    /// The port it listens on.
    package let port: Int
    /// The account behind it, for assertions and for turning knobs.
    package let account: SandboxAccount
    /// The address under which clients reach it, without a path.
    package var url: String { "http://127.0.0.1:\(port)" }

    private let clock: SandboxClock
    private let serving: Task<Void, Never>

    private init(
        port: Int, account: SandboxAccount, clock: SandboxClock, serving: Task<Void, Never>
    ) {
        self.port = port
        self.account = account
        self.clock = clock
        self.serving = serving
    }

    deinit {
        serving.cancel()
    }

    /// The present of the sandbox, in seconds since 1970.
    package var now: Double { clock.now }

    /// Starts a sandbox and returns once it listens. It ends with ``stop()``, or when nobody holds
    /// it any more.
    ///
    /// - Throws: ``SandboxStartError`` when the port is taken.
    package static func start(
        port: Int = 0, knobs: Knobs = Knobs(), timeScale: Double = 1,
        apiKey: String = "sandbox-key"
    ) async throws -> SandboxServer {
        var configuration = SandboxConfiguration()
        configuration.port = port
        configuration.knobs = knobs
        configuration.timeScale = timeScale
        configuration.apiKey = apiKey
        let sandbox = Sandbox(configuration)
        let (ports, listening) = AsyncThrowingStream<Int, any Error>.makeStream()
        // The server outlives this call by design; `stop` and `deinit` end it.
        let serving = Task {
            do {
                try await sandbox.run(signals: false) { port in
                    listening.yield(port)
                    listening.finish()
                }
                listening.finish()
            } catch {
                listening.finish(throwing: error)
            }
        }
        for try await port in ports {
            return SandboxServer(
                port: port, account: sandbox.account, clock: sandbox.clock, serving: serving)
        }
        throw CancellationError()
    }

    /// Stops listening and waits until the last connection is closed.
    package func stop() async {
        serving.cancel()
        await serving.value
    }

    /// Runs a sandbox until the process is told to end; `onListening` is given the port.
    ///
    /// - Throws: ``SandboxStartError`` when the port is taken.
    package static func run(
        _ configuration: SandboxConfiguration,
        onListening: @escaping @Sendable (_ port: Int) -> Void
    ) async throws {
        try await Sandbox(configuration).run(signals: true, onListening: onListening)
    }
}

/// Why a sandbox could not begin to listen.
package struct SandboxStartError: Error, CustomStringConvertible, Sendable {
    /// Which address it was, what the system said, and the way out.
    package let description: String

    init(_ configuration: SandboxConfiguration, _ error: any Error) {
        description =
            "the sandbox cannot listen on '\(configuration.host)' port \(configuration.port): "
            + "\(error); choose another port, or 0 for any that is free"
    }
}

/// The parts of a running sandbox, put together.
private struct Sandbox: Sendable {
    /// How often the importer is moved on when nobody asks, in real time; it only matters for
    /// callbacks, because every request moves it on as well.
    static let tick = Duration.milliseconds(50)

    let configuration: SandboxConfiguration
    let clock: SandboxClock
    let account: SandboxAccount
    let logger: Logger

    init(_ configuration: SandboxConfiguration) {
        self.configuration = configuration
        clock = SandboxClock(scale: configuration.timeScale)
        account = SandboxAccount(
            knobs: configuration.knobs, apiKey: configuration.apiKey, at: clock.now)
        var logger = Logger(label: "ferry.sandbox")
        logger.logLevel = .warning
        self.logger = logger
    }

    func run(
        signals: Bool, onListening: @escaping @Sendable (_ port: Int) -> Void
    ) async throws {
        let isListening = Mutex(false)
        let application = Application(
            responder: SandboxResponder(
                account: account, clock: clock, pages: SandboxPages(account: account)),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "ferry-sandbox"),
            onServerRunning: {
                isListening.withLock { $0 = true }
                onListening($0.localAddress?.port ?? 0)
            },
            logger: logger)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sendCallbacks() }
                if signals {
                    try await application.runService()
                } else {
                    try await application.run()
                }
                group.cancelAll()
            }
        } catch  where !isListening.withLock({ $0 }) {
            throw SandboxStartError(configuration, error)
        }
    }

    private func sendCallbacks() async throws {
        let sender = CallbackSender(logger: logger)
        while !Task.isCancelled {
            try await Task.sleep(for: Self.tick)
            account.advance(to: clock.now)
            for due in account.takeDueCallbacks() { await sender.send(due) }
        }
    }
}
