import Foundation

/// `embed-assets files FOLDER… OUTPUT` writes each file as a string by its path below its folder;
/// `embed-assets phrases FOLDER… OUTPUT` joins the phrase tables of each language and writes their keys as
/// an enum.
@main
enum EmbedAssetsTool {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 2, let mode = arguments.first, let output = arguments.last else {
            throw EmbedError("embed-assets takes a mode, folders and an output file.")
        }
        let folders = arguments.dropFirst().dropLast().map { URL(filePath: $0) }
        let text = try mode == "phrases" ? Phrases.source(of: folders) : Files.source(of: folders)
        try Data(text.utf8).write(to: URL(filePath: output))
    }
}

struct EmbedError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

enum Files {
    static func source(of folders: [URL]) throws -> String {
        var lines = ["enum EmbeddedAssets {", "    static let all: [String: String] = ["]
        for folder in folders {
            for path in try paths(under: folder) {
                lines.append(
                    "\"\(folder.lastPathComponent)/\(path)\": \(try literal(folder, path)),")
            }
        }
        return (lines + ["    ]", "}", ""]).joined(separator: "\n")
    }

    static func paths(under folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
            .filter { path in
                var isDirectory: ObjCBool = false
                let full = folder.appending(path: path).path(percentEncoded: false)
                return FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory)
                    && !isDirectory.boolValue
            }
            .sorted()
    }

    static func text(_ folder: URL, _ path: String) throws -> String {
        let data = try Data(contentsOf: folder.appending(path: path))
        guard let text = String(data: data, encoding: .utf8) else {
            throw EmbedError("'\(path)' is not UTF-8 text.")
        }
        return text
    }

    private static func literal(_ folder: URL, _ path: String) throws -> String {
        try quoted(text(folder, path), path)
    }

    static func quoted(_ text: String, _ name: String) throws -> String {
        guard !text.contains("\"\"\"###"), !text.contains("\\###") else {
            throw EmbedError("'\(name)' holds the sign that ends a string.")
        }
        return "###\"\"\"\n\(text)\n\"\"\"###"
    }
}

enum Phrases {
    private static let pluralCategories: Set<String> = ["one", "two", "few", "many", "other"]

    /// Tables lie in `<folder>/<language>/<area>.json`.
    static func source(of folders: [URL]) throws -> String {
        var tables: [String: [String: String]] = [:]
        for folder in folders {
            for path in try Files.paths(under: folder) where path.hasSuffix(".json") {
                let language = path.split(separator: "/").first.map(String.init) ?? ""
                let entries: [String: String]
                do {
                    entries = try JSONDecoder().decode(
                        [String: String].self, from: Data(Files.text(folder, path).utf8))
                } catch {
                    throw EmbedError("'\(path)' is not a flat JSON object of texts: \(error)")
                }
                try tables[language, default: [:]].merge(entries) { _, _ in
                    throw EmbedError("'\(path)' repeats a key of another table.")
                }
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines = [
            "/// Every phrase that a page or a message may show, by the key under which the tables hold it.",
            "package enum Phrase: String, CaseIterable, Sendable {",
        ]
        let keys = Set((tables["en"] ?? [:]).keys.map(withoutCategory)).sorted()
        lines += keys.map { "    case \(caseName($0)) = \"\($0)\"" }
        lines += ["}", "", "enum PhraseTables {", "    static let json: [String: String] = ["]
        for (language, table) in tables.sorted(by: { $0.key < $1.key }) {
            let json = String(decoding: try encoder.encode(table), as: UTF8.self)
            lines.append("\"\(language)\": \(try Files.quoted(json, language)),")
        }
        return (lines + ["    ]", "}", ""]).joined(separator: "\n")
    }

    /// A counted phrase stands once per plural category, under its key, a dot and the category.
    private static func withoutCategory(_ key: String) -> String {
        var parts = key.split(separator: ".")
        if parts.count > 2, let last = parts.last, pluralCategories.contains(String(last)) {
            parts.removeLast()
        }
        return parts.joined(separator: ".")
    }

    /// `reason.no-email` becomes `reasonNoEmail`.
    private static func caseName(_ key: String) -> String {
        let parts = key.split { $0 == "." || $0 == "-" || $0 == "_" }
        return parts.enumerated().map { index, part in
            index == 0 ? String(part) : part.prefix(1).uppercased() + part.dropFirst()
        }.joined()
    }
}
