import GRDB
import Profiles
package import Segments

/// Evaluations of segments: they change nobody's work, so they leave no audit row.
extension HistoryCatalog {
    /// Sizes that are kept of one segment, and for how long.
    private static let sizesMax = 1_000
    private static let sizesMilliseconds: Int64 = 2 * 366 * 86_400_000

    /// Writes down that a segment was evaluated at a moment (milliseconds since 1970). What went wrong
    /// before is forgotten. Nothing is written when the segment has another definition meanwhile than the one
    /// that was counted. Throws `StoreError.notFound` when the segment is gone.
    package func noteEvaluation(
        of segment: Segment, members: Int, at moment: Int64
    ) throws {
        let id = segment.id
        try database.write { db in
            guard try Self.isUnchanged(segment, in: db) else { return }
            try db.execute(
                sql: """
                    UPDATE segment SET evaluatedAt = ?, members = ?,
                      troubleCode = NULL, troubleDetail = NULL, troubleAt = NULL
                    WHERE id = ?
                    """,
                arguments: [moment, members, id])
            try db.execute(
                sql: "INSERT OR REPLACE INTO segmentSize (segment, at, members) VALUES (?, ?, ?)",
                arguments: [id, moment, members])
            try db.execute(
                sql: """
                    DELETE FROM segmentSize WHERE segment = :segment AND at <= max(:oldest, ifnull((
                      SELECT at FROM segmentSize WHERE segment = :segment
                      ORDER BY at DESC LIMIT 1 OFFSET :most), 0))
                    """,
                arguments: [
                    "segment": id, "oldest": moment - Self.sizesMilliseconds,
                    "most": Self.sizesMax,
                ])
        }
    }

    /// Writes down why a segment could not be evaluated. Its last size stays. Nothing is written when the segment
    /// has another definition meanwhile. Throws `StoreError.notFound` when it is gone.
    package func noteTrouble(_ trouble: SegmentTrouble, ofSegment segment: Segment) throws {
        try database.write { db in
            guard try Self.isUnchanged(segment, in: db) else { return }
            try db.execute(
                sql: """
                    UPDATE segment SET troubleCode = ?, troubleDetail = ?, troubleAt = ?
                    WHERE id = ?
                    """,
                arguments: [trouble.code, trouble.detail.stored, trouble.at, segment.id])
        }
    }

    private static func isUnchanged(_ segment: Segment, in db: Database) throws -> Bool {
        try SetupCatalog.requireSegment(segment.id, in: db).definition == segment.definition
    }

    /// The sizes of a segment from a moment on, oldest first. Throws trouble of the catalog.
    package func sizes(ofSegment id: Segment.ID, since moment: Int64 = 0) throws -> [SegmentSize] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT at, members FROM segmentSize WHERE segment = ? AND at >= ? ORDER BY at
                    """,
                arguments: [id, moment]
            ).map(Self.size)
        }
    }

    /// A page of the sizes of a segment, newest first, those before a moment. Throws trouble of the
    /// catalog.
    package func sizes(
        ofSegment id: Segment.ID, before moment: Int64?, limit: Int
    ) throws -> [SegmentSize] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT at, members FROM segmentSize WHERE segment = ? AND at < ?
                    ORDER BY at DESC LIMIT ?
                    """,
                arguments: [id, moment ?? .max, limit]
            ).map(Self.size)
        }
    }

    /// The sizes of every segment from a moment on, oldest first. Throws trouble of the catalog.
    package func segmentSizes(since moment: Int64) throws -> [Segment.ID: [SegmentSize]] {
        try database.read { db in
            var sizes: [Segment.ID: [SegmentSize]] = [:]
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT segment, at, members FROM segmentSize WHERE at >= ? ORDER BY segment, at
                    """,
                arguments: [moment])
            while let row = try rows.next() {
                sizes[row["segment"], default: []].append(Self.size(row))
            }
            return sizes
        }
    }

    private static func size(_ row: Row) -> SegmentSize {
        SegmentSize(at: row["at"], members: row["members"])
    }

    // MARK: Entries

    /// Every segment by name, with its size and what uses it. Throws trouble of the catalog.
    package func segmentEntries() throws -> [SegmentEntry] {
        try database.read(Self.segmentEntries)
    }

    /// One segment with its size and what uses it; nil when there is none. Throws trouble of the
    /// catalog.
    package func segmentEntry(id: Segment.ID) throws -> SegmentEntry? {
        // Who uses it stands in the rules of all others.
        try segmentEntries().first { $0.id == id }
    }

    private static func segmentEntries(in db: Database) throws -> [SegmentEntry] {
        let rows = try Row.fetchAll(db, sql: "SELECT * FROM segment ORDER BY name")
        let segments = rows.map(SetupCatalog.segment)
        let library = SegmentLibrary(segments)
        var uses: [Segment.ID: SegmentUses] = [:]
        let holders = try Row.fetchCursor(
            db,
            sql: """
                SELECT segment, export.id, export.name FROM exportSegment
                JOIN export ON export.id = exportSegment.export ORDER BY export.name
                """)
        while let row = try holders.next() {
            uses[row["segment"], default: SegmentUses()].add(export: row["id"], named: row["name"])
        }
        for segment in segments {
            for used in segment.named.compactMap(library.segment(named:))
            where used.id != segment.id {
                uses[used.id, default: SegmentUses()].add(segment)
            }
        }
        return zip(rows, segments).map { row, segment in
            let trouble: SegmentTrouble? = (row["troubleCode"] as String?).map {
                SegmentTrouble(
                    code: $0, detail: Remark(stored: row["troubleDetail"] ?? ""),
                    at: row["troubleAt"] ?? 0)
            }
            return SegmentEntry(
                segment: segment, members: row["members"], evaluatedAt: row["evaluatedAt"],
                trouble: trouble,
                formerRule: segment.definition == .static ? row["formerRule"] : nil,
                createdAt: row["createdAt"], changedAt: row["changedAt"],
                usedBy: uses[segment.id] ?? SegmentUses())
        }
    }
}

extension Segment {
    /// The segments its own rule speaks of, each once.
    fileprivate var named: [String] {
        // A rule that cannot be read names nothing; it is reported where it is evaluated.
        guard case .dynamic(let text) = definition, let rule = try? Rule(parsing: text) else {
            return []
        }
        return SegmentReferences(of: rule).segments
    }
}
