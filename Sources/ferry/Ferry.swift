import ArgumentParser
import Delivery
import Exports
import Foundation

/// Ferry carries segments of customer profiles to destinations, sends only what changed, and proves what arrived.
@main
struct Ferry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ferry",
        abstract:
            "Carries segments of customer profiles to \(Destinations.all.usual.title), sends only what changed, and proves what arrived.",
        discussion: """
            A first export, step by step:
              ferry profiles import customers.csv --key CustomerId
              ferry segments add "Good customers" --rule "LifetimeValue >= 500"
              ferry connections add Newsletter --host youraccount.api-us1.com --api-key-file KEY --agree
              ferry exports add Spring --connection Newsletter --list 1 --segment "Good customers" --email Email
              ferry exports plan Spring
              ferry exports run Spring

            Exit codes: 0 done, 1 failed or skipped, 2 done with refused or suppressed people, 3 held for
            approval, 64 wrong usage.
            """,
        version: version,
        subcommands: [
            ProfilesCommand.self, SourcesCommand.self, SegmentsCommand.self,
            ConnectionsCommand.self,
            ExportsCommand.self, RunsCommand.self, PeopleCommand.self, ApplyCommand.self,
            ScheduleCommand.self, RefreshCommand.self, ServeCommand.self, UsersCommand.self,
            BackupCommand.self, SampleDataCommand.self,
            SandboxCommand.self,
        ])

    static let version = "0.1.0"

    @Option(help: "The data directory. Also FERRY_DATA; 'ferry-data' by default.")
    var data: String?

    @Option(
        help:
            "Work in the running service at this address, with a token, instead of a data directory. Also FERRY_SERVER."
    )
    var server: String?
    @Option(help: "A file that holds the token for --server; otherwise the variable FERRY_TOKEN.")
    var tokenFile: String?

    /// These options may stand before or after the subcommand, so they are taken out of the arguments first.
    static func main() async {
        var arguments = Array(CommandLine.arguments.dropFirst())
        Settings.read(arguments: &arguments)
        // What is written here is personal data: files are for their owner alone.
        umask(0o077)
        // A closed pipe and a file at its size limit are errors of the call, not ends of the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.end(error, of: Self.self)
        }
    }
}
