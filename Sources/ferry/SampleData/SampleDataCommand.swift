import ArgumentParser
import Foundation

/// `ferry sample-data`: made-up customers for trials.
struct SampleDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample-data",
        abstract: "Write made-up customers as CSV.",
        discussion: """
            The same numbers give the same file on every machine. Ask for it again with
            --change-percent and --remove-percent to get what a later day would bring:

              ferry sample-data --profiles 10000 --out monday.csv
              ferry sample-data --profiles 10000 --change-percent 1 --out tuesday.csv
            """)

    @Option(help: "How many customers, at most 100,000,000.")
    var profiles = 1_000

    @Option(help: "Which customers: any number.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Also write their orders to this file.", valueName: "file"))
    var orders: String?

    @Option(help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
    var out: String?

    @Option(help: "The share of customers whose plan or lifetime value changed, 0 to 100.")
    var changePercent = 0.0

    @Option(help: "Which customers changed or left: any number.")
    var changeSeed: UInt64 = 1

    @Option(help: "The share of customers who left, 0 to 100.")
    var removePercent = 0.0

    func validate() throws {
        guard (0...100_000_000).contains(profiles) else {
            throw ValidationError("--profiles must lie between 0 and 100,000,000.")
        }
        guard (0...100).contains(changePercent) else {
            throw ValidationError("--change-percent must lie between 0 and 100.")
        }
        guard (0...100).contains(removePercent) else {
            throw ValidationError("--remove-percent must lie between 0 and 100.")
        }
    }

    func run() throws {
        let data = SampleData(
            profiles: profiles, seed: seed, changePercent: changePercent, changeSeed: changeSeed,
            removePercent: removePercent)
        try write(to: out, data.writeCustomers)
        if let orders { try write(to: orders, data.writeOrders) }
    }

    /// Hands what `rows` makes to a new file, or to standard output without a path.
    private func write(
        to path: String?, _ rows: (([UInt8]) throws -> Void) throws -> Void
    ) throws {
        guard let path else {
            try rows { try FileHandle.standardOutput.write(contentsOf: $0) }
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CannotWrite(description: "'\(path)' cannot be written: \(reason)")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try rows { try file.write(contentsOf: $0) }
        try file.close()
    }

    private struct CannotWrite: Error, CustomStringConvertible {
        let description: String
    }
}
