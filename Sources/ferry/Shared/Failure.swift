import Access
import Acts
import ArgumentParser
import Delivery
import Exports
import Foundation
import Phrases
import Profiles
import SQLiteKit
import Segments
import Store
import Transport
import Web

/// Wrong usage that only shows when names are looked up: ends with code 64.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What a command cannot do, in the words of its own: ends with code 1.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What is wrong with a file that a person named.
struct FileError: Error, CustomStringConvertible {
    let path: String
    let problem: String

    var description: String { "'\(path)': \(problem)" }
}

/// Turns whatever stopped a command into one message on standard error and an exit code.
enum Failure {
    static let code: Int32 = 1
    static let usageCode: Int32 = 64

    /// Ends the process.
    static func end(_ error: any Error, of command: any ParsableCommand.Type) -> Never {
        if let message = message(of: error) {
            Output.note("ferry: \(message)")
            let isUsage =
                error is UsageError || (error as? RemoteProblem)?.isUsage == true
                || (error as? Refusal)?.code == .invalid
            exit(isUsage ? usageCode : code)
        }
        // What is left is the argument parser's own: usage, help, version, exit codes.
        command.exit(withError: error)
    }

    private static func message(of error: any Error) -> String? {
        switch error {
        case let error as UsageError: error.description
        case let error as CommandError: error.description
        case let error as Refusal: text(of: error)
        case let error as RuleRefusal: Advice.sentence(error.mistake)
        case let error as ImportError: Advice.sentence(error)
        case let error as any Refusing: Advice.sentence(error)
        case let error as TransportError: error.detail
        case let error as MasterKey.SealError: error.description
        case let error as EngineError: text(of: error)
        case let error as FileError: error.description
        case let error as RemoteProblem: error.description
        case is CancellationError: "Stopped. Nothing was changed."
        case let error as CocoaError:
            "The file could not be read or written (\(error.code.rawValue))."
        default: StorageTrouble(error).map { text(of: $0, error) }
        }
    }

    /// Does something with an account, and names its host in what is refused because of it.
    static func naming<Value>(
        host: String?, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let refusal as Refusal
            where refusal.findings.contains(where: { $0.field == "host" })
        {
            let text = "'\(host ?? "")': \(text(of: refusal))"
            throw refusal.code == .invalid ? UsageError(text) : CommandError(text)
        }
    }

    /// The sentence, and what to do next at a terminal.
    private static func text(of refusal: Refusal) -> String {
        let findings = refusal.findings.map { Advice.sentence($0) }
        guard findings.isEmpty else { return findings.joined(separator: " ") }
        let text = Advice.sentence(refusal)
        guard refusal.code == .notFound, refusal.facts["noun"] == .word("user") else { return text }
        return "\(text) 'ferry users list' shows those there are."
    }

    private static func text(of error: EngineError) -> String {
        switch error.code {
        case .columnGone: "Profiles have no attribute '\(error.subject ?? "")' of that kind."
        case .newerVersion:
            "'\(error.subject ?? "")' was written by a newer version of ferry. Use that version, or another data directory."
        case .unavailable:
            Refusal(error).map { PhraseBook(.en).sentence(of: $0) } ?? error.code.rawValue
        case .storageFull: text(of: .diskFull)
        case .damaged: text(of: .damaged)
        case .busy: text(of: .busy)
        case .notWritable: text(of: .notWritable)
        case .storage: "The database reports an error (\(error.detail ?? error.code.rawValue))."
        default: "The profiles could not be read (\(error.code.rawValue))."
        }
    }

    private static func text(of trouble: StorageTrouble, _ error: (any Error)? = nil) -> String {
        switch trouble {
        case .diskFull:
            "The data directory '\(Settings.current.data)' cannot be written: the disk is full or failing. Nothing of this command was kept; make room and repeat it."
        case .damaged:
            "A database in '\(Settings.current.data)' is damaged or not a database. Restore it from a backup."
        case .busy: "The database in '\(Settings.current.data)' is busy. Try again in a moment."
        case .notWritable:
            "The data directory '\(Settings.current.data)' cannot be written. Check its permissions."
        case .closed, .other:
            "The database reports an error (\(error.flatMap(StorageTrouble.code) ?? 0))."
        }
    }
}
