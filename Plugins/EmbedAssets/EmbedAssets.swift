import Foundation
import PackagePlugin

/// Turns a room's templates, style sheets, scripts and phrase tables into Swift, so that the program is one
/// file that can be moved anywhere.
@main
struct EmbedAssets: BuildToolPlugin {
    /// Folders that are embedded where a room has them.
    private static let folders = ["Assets", "Templates", "Tables"]

    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let roots = Self.folders.map { target.directoryURL.appending(path: $0) }
            .filter { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) }
        let isPhrases = target.name == "Phrases"
        let output = context.pluginWorkDirectoryURL
            .appending(path: isPhrases ? "EmbeddedPhrases.swift" : "EmbeddedAssets.swift")
        let paths = (roots + [output]).map { $0.path(percentEncoded: false) }
        return [
            .buildCommand(
                displayName: "Embedding assets of \(target.name)",
                executable: try context.tool(named: "embed-assets").url,
                arguments: [isPhrases ? "phrases" : "files"] + paths,
                inputFiles: roots.flatMap(Self.files), outputFiles: [output])
        ]
    }

    private static func files(under root: URL) -> [URL] {
        let found = FileManager.default.enumerator(
            at: root, includingPropertiesForKeys: [.isRegularFileKey])
        return (found?.compactMap { $0 as? URL } ?? [])
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
            .sorted { $0.path < $1.path }
    }
}
