import Access
import Acts
import Exports
import Foundation
import Logging
import Profiles
import SQLiteEngine
import Segments
import Store
import Synchronization
import Testing

@testable import Service

@Suite struct ImportCenterTests {
    @Test func `an upload is imported, and its file is gone afterwards`() async throws {
        let world = try ImportWorld()
        let job = try await world.importUpload("id,points\n1,5\n2,6\n")
        #expect(job.state == .done && job.summary?.added == 2)
        #expect(try world.profiles() == 2)
        #expect(world.uploadedFiles() == [])
        #expect(job.upload == nil)
    }

    @Test func `bad rows are set aside and can be fetched`() async throws {
        let world = try ImportWorld()
        let job = try await world.importUpload("id,points\n1,5\n2\n", skipsBadRows: true)
        #expect(job.state == .done && job.summary?.skipped == 1)
        let path = try #require(world.center.badRowsPath(of: job))
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\n3,"))
    }

    @Test func `one bad row fails the import, which leaves nothing and may be started again`()
        async throws
    {
        let world = try ImportWorld()
        let failed = try await world.importUpload("id,points\n1,5\n2\n")
        #expect(failed.state == .failed && failed.reason == "bad-rows")
        #expect(failed.problems.map(\.line) == [3])
        #expect(try world.profiles() == 0)
        var choices = failed.choices
        choices.skipsBadRows = true
        let again = try await world.end(
            of: world.desk.start(failed.id, choices: choices, by: ImportWorld.actor))
        #expect(again.state == .done && again.summary?.added == 1)
    }

    @Test func `imports are carried out one at a time, in the order they were started`()
        async throws
    {
        let world = try ImportWorld()
        world.engine.gate.close()
        let first = try world.upload("id\n1\n", starts: true)
        let second = try world.upload("id\n2\n", starts: true)
        await world.reach(first) { $0 != .waiting }
        #expect(world.center.standing(of: second.id) == .waiting)
        #expect(try world.catalog.history.fileImport(id: second.id).state == .waiting)
        world.engine.gate.open()
        _ = try await world.end(of: second)
        #expect(try world.catalog.history.fileImport(id: first.id).state == .done)
        #expect(world.engine.atOnce == 1)
        #expect(try world.profiles() == 2)
    }

    @Test func `cancelling what runs leaves nothing`() async throws {
        let world = try ImportWorld()
        world.engine.gate.close()
        let job = try world.upload("id\n1\n", starts: true)
        await world.reach(job) { $0 != .waiting }
        try world.desk.cancel(job.id, by: ImportWorld.actor)
        world.engine.gate.open()
        let cancelled = try await world.end(of: job)
        #expect(cancelled.state == .cancelled)
        #expect(try world.profiles() == 0)
        #expect(try world.engine.lastImport() == nil)
    }

    @Test func `cancelling what waits ends it at once`() async throws {
        let world = try ImportWorld()
        world.engine.gate.close()
        let first = try world.upload("id\n1\n", starts: true)
        let second = try world.upload("id\n2\n", starts: true)
        await world.reach(first) { $0 != .waiting }
        try world.desk.cancel(second.id, by: ImportWorld.actor)
        #expect(try world.catalog.history.fileImport(id: second.id).state == .cancelled)
        world.engine.gate.open()
        _ = try await world.end(of: first)
        // Whatever was queued behind it has had its turn by now.
        try await world.center.onQueue {}
        #expect(try world.profiles() == 1)
    }

    @Test func `a draft that is cancelled takes its file along`() throws {
        let world = try ImportWorld()
        let draft = try world.upload("id\n1\n", starts: false)
        #expect(world.uploadedFiles().count == 1)
        try world.desk.cancel(draft.id, by: ImportWorld.actor)
        #expect(world.uploadedFiles() == [])
        #expect(try world.catalog.history.fileImport(id: draft.id).state == .cancelled)
    }

    // MARK: Crashes

    @Test func `an import that a crash cut short is failed, and what waited takes its turn`()
        async throws
    {
        let world = try ImportWorld()
        let cut = try world.upload("id\n1\n", starts: false)
        _ = try world.catalog.history.startImport(cut.id, by: ImportWorld.actor)
        #expect(try world.catalog.history.beginImport(cut.id))
        let waiting = try world.upload("id\n2\n", starts: false)
        _ = try world.catalog.history.startImport(waiting.id, by: ImportWorld.actor)
        let next = world.anotherCenter()
        try next.recover()
        for await _ in next.updates(of: waiting.id) {}
        let failed = try world.catalog.history.fileImport(id: cut.id)
        #expect(failed.state == .failed && failed.reason == "interrupted")
        #expect(try world.catalog.history.fileImport(id: waiting.id).state == .done)
        #expect(try world.profiles() == 1)
    }

    @Test func `an import that was in when the crash came is done`() async throws {
        let world = try ImportWorld()
        let job = try world.upload("id\n1\n", starts: false)
        _ = try world.catalog.history.startImport(job.id, by: ImportWorld.actor)
        #expect(try world.catalog.history.beginImport(job.id))
        let file = world.folder.appending(path: "people.csv").path()
        try Data("id\n1\n".utf8).write(to: URL(filePath: file))
        _ = try world.engine.importProfiles(
            try ImportFile(path: file), options: ImportOptions(key: "id"), mark: job.id.rawValue,
            now: Timestamp(milliseconds: 0), progress: { _ in }, isCancelled: { false })
        try world.anotherCenter().recover()
        let done = try world.catalog.history.fileImport(id: job.id)
        #expect(done.state == .done && done.summary?.added == 1)
    }

    @Test func `the end of the service puts the import under way back in its queue`() async throws {
        let world = try ImportWorld()
        world.engine.gate.close()
        let job = try world.upload("id\n1\n", starts: true)
        await world.reach(job) { $0 != .waiting }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await world.center.run() }
            group.cancelAll()
            // Its end waits for the import, which notices the wish to stop at its next report.
            world.engine.gate.openWhenStopped()
            try await group.waitForAll()
        }
        #expect(try world.catalog.history.fileImport(id: job.id).state == .waiting)
        #expect(try world.profiles() == 0)
        let next = world.anotherCenter()
        world.engine.gate.open()
        try next.recover()
        for await _ in next.updates(of: job.id) {}
        #expect(try world.catalog.history.fileImport(id: job.id).state == .done)
    }

    // MARK: Leftovers

    @Test func `uploads that nobody imports go after a day, and files of nobody with them`() throws
    {
        let world = try ImportWorld()
        let draft = try world.upload("id\n1\n", starts: false)
        let uploads = world.center.uploads
        try Data("x".utf8).write(to: URL(filePath: "\(uploads.path)/stray"))
        try world.center.clearAway()
        #expect(world.uploadedFiles().count == 2)
        world.pass(hours: 25)
        try world.center.clearAway()
        #expect(world.uploadedFiles() == [])
        let expired = try world.catalog.history.fileImport(id: draft.id)
        #expect(expired.state == .cancelled && expired.reason == "expired")
    }

    @Test func `an upload that is given up, or too large, leaves nothing`() throws {
        let world = try ImportWorld(uploadBytesMax: 10)
        do {
            let writer = try world.center.uploads.begin()
            try Array(repeating: UInt8(0), count: 10).withUnsafeBytes { try writer.append($0) }
            #expect(world.uploadedFiles().count == 1)
            #expect(throws: UploadFolder.Trouble.tooLarge) {
                try [UInt8(0)].withUnsafeBytes { try writer.append($0) }
            }
        }
        #expect(world.uploadedFiles() == [])
    }

    // MARK: Choices that contradict

    @Test func `missing profiles are not removed beside sources, nor while bad rows are set aside`()
        async throws
    {
        let world = try ImportWorld()
        let draft = try world.upload("id\n1\n", starts: false)
        var choices = draft.choices
        choices.options.removeMissing = true
        choices.skipsBadRows = true
        let both = await #expect(throws: StoreError.self) {
            try await world.desk.start(draft.id, choices: choices, by: ImportWorld.actor)
        }
        #expect(both?.code == .conflictingChoices)
        choices.skipsBadRows = false
        _ = try await world.source("a.csv", "id\n1\n")
        let beside = await #expect(throws: StoreError.self) {
            try await world.desk.start(draft.id, choices: choices, by: ImportWorld.actor)
        }
        #expect(beside?.code == .notAlone)
        #expect(try world.catalog.history.fileImport(id: draft.id).state == .draft)
    }
}

/// A center over real databases, with an engine that a test can hold up.
final class ImportWorld: Sendable {
    static let actor = Actor(name: "user:maria")

    let folder: URL
    let catalog: Catalog
    let engine: HeldEngine
    let center: ImportCenter
    private let uploadBytesMax: Int
    private let clock = Mutex<Int64>(Int64(Date().timeIntervalSince1970 * 1_000))
    /// Called between two looks at a file.
    private let betweenLooks = Mutex<@Sendable () throws -> Void>({})
    private let box: Box

    private final class Box: Sendable {
        struct Weak { weak var world: ImportWorld? }
        let held = Mutex(Weak())
        var world: ImportWorld? { held.withLock { $0.world } }
    }

    init(uploadBytesMax: Int = 1 << 20) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ferry-imports-\(UUID())")
        let directory = try DataDirectory(path: folder.path(), use: .changing(purpose: "test"))
        catalog = try Catalog(path: directory.catalogPath)
        engine = HeldEngine(try SQLiteProfileEngine(path: directory.profilesPath))
        self.uploadBytesMax = uploadBytesMax
        let box = Box()
        self.box = box
        center = Self.center(folder, catalog, engine, uploadBytesMax, box)
        box.held.withLock { $0.world = self }
        center.folder.make()
    }

    deinit {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    private static func center(
        _ folder: URL, _ catalog: Catalog, _ engine: HeldEngine, _ uploadBytesMax: Int, _ box: Box
    ) -> ImportCenter {
        ImportCenter(
            catalog: catalog, engine: engine,
            folder: SourceFolder(path: folder.appending(path: "sources").path()),
            uploads: UploadFolder(
                path: folder.appending(path: "uploads").path(), bytesMax: uploadBytesMax),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { box.world?.now ?? 0 },
            pause: { _ in try box.world?.betweenLooks.withLock { $0 }() })
    }

    /// The center of the next process.
    func anotherCenter() -> ImportCenter {
        Self.center(folder, catalog, engine, uploadBytesMax, box)
    }

    var desk: ImportDesk { ImportDesk(catalog: catalog, engine: engine, port: center) }

    var now: Int64 { clock.withLock { $0 } }
    func pass(hours: Int64) { clock.withLock { $0 += hours * 3_600_000 } }
    func betweenLooks(_ act: @escaping @Sendable () throws -> Void) {
        betweenLooks.withLock { $0 = act }
    }

    func uploadedFiles() -> [String] { center.uploads.names() }
    func profiles() throws -> Int { try engine.count(.always, .none) }

    func upload(
        _ text: String, starts: Bool, skipsBadRows: Bool = false
    ) throws -> FileImport {
        let writer = try center.uploads.begin()
        try Array(text.utf8).withUnsafeBytes { try writer.append($0) }
        let id = try desk.add(
            ImportDesk.NewFile(name: "people.csv", bytes: writer.bytes, upload: writer.name),
            choices: ImportChoices(ImportOptions(key: "id"), skipsBadRows: skipsBadRows),
            starts: starts, by: Self.actor)
        writer.finish()
        return try catalog.history.fileImport(id: id)
    }

    func importUpload(_ text: String, skipsBadRows: Bool = false) async throws -> FileImport {
        try await end(of: upload(text, starts: true, skipsBadRows: skipsBadRows))
    }

    func end(of job: FileImport) async throws -> FileImport {
        for await _ in center.updates(of: job.id) {}
        return try catalog.history.fileImport(id: job.id)
    }

    func reach(_ job: FileImport, _ isReached: (ImportStanding) -> Bool) async {
        for await standing in center.updates(of: job.id) where isReached(standing) { return }
    }

    func write(_ text: String, to name: String, writtenAgo seconds: Double = 3_600) throws {
        let path = "\(center.folder.path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(now) / 1_000 - seconds)],
            ofItemAtPath: path)
    }

    /// A source whose file was written long ago.
    func source(_ name: String, _ text: String) async throws -> Source {
        try write(text, to: name)
        return try await desk.declare(
            SourceDraft(
                name: name, file: name, choices: ImportChoices(ImportOptions(key: "id"))),
            by: Self.actor)
    }

    func importSource(_ source: Source) async throws -> SourceOutcome {
        try await center.importSource(source.id, progress: { _ in }, isCancelled: { false })
    }
}

/// The real engine, with a gate in every report of an import.
final class HeldEngine: EmptyEngine {
    let engine: SQLiteProfileEngine
    let gate = Gate()
    private let counts = Mutex((now: 0, most: 0))
    private let hook = Mutex<@Sendable () throws -> Void>({})

    init(_ engine: SQLiteProfileEngine) {
        self.engine = engine
    }

    /// The most imports there were at the same time.
    var atOnce: Int { counts.withLock { $0.most } }

    /// Called at the first report of every import.
    func whileImporting(_ act: @escaping @Sendable () throws -> Void) {
        hook.withLock { $0 = act }
    }

    func importProfiles(
        _ file: ImportFile, options: ImportOptions, mark: Int64?, now: Timestamp,
        progress: (ImportProgress) -> Void, isCancelled: () -> Bool
    ) throws -> ImportSummary {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
        defer { counts.withLock { $0.now -= 1 } }
        var isFirst = true
        return try engine.importProfiles(
            file, options: options, mark: mark, now: now,
            progress: { news in
                progress(news)
                gate.pass(isCancelled)
                guard isFirst else { return }
                isFirst = false
                // What it cannot do shows in what the test expects of it.
                try? hook.withLock { $0 }()
            }, isCancelled: isCancelled)
    }

    func lastImport() throws -> (mark: Int64, summary: ImportSummary)? { try engine.lastImport() }
    func schema(_ limits: CallLimits) throws -> ProfileSchema { try engine.schema(limits) }
    func count(_ predicate: Segments.Predicate, _ limits: CallLimits) throws -> Int {
        try engine.count(predicate, limits)
    }
}

/// A gate that holds up the thread of an import.
final class Gate: Sendable {
    private struct State {
        var isOpen = true
        var opensWhenStopped = false
    }

    private let condition = NSCondition()
    private let state = Mutex(State())

    func close() { state.withLock { $0.isOpen = false } }

    func open() { set { $0.isOpen = true } }

    /// Lets through whoever is asked to stop.
    func openWhenStopped() { set { $0.opensWhenStopped = true } }

    func pass(_ isStopped: () -> Bool) {
        condition.lock()
        defer { condition.unlock() }
        while state.withLock({ !$0.isOpen && !($0.opensWhenStopped && isStopped()) }) {
            // The wish to stop does not ring.
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.01))
        }
    }

    private func set(_ change: (inout sending State) -> Void) {
        condition.lock()
        defer { condition.unlock() }
        state.withLock { change(&$0) }
        condition.broadcast()
    }
}
