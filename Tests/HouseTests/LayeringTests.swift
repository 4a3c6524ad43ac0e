import Foundation
import Testing

/// A room and the rooms before it, which alone it may import.
struct Room: Sendable, CustomTestStringConvertible {
    let folder: String
    let mayImport: Set<String>
    /// Packages that only this room and those named beside it may use.
    let packages: Set<String>

    var testDescription: String { folder }

    private static let pure: Set<String> = [
        "Profiles", "Segments", "Exports", "Schedules", "Access",
    ]

    static let all: [Room] = [
        Room(folder: "Profiles", mayImport: [], packages: []),
        Room(folder: "Segments", mayImport: ["Profiles"], packages: []),
        Room(folder: "Schedules", mayImport: ["Profiles"], packages: []),
        Room(folder: "Exports", mayImport: ["Profiles", "Segments", "Schedules"], packages: []),
        Room(folder: "Access", mayImport: ["Profiles"], packages: ["Crypto", "CryptoExtras"]),
        Room(folder: "Phrases", mayImport: [], packages: []),
        Room(
            folder: "Transport", mayImport: [],
            packages: ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL"]),
        Room(folder: "RuleSQL", mayImport: ["Profiles", "Segments"], packages: []),
        Room(
            folder: "Destinations/ActiveCampaign",
            mayImport: ["Profiles", "Exports", "Transport"], packages: []),
        Room(
            folder: "Engines/SQLiteKit", mayImport: ["Profiles"], packages: ["GRDB", "GRDBSQLite"]),
        Room(
            folder: "Engines/SQLite",
            mayImport: ["Profiles", "Segments", "Exports", "RuleSQL", "SQLiteKit"],
            packages: ["GRDB", "GRDBSQLite"]),
        Room(
            folder: "Store", mayImport: pure.union(["SQLiteKit"]),
            packages: ["GRDB", "GRDBSQLite"]),
        Room(
            folder: "Delivery", mayImport: pure.union(["Transport", "Store"]),
            packages: ["DequeModule"]),
        Room(
            folder: "Acts", mayImport: pure.union(["Transport", "Store", "Delivery"]),
            packages: ["Logging"]),
        Room(
            folder: "Service", mayImport: pure.union(["Transport", "Store", "Delivery", "Acts"]),
            packages: ["Logging"]),
        Room(
            folder: "Web",
            mayImport: pure.union(["Phrases", "Store", "Delivery", "Acts", "Service"]),
            packages: [
                "Hummingbird", "HummingbirdCore", "HTTPTypes", "Mustache", "Logging", "NIOCore",
                "NIOHTTPTypes", "Yams", "ServiceLifecycle", "DequeModule",
            ]),
        Room(
            folder: "Sandbox", mayImport: ["Phrases"],
            packages: [
                "Hummingbird", "HummingbirdCore", "HTTPTypes", "Mustache", "Logging", "DequeModule",
                "NIOCore", "NIOPosix",
            ]),
    ]

    static let names: Set<String> = [
        "Profiles", "Segments", "Schedules", "Exports", "Access", "Phrases", "Transport", "RuleSQL",
        "ActiveCampaign", "SQLiteKit", "SQLiteEngine", "Store", "Delivery", "Acts", "Service",
        "Sandbox", "Web", "ferry",
    ]

    /// What comes with the toolchain.
    static let toolchain: Set<String> = [
        "Foundation", "FoundationNetworking", "Synchronization", "Dispatch", "Glibc", "Darwin",
        "Musl",
    ]
}

/// The sources as text, for rules that the compiler does not know.
enum Sources {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func files(in folder: String) -> [URL] {
        everything(in: folder).filter { $0.pathExtension == "swift" }
    }

    /// Templates, tables and documents too; no pictures.
    static func everything(in folder: String) -> [URL] {
        let directory = root.appending(path: folder)
        let found = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        let kinds: Set<String> = [
            "swift", "mustache", "json", "yaml", "md", "js", "css", "html", "svg",
        ]
        return (found?.compactMap { $0 as? URL } ?? []).filter { kinds.contains($0.pathExtension) }
    }

    static func lines(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    }

    /// The modules a file imports.
    static func imports(of file: URL) throws -> [String] {
        try lines(of: file).compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let position = words.firstIndex(of: "import"), words.count > position + 1,
                words[..<position].allSatisfy({ ["package", "@testable", "internal"].contains($0) })
            else { return nil }
            return words[position + 1]
        }
    }
}

struct LayeringTests {
    @Test(arguments: Room.all)
    func `a room imports only rooms before it and its own packages`(room: Room) throws {
        let allowed = room.mayImport.union(room.packages).union(Room.toolchain)
        var strangers: [String] = []
        for file in Sources.files(in: "Sources/\(room.folder)") {
            for module in try Sources.imports(of: file) where !allowed.contains(module) {
                strangers.append("\(file.lastPathComponent) imports \(module)")
            }
        }
        #expect(strangers.isEmpty)
    }

    @Test(arguments: Room.all)
    func `a room has files`(room: Room) {
        // Without this a renamed folder would make the rules above check nothing.
        #expect(!Sources.files(in: "Sources/\(room.folder)").isEmpty)
    }

    @Test
    func `only the composition root of the program names a concrete destination`() throws {
        let namers = try Sources.files(in: "Sources").filter { file in
            try Sources.imports(of: file).contains("ActiveCampaign")
        }
        #expect(namers.allSatisfy { $0.path().contains("/Sources/ferry/") })
        #expect(!namers.isEmpty)
    }

    @Test
    func `nothing but the registry and the manual's text names the first destination`() throws {
        // A second destination must find nothing that is made for the first.
        let folders = ["/Sources/Destinations/", "/Sources/Sandbox/", "/Sources/Phrases/"]
        var namers: [String] = []
        for file in Sources.everything(in: "Sources")
        where !folders.contains(where: file.path().contains) {
            let text = try String(contentsOf: file, encoding: .utf8)
            if text.contains("ActiveCampaign") { namers.append(file.lastPathComponent) }
        }
        #expect(namers.sorted() == ["Destinations.swift", "openapi.yaml"])
    }

    @Test
    func `only the store and engines speak SQL`() throws {
        let speakers = try Sources.files(in: "Sources").filter { file in
            let imports = try Sources.imports(of: file)
            return imports.contains("GRDB") || imports.contains("GRDBSQLite")
        }
        let strangers = speakers.filter {
            !$0.path().contains("/Sources/Store/") && !$0.path().contains("/Sources/Engines/")
        }
        #expect(strangers.isEmpty)
    }
}
