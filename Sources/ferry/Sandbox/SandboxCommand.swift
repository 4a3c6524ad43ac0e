import ArgumentParser
import Delivery
import Exports
import Foundation
import Sandbox

/// Runs a local account of the usual destination, so that Ferry can be tried without an account.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run a local \(Destinations.all.usual.title) to try Ferry against.",
        discussion: """
            The sandbox keeps everything in memory and answers on this machine only. Its page \
            shows what it holds.

            How it behaves is set by knobs, here as '--name value' or later on its page:

            \(Knob.all.map { "--\($0.name) (\($0.kind.expectation); \($0.preset))" }
                .joined(separator: "\n"))
            """)

    @Option(help: "Port to listen on; 0 lets the system choose.")
    var port = 8300

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Key that requests must bring.")
    var apiKey = "sandbox-key"

    @Option(help: "How many times faster than the wall clock the sandbox's clock runs.")
    var timeScale = 1.0

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var knobs: [String] = []

    func validate() throws {
        guard timeScale > 0, timeScale.isFinite else {
            throw ValidationError("'--time-scale' is expected to be a number above 0")
        }
        _ = try chosenKnobs()
    }

    func run() async throws {
        var configuration = SandboxConfiguration()
        configuration.port = port
        configuration.host = host
        configuration.apiKey = apiKey
        configuration.timeScale = timeScale
        configuration.knobs = try chosenKnobs()
        let (host, apiKey) = (host, apiKey)
        try await SandboxServer.run(configuration) { port in
            let title = Destinations.all.usual.title
            let line = "Sandbox \(title) on http://\(host):\(port) — API key \(apiKey)\n"
            FileHandle.standardOutput.write(Data(line.utf8))
        }
    }

    /// The knobs with those changed that were given as `--name value` or `--name=value`.
    private func chosenKnobs() throws -> Knobs {
        var chosen = Knobs()
        var rest = knobs[...]
        while let flag = rest.popFirst() {
            guard flag.hasPrefix("--") else {
                throw ValidationError("'\(flag)' is expected to be the name of a knob, '--name'")
            }
            let parts = flag.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? ""
            guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
                throw ValidationError("the knob '\(name)' is expected to be followed by a value")
            }
            do {
                try chosen.set(name, to: value)
            } catch {
                throw ValidationError(error.description)
            }
        }
        return chosen
    }
}

extension Knob {
    /// The value of a new sandbox, in words.
    fileprivate var preset: String {
        let value = read(Knobs())
        return value.isEmpty ? "empty at the start" : "\(value) at the start"
    }
}
