import Access
import Delivery
import Exports
import Foundation
import Logging
import Profiles
import SQLiteEngine
import Segments
import Service
import Store
import TestSupport
import Testing
import Transport

@testable import Acts

/// Acts over real databases with the profiles p1 to p5, whose points are -1 to 3.
final class ActsWorld: Sendable {
    static let actor = Actor(name: "cli:ann")

    let folder: URL
    let catalog: Catalog
    let engine: SQLiteProfileEngine

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-acts-\(UUID())")
        let directory = try DataDirectory(path: folder.path(), use: .changing(purpose: "test"))
        catalog = try Catalog(path: directory.catalogPath)
        engine = try SQLiteProfileEngine(path: directory.profilesPath)
        let lines = (1...5).map { "p\($0),p\($0)@mail.example,\($0 - 2)" }
        _ = try engine.importProfiles(
            try file((["id,email,points"] + lines).joined(separator: "\n")),
            options: ImportOptions(key: "id"), mark: nil, now: Timestamp(milliseconds: 0),
            progress: { _ in }, isCancelled: { false })
    }

    deinit {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    func file(_ text: String, named name: String = "people.csv") throws -> ImportFile {
        let path = folder.appending(path: name)
        try Data(text.utf8).write(to: path)
        return try ImportFile(path: path.path())
    }

    /// `work` is the file that is imported, by a command that does.
    func acts(importing work: ImportAtOnce.Work? = nil) -> ActContext {
        let accounts = Accounts(
            destinations: .plain, allowsLoopback: true,
            open: { _, _ in throw DestinationError(.unavailable) },
            openNew: { _ in throw DestinationError(.unavailable) },
            seal: { _ in [] },
            settings: { connection in
                AccountSettings(
                    destination: connection.destination, host: connection.host, secrets: [:])
            })
        let now = { @Sendable () -> Int64 in 1_767_600_000_000 }
        let time = Timekeeper.system(scale: 50)
        return ActContext(
            catalog: catalog, engine: engine, accounts: accounts,
            runs: ForegroundRuns(
                ExportRunner(
                    catalog: catalog, engine: engine, time: time,
                    openAccount: { try await accounts.open($0, $1) })),
            rehearsals: Rehearsals(
                catalog: catalog, engine: engine, accounts: accounts, time: time,
                directory: folder.path(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })),
            exports: ExportDesk(catalog: catalog, engine: engine, accounts: accounts, now: now),
            imports: ImportAtOnce(
                catalog: catalog, engine: engine,
                folder: SourceFolder(path: folder.appending(path: "sources").path()), now: now,
                work: work),
            now: now)
    }

    static func asker(_ role: Role = .administrator) -> Asker {
        Asker(actor: actor, role: role, user: nil, means: .terminal)
    }

    /// What was written down, oldest first.
    func audit() throws -> [String] {
        try catalog.history.auditEntries().reversed()
            .map { "\($0.actor) \($0.verb) \($0.noun) \($0.thing)" }
    }
}
