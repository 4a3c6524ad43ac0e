import Access
import Exports
import Foundation
import GRDB
import Profiles
import Segments
import TestSupport
import Testing

@testable import Store

@Suite struct CatalogSegmentSizeTests {
    private let fixture: CatalogFixture
    private let all: Segment

    init() throws {
        fixture = try CatalogFixture()
        all = try fixture.catalog.setup.segment(named: "All")
    }

    private func add(_ name: String, rule: String) throws -> Segment {
        try fixture.catalog.setup.addSegment(
            named: name, definition: .dynamic(rule: rule), by: CatalogFixture.actor)
    }

    private func entry(_ name: String) throws -> SegmentEntry {
        try #require(try fixture.catalog.history.segmentEntries().first { $0.segment.name == name })
    }

    // MARK: Evaluations

    @Test func `a segment that was never evaluated has no size`() throws {
        let entry = try entry("All")
        #expect(entry.members == nil)
        #expect(entry.evaluatedAt == nil)
        #expect(entry.trouble == nil)
        #expect(try fixture.catalog.history.sizes(ofSegment: all.id).isEmpty)
    }

    @Test func `the last evaluation is the segment's size, and each is kept`() throws {
        try fixture.catalog.history.noteEvaluation(of: all, members: 5, at: 1_000)
        try fixture.catalog.history.noteEvaluation(of: all, members: 0, at: 2_000)
        let entry = try entry("All")
        #expect(entry.members == 0)
        #expect(entry.evaluatedAt == 2_000)
        #expect(
            try fixture.catalog.history.sizes(ofSegment: all.id)
                == [SegmentSize(at: 1_000, members: 5), SegmentSize(at: 2_000, members: 0)])
    }

    @Test func `two evaluations at one moment are one`() throws {
        try fixture.catalog.history.noteEvaluation(of: all, members: 5, at: 1_000)
        try fixture.catalog.history.noteEvaluation(of: all, members: 6, at: 1_000)
        #expect(
            try fixture.catalog.history.sizes(ofSegment: all.id) == [
                SegmentSize(at: 1_000, members: 6)
            ])
    }

    @Test func `a failure keeps the size and is forgotten by the next evaluation`() throws {
        let trouble = SegmentTrouble(code: "rule-invalid", detail: "No attribute 'x'.", at: 2_000)
        try fixture.catalog.history.noteEvaluation(of: all, members: 5, at: 1_000)
        try fixture.catalog.history.noteTrouble(trouble, ofSegment: all)
        let failed = try entry("All")
        #expect(failed.members == 5)
        #expect(failed.evaluatedAt == 1_000)
        #expect(failed.trouble == trouble)
        try fixture.catalog.history.noteEvaluation(of: all, members: 6, at: 3_000)
        #expect(try entry("All").trouble == nil)
    }

    @Test func `what was counted by a definition that was changed meanwhile is not kept`() throws {
        let counted = try add("News", rule: "Email is empty")
        try fixture.catalog.setup.setDefinition(
            .dynamic(rule: "everyone"), ofSegment: "News", by: CatalogFixture.actor)
        try fixture.catalog.history.noteEvaluation(of: counted, members: 5, at: 1_000)
        try fixture.catalog.history.noteTrouble(
            SegmentTrouble(code: "storage", detail: "", at: 1), ofSegment: counted)
        #expect(try entry("News").members == nil)
        #expect(try entry("News").trouble == nil)
        #expect(try fixture.catalog.history.sizes(ofSegment: counted.id).isEmpty)
        let changed = try fixture.catalog.setup.segment(named: "News")
        try fixture.catalog.history.noteEvaluation(of: changed, members: 6, at: 2_000)
        #expect(try entry("News").members == 6)
    }

    @Test func `evaluations leave no audit row`() throws {
        let before = try fixture.audit()
        try fixture.catalog.history.noteEvaluation(of: all, members: 5, at: 1_000)
        try fixture.catalog.history.noteTrouble(
            SegmentTrouble(code: "storage", detail: "", at: 1), ofSegment: all)
        #expect(try fixture.audit() == before)
    }

    @Test func `an evaluation of a segment that is gone is refused`() throws {
        let gone = try add("Gone", rule: "Email is empty")
        _ = try fixture.catalog.setup.removeSegment(named: "Gone", by: CatalogFixture.actor)
        let error = #expect(throws: StoreError.self) {
            try fixture.catalog.history.noteEvaluation(of: gone, members: 1, at: 1)
        }
        #expect(error?.code == .notFound)
        #expect(try fixture.count("SELECT count(*) FROM segmentSize") == 0)
    }

    @Test func `a thousand sizes are kept, the newest`() throws {
        try fixture.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
            INSERT INTO segmentSize (segment, at, members) SELECT \(all.id), i, i FROM n
            """)
        let other = try add("Other", rule: "Email is empty")
        try fixture.catalog.history.noteEvaluation(of: other, members: 1, at: 1)
        try fixture.catalog.history.noteEvaluation(of: all, members: 7, at: 2_000)
        let sizes = try fixture.catalog.history.sizes(ofSegment: all.id)
        #expect(sizes.count == 1_000)
        #expect(sizes.first?.at == 202)
        #expect(sizes.last == SegmentSize(at: 2_000, members: 7))
        #expect(try fixture.catalog.history.sizes(ofSegment: other.id).count == 1)
    }

    @Test func `sizes older than two years go`() throws {
        let day: Int64 = 86_400_000
        for at in [0, 300 * day, 800 * day] {
            try fixture.catalog.history.noteEvaluation(of: all, members: 1, at: at)
        }
        #expect(
            try fixture.catalog.history.sizes(ofSegment: all.id).map(\.at) == [
                300 * day, 800 * day,
            ])
    }

    @Test func `sizes are read from a moment on, and page by page from the newest`() throws {
        let other = try add("Other", rule: "Email is empty")
        for at in 1...5 {
            try fixture.catalog.history.noteEvaluation(of: all, members: at, at: Int64(at))
        }
        try fixture.catalog.history.noteEvaluation(of: other, members: 9, at: 4)
        #expect(try fixture.catalog.history.sizes(ofSegment: all.id, since: 4).map(\.at) == [4, 5])
        #expect(
            try fixture.catalog.history.sizes(ofSegment: all.id, before: nil, limit: 2).map(\.at)
                == [5, 4])
        #expect(
            try fixture.catalog.history.sizes(ofSegment: all.id, before: 4, limit: 9).map(\.at)
                == [3, 2, 1])
        let every = try fixture.catalog.history.segmentSizes(since: 4)
        #expect(every.mapValues { $0.map(\.members) } == [all.id: [4, 5], other.id: [9]])
    }

    @Test func `sizes go with their segment`() throws {
        let other = try add("Other", rule: "Email is empty")
        try fixture.catalog.history.noteEvaluation(of: other, members: 9, at: 4)
        _ = try fixture.catalog.setup.removeSegment(named: "Other", by: CatalogFixture.actor)
        #expect(try fixture.count("SELECT count(*) FROM segmentSize") == 0)
    }

    // MARK: Uses

    @Test func `an entry names the exports and the segments that use it`() throws {
        let inner = try add("Inner", rule: "in segment 'all'")
        _ = try add("Outer", rule: "Email is empty or (in segment 'All' and in segment 'Inner')")
        let more = try fixture.addExport("More") { $0.segments = ["Inner", "All"] }
        let uses = try entry("All").usedBy
        #expect(uses.exports.map(\.name) == ["More", "News"])
        #expect(uses.exports.map(\.id) == [more.id, fixture.export.id])
        #expect(uses.segments.map(\.name) == ["Inner", "Outer"])
        #expect(try entry("Inner").usedBy.exports.map(\.name) == ["More"])
        #expect(try entry("Outer").usedBy.isEmpty)
        #expect(try fixture.catalog.history.segmentEntry(id: inner.id)?.segment == inner)
        #expect(try fixture.catalog.history.segmentEntry(id: 999) == nil)
    }

    @Test func `a rule that cannot be read uses nothing`() throws {
        _ = try add("Broken", rule: "in segment 'All' and and")
        #expect(try entry("All").usedBy.segments.isEmpty)
    }

    // MARK: Freezing

    @Test func `a frozen segment keeps its rule aside, and gives it back when it gets one`() throws
    {
        try fixture.catalog.setup.noteFreezing(of: all.id, by: CatalogFixture.actor)
        let frozen = try entry("All")
        #expect(frozen.segment.definition == .static)
        #expect(frozen.formerRule == "Email is not empty")
        // Freezing it again loses nothing.
        try fixture.catalog.setup.noteFreezing(of: all.id, by: CatalogFixture.actor)
        #expect(try entry("All").formerRule == "Email is not empty")
        try fixture.catalog.setup.setDefinition(
            .dynamic(rule: "Email is empty"), ofSegment: "All", by: CatalogFixture.actor)
        #expect(try entry("All").formerRule == nil)
    }

    @Test func `a catalog of the version before keeps its segments and gains their sizes`() throws {
        let path = fixture.folder.appending(path: "before.sqlite").path
        let before = try DatabaseQueue(path: path)
        try CatalogMigrations.migrator.migrate(before, upTo: "0005-approve-runs")
        try before.write { db in
            try db.execute(
                sql: """
                    INSERT INTO segment (name, rule, createdAt, changedAt)
                    VALUES ('Old', 'everyone', 7, 8)
                    """)
        }
        try before.close()
        let catalog = try Catalog(path: path)
        let entry = try #require(try catalog.history.segmentEntries().first)
        #expect(entry.segment.definition == .dynamic(rule: "everyone"))
        #expect(entry.createdAt == 7)
        #expect(entry.changedAt == 8)
        try catalog.history.noteEvaluation(of: entry.segment, members: 3, at: 9)
        #expect(try catalog.history.segmentEntries().first?.members == 3)
    }
}
