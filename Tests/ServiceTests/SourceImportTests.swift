import Acts
import Exports
import Foundation
import Profiles
import Service
import Store
import Testing

@Suite struct SourceImportTests {
    @Test func `a source is imported, then left alone until it holds something else`() async throws
    {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id,points\n1,5\n")
        guard case .imported(let summary) = try await world.importSource(source) else {
            Issue.record("it was not imported")
            return
        }
        #expect(summary.added == 1)
        #expect(try await world.importSource(source) == .unchanged)
        // The same content in another file is the same.
        try FileManager.default.removeItem(atPath: "\(world.center.folder.path)/a.csv")
        try world.write("id,points\n1,5\n", to: "a.csv", writtenAgo: 60)
        #expect(try await world.importSource(source) == .unchanged)
        #expect(try world.catalog.setup.source(id: source.id).lastState == .unchanged)
        try world.write("id,points\n1,6\n", to: "a.csv")
        guard case .imported(let second) = try await world.importSource(source) else {
            Issue.record("it was not imported again")
            return
        }
        #expect(second.changed == 1)
        #expect(try world.catalog.history.imports(ofSource: source.id, limit: 9).count == 2)
    }

    @Test func `a person imports a source even if it has not changed`() async throws {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        _ = try await world.importSource(source)
        let job = try await world.end(
            of: world.desk.start(source: source.id, by: ImportWorld.actor))
        #expect(job.state == .done && job.summary?.unchanged == 1)
    }

    @Test func `a file that moves between two looks waits for the next refresh`() async throws {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        try world.write("id\n1\n2\n", to: "a.csv", writtenAgo: 1)
        world.betweenLooks { [unowned world] in
            try world.write("id\n1\n2\n3\n", to: "a.csv", writtenAgo: 0)
        }
        let trouble = await #expect(throws: ImportTrouble.self) {
            try await world.importSource(source)
        }
        #expect(trouble?.code == "file-busy" && trouble?.isPassing == true)
        #expect(try world.catalog.setup.source(id: source.id).lastState == .postponed)
        #expect(try world.catalog.history.imports(limit: 9).isEmpty)
        world.betweenLooks {}
        _ = try await world.importSource(source)
        #expect(try world.profiles() == 3)
    }

    @Test
    func
        `a file replaced in the middle of its import brings what it was, and the next time what it is`()
        async throws
    {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        world.engine.whileImporting { [unowned world] in
            try world.write("id\n1\n2\n", to: "b.csv")
            let folder = world.center.folder.path
            _ = rename("\(folder)/b.csv", "\(folder)/a.csv")
        }
        _ = try await world.importSource(source)
        #expect(try world.profiles() == 1)
        world.engine.whileImporting {}
        _ = try await world.importSource(source)
        #expect(try world.profiles() == 2)
    }

    @Test func `a file written to in the middle of its import is read once more`() async throws {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        world.engine.whileImporting { [unowned world] in
            world.engine.whileImporting {}
            let handle = try FileHandle(
                forWritingTo: URL(filePath: "\(world.center.folder.path)/a.csv"))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("2\n".utf8))
            try handle.close()
        }
        guard case .imported(let summary) = try await world.importSource(source) else {
            Issue.record("it was not imported")
            return
        }
        #expect(summary.added == 2)
        #expect(try world.profiles() == 2)
    }

    @Test func `a file written to all the time is given up with its reason, and leaves nothing`()
        async throws
    {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        world.engine.whileImporting { [unowned world] in
            let handle = try FileHandle(
                forWritingTo: URL(filePath: "\(world.center.folder.path)/a.csv"))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("2\n".utf8))
            try handle.close()
        }
        let trouble = await #expect(throws: ImportTrouble.self) {
            try await world.importSource(source)
        }
        #expect(trouble?.code == "file-changed")
        #expect(try world.profiles() == 0)
        let job = try #require(try world.catalog.history.imports(limit: 1).first)
        #expect(job.state == .failed && job.reason == "file-changed")
        #expect(try world.catalog.setup.source(id: source.id).lastState == .failed)
    }

    @Test func `a file that is gone fails with its name and no import`() async throws {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        try FileManager.default.removeItem(atPath: "\(world.center.folder.path)/a.csv")
        let trouble = await #expect(throws: ImportTrouble.self) {
            try await world.importSource(source)
        }
        #expect(trouble?.code == "missing-file")
        #expect(trouble?.facts["file"] == "a.csv")
        #expect(try world.catalog.history.imports(limit: 1).isEmpty)
    }

    @Test func `a refresh waits for the import that a person started`() async throws {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        world.engine.gate.close()
        let job = try world.desk.start(source: source.id, by: ImportWorld.actor)
        await world.reach(job) { $0 != .waiting }
        async let outcome = world.importSource(source)
        world.engine.gate.open()
        switch try await outcome {
        // It depends on which of the two is faster.
        case .imported(let summary): #expect(summary.added == 1)
        case .unchanged: break
        }
        #expect(try world.catalog.history.imports(limit: 9).map(\.id) == [job.id])
    }

    @Test(arguments: [false, true])
    func `a refresh puts in order what an earlier process left of a source's import`(
        hadBegun: Bool
    ) async throws {
        let world = try ImportWorld()
        let source = try await world.source("a.csv", "id\n1\n")
        let left = try world.catalog.history.addImport(
            HistoryCatalog.NewImport(
                source: source.id, fileName: source.file, bytes: 5, choices: source.choices,
                state: .waiting), by: ImportWorld.actor)
        if hadBegun { #expect(try world.catalog.history.beginImport(left.id)) }
        switch try await world.importSource(source) {
        case .imported(let summary): #expect(summary.added == 1)
        // What waited may have been carried out before anybody looked for it.
        case .unchanged: #expect(!hadBegun)
        }
        #expect(try world.profiles() == 1)
        #expect(
            try world.catalog.history.fileImport(id: left.id).state == (hadBegun ? .failed : .done))
        #expect(try world.catalog.history.openImport(ofSource: source.id) == nil)
    }

    @Test(arguments: ["../people.csv", "/etc/passwd", "..", ".", "", "a/b.csv", "a\u{0}.csv"])
    func `a name that leads out of the folder is refused`(name: String) throws {
        let world = try ImportWorld()
        let trouble = #expect(throws: ImportTrouble.self) { try world.center.folder.open(name) }
        #expect(trouble?.code == "outside")
    }

    @Test func `links are followed inside the folder and nowhere else`() throws {
        let world = try ImportWorld()
        let folder = world.center.folder
        try world.write("id\n1\n", to: "2026.csv")
        try Data("id\n1\n".utf8).write(to: world.folder.appending(path: "out.csv"))
        for (name, target) in [
            ("current.csv", "2026.csv"), ("up.csv", "../out.csv"), ("whole.csv", "/etc/passwd"),
            ("chain.csv", "up.csv"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.path)/\(name)", withDestinationPath: target)
        }
        #expect(try folder.open("current.csv").bytes == 5)
        for name in ["up.csv", "whole.csv", "chain.csv"] {
            #expect(throws: ImportTrouble.self, "\(name)") { try folder.open(name) }
        }
        #expect(folder.entries().map(\.name) == ["2026.csv", "current.csv"])
    }

    @Test func `a pipe in the folder holds up nobody`() throws {
        let world = try ImportWorld()
        #expect(mkfifo("\(world.center.folder.path)/pipe.csv", 0o600) == 0)
        #expect(throws: ImportTrouble.self) { try world.center.folder.open("pipe.csv") }
        #expect(world.center.folder.entries() == [])
    }
}
