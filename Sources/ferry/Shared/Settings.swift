import Foundation
import Synchronization

/// Everything that comes from the environment, and the options that belong to the whole program and stand for the same.
/// It is read once, when the program begins; `docs/operating.md` lists it.
struct Settings: Sendable {
    /// `--data`, `FERRY_DATA`: the data directory.
    let data: String
    /// `--server`, `FERRY_SERVER`: the service in which commands work; nil for the data directory.
    let server: String?
    /// `--token-file`, `FERRY_TOKEN_FILE`: where the token for the service lies.
    let tokenFile: String?
    /// `FERRY_TOKEN`: the token itself.
    let token: String?
    /// `FERRY_MASTER_KEY`: the master key, instead of the file in the data directory.
    let masterKey: String?
    /// `FERRY_ALLOW_LOOPBACK=1`: connections and webhooks may lead to this machine, for the sandbox and for tests.
    let allowsLoopback: Bool
    /// `FERRY_SENDMAIL`: the program that sends mail; nil for the usual one.
    let sendmail: String?
    /// `FERRY_TIME_SCALE`: how much faster time goes for what waits, for tests and benchmarks.
    let timeScale: Double
    /// `FERRY_CLOCK_FILE`: a file with the time that schedules go by, for tests of a whole service.
    let clockFile: String?

    /// What declarations refer to as `env:NAME`.
    private let variables: [String: String]

    static let dataDefault = "ferry-data"
    /// Options that may stand before or after the subcommand, and the variables that they stand for.
    private static let options = [
        ("--data", "FERRY_DATA"), ("--server", "FERRY_SERVER"),
        ("--token-file", "FERRY_TOKEN_FILE"),
    ]

    /// Takes the options of the whole program out of the arguments; they go before variables.
    init(environment: [String: String], arguments: inout [String]) {
        var variables = environment
        for (option, name) in Self.options {
            if let given = Self.take(option, from: &arguments) { variables[name] = given }
        }
        let text = { (name: String) in variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        data = text("FERRY_DATA") ?? Self.dataDefault
        server = text("FERRY_SERVER")
        tokenFile = text("FERRY_TOKEN_FILE")
        token = text("FERRY_TOKEN")
        masterKey = variables["FERRY_MASTER_KEY"]
        allowsLoopback = variables["FERRY_ALLOW_LOOPBACK"] == "1"
        sendmail = variables["FERRY_SENDMAIL"]
        timeScale = variables["FERRY_TIME_SCALE"].flatMap(Double.init) ?? 1
        clockFile = variables["FERRY_CLOCK_FILE"]
        self.variables = environment
    }

    /// A variable that a declaration refers to.
    func variable(_ name: String) -> String? { variables[name] }

    /// The value of `option VALUE` or `option=VALUE`, which are taken out; the last one counts.
    private static func take(_ option: String, from arguments: inout [String]) -> String? {
        var given: String?
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            if arguments[index] == option, index + 1 < arguments.count {
                given = arguments[index + 1]
                arguments.removeSubrange(index...(index + 1))
            } else if arguments[index].hasPrefix(option + "=") {
                given = String(arguments[index].dropFirst(option.count + 1))
                arguments.remove(at: index)
            } else {
                index += 1
            }
        }
        return given
    }

    // MARK: Those of this process

    private static let held = Mutex<Settings?>(nil)

    /// Those of this process. Commands are made by the parser of arguments, which hands them nothing else.
    static var current: Settings {
        held.withLock { held in
            if let held { return held }
            var none: [String] = []
            let settings = Settings(environment: [:], arguments: &none)
            held = settings
            return settings
        }
    }

    /// Reads the environment and the arguments, once and for all.
    static func read(arguments: inout [String]) {
        let settings = Settings(
            environment: ProcessInfo.processInfo.environment, arguments: &arguments)
        held.withLock { $0 = settings }
    }
}
