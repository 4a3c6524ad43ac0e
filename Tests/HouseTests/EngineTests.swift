import Foundation
import Testing

/// What keeps an engine's habits in its own room, and its slowness off the threads of requests.
struct EngineTests {
    private func users(
        of word: String, except allowed: [String]
    ) throws -> [String] {
        try Sources.files(in: "Sources").filter { file in
            if allowed.contains(where: { file.path().contains("/Sources/\($0)") }) { return false }
            return try Sources.lines(of: file).contains { $0.contains(word) }
        }.map(\.lastPathComponent)
    }

    @Test
    func `calls of an engine's ports are made in one place, and by what has a thread of its own`()
        throws
    {
        // Ports block, and take limits: who cannot name these cannot call a port in passing.
        let allowed = [
            "Exports/Engine/", "Engines/", "Delivery/Planning/Planner.swift",
            "Acts/Exports/MemberCounter.swift",
        ]
        #expect(try users(of: "CallLimits", except: allowed) == [])
        #expect(try users(of: "CallLimits(", except: Array(allowed.dropLast())) == [])
    }

    @Test
    func `only the composition root names the embedded engine`() throws {
        #expect(
            try users(
                of: "SQLiteProfileEngine", except: ["Engines/", "ferry/Shared/Workspace.swift"])
                == [])
        let importers = try Sources.files(in: "Sources").filter {
            try Sources.imports(of: $0).contains("SQLiteEngine")
        }
        #expect(importers.map(\.lastPathComponent) == ["Workspace.swift"])
    }

    @Test
    func `SQLite's spelling of rules stands in its engine`() throws {
        for word in ["json_each", "ferry_fold", "substr("] {
            let allowed = ["Engines/SQLite/", "Store/", "Segments/CaseFolding.swift"]
            #expect(try users(of: word, except: allowed) == [])
        }
    }
}
