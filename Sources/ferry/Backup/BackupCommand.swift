import ArgumentParser
import Foundation
import Store

/// Copies the data directory while it is in use.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the data directory, also while the service runs.",
        discussion: """
            The copy is a data directory itself: to restore it, end the service and put the copy in place of \
            the directory. The master key is not copied unless you ask for it, because whoever has both can \
            use the accounts of all connections. Keep the key apart, or pass it in FERRY_MASTER_KEY.
            """)

    @Argument(help: "The folder to copy into: an empty one, or one that does not exist yet.")
    var folder: String
    @Flag(help: "Copy the master key as well.")
    var withKey = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        try ServerOption.refuse("backup")
        let workspace = try Workspace.open(.reading)
        let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let report = try DataBackup.make(
            of: workspace.directory, catalog: workspace.catalog, profiles: workspace.profilesCopy,
            into: folder, withKey: withKey)
        if json {
            struct View: Encodable {
                let folder: String
                let files: [String]
                let bytes: Int64
                let hasKey: Bool
            }
            return try Output.json(
                View(
                    folder: folder, files: report.files, bytes: report.bytes,
                    hasKey: report.hasKey))
        }
        let size = report.bytes.formatted(.byteCount(style: .file))
        Output.line("Copied \(report.files.joined(separator: ", ")) to \(folder), \(size).")
        if report.hasKey {
            Output.note("The copy holds the master key: whoever reads it can use every account.")
        } else if withKey {
            Output.note(
                "There is no key file to copy: the key comes from FERRY_MASTER_KEY, or nothing was ever sealed."
            )
        } else {
            Output.note(
                "The master key is not in the copy. Keep it apart; without it the connections' keys must be entered again."
            )
        }
    }
}
