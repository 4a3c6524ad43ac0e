package import Access
import GRDB
import Profiles
package import Segments

extension SetupCatalog {
    /// Stores a new segment. Its rule has been checked by the caller. Throws `StoreError`:
    /// `.badName`, `.nameTaken`.
    package func addSegment(
        named name: String, definition: SegmentDefinition, state: SegmentState = .active,
        by actor: Actor
    ) throws -> Segment {
        try Catalog.checkName(name, of: "segment")
        return try database.write { db in
            if try Self.segment(named: name, in: db) != nil {
                throw StoreError.taken("segment", name)
            }
            let now = Catalog.now()
            try db.execute(
                sql: """
                    INSERT INTO segment (name, rule, isActive, createdAt, changedAt)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [name, Self.rule(of: definition), state == .active, now, now])
            try Catalog.write(
                AuditEvent(actor: actor, verb: "add", noun: "segment", thing: name), in: db)
            return try Self.requireSegment(named: name, in: db)
        }
    }

    /// Gives a segment another definition. Throws `StoreError.notFound` when there is no such
    /// segment.
    package func setDefinition(
        _ definition: SegmentDefinition, ofSegment name: String, by actor: Actor
    ) throws {
        try database.write { db in
            let segment = try Self.requireSegment(named: name, in: db)
            try db.execute(
                sql: "UPDATE segment SET rule = ?, changedAt = ? WHERE id = ?",
                arguments: [Self.rule(of: definition), Catalog.now(), segment.id])
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "segment", thing: segment.name,
                    changes: ["rule"]), in: db)
        }
    }

    /// Makes a segment static, and keeps its rule so that it can be followed again. The members have been
    /// frozen by the caller. `rule` is the rule they were frozen by, when the segment itself has none.
    /// Throws `StoreError.notFound` when there is no such segment.
    package func noteFreezing(
        of id: Segment.ID, by actor: Actor, rule: String? = nil
    ) throws {
        try database.write { db in
            let segment = try Self.requireSegment(id, in: db)
            try db.execute(
                sql: """
                    UPDATE segment SET formerRule = ifnull(?, ifnull(rule, formerRule)), rule = NULL,
                      changedAt = ? WHERE id = ?
                    """,
                arguments: [rule, Catalog.now(), id])
            try Catalog.write(
                AuditEvent(actor: actor, verb: "freeze", noun: "segment", thing: segment.name),
                in: db)
        }
    }

    /// Lets a segment take part in exports, or not. Throws `StoreError.notFound` when there is no
    /// such segment.
    package func setState(
        _ state: SegmentState, ofSegment name: String, by actor: Actor
    ) throws {
        try database.write { db in
            let segment = try Self.requireSegment(named: name, in: db)
            try db.execute(
                sql: "UPDATE segment SET isActive = ?, changedAt = ? WHERE id = ?",
                arguments: [state == .active, Catalog.now(), segment.id])
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "segment", thing: segment.name,
                    changes: ["state"]), in: db)
        }
    }

    /// All segments by name. Throws trouble of the catalog.
    package func segments() throws -> [Segment] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM segment ORDER BY name").map(Self.segment)
        }
    }

    /// The segment of that name. Throws `StoreError.notFound`, with the nearest name or those there
    /// are, when there is none.
    package func segment(named name: String) throws -> Segment {
        try database.read { try Self.requireSegment(named: name, in: $0) }
    }

    /// Removes a segment. Refused while an export or another segment uses it; the answer names them.
    package func removeSegment(named name: String, by actor: Actor) throws -> Segment {
        try database.write { db in
            let segment = try Self.requireSegment(named: name, in: db)
            let exports = try String.fetchAll(
                db,
                sql: """
                    SELECT export.name FROM exportSegment JOIN export ON export.id = exportSegment.export
                    WHERE segment = ? ORDER BY export.name
                    """,
                arguments: [segment.id])
            guard exports.isEmpty else {
                throw StoreError(
                    .inUse, what: "segment-in-exports",
                    ["name": .text(segment.name), "users": .names(exports)])
            }
            let users = try Row.fetchAll(db, sql: "SELECT * FROM segment ORDER BY name")
                .map(Self.segment).filter { $0.uses(segment: segment.name) && $0.id != segment.id }
            guard users.isEmpty else {
                throw StoreError(
                    .inUse, what: "segment-in-segments",
                    ["name": .text(segment.name), "users": .names(users.map(\.name))])
            }
            try db.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [segment.id])
            try Catalog.write(
                AuditEvent(actor: actor, verb: "remove", noun: "segment", thing: segment.name),
                in: db)
            return segment
        }
    }

    static func requireSegment(_ id: Segment.ID, in db: Database) throws -> Segment {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM segment WHERE id = ?", arguments: [id])
        guard let row else { throw StoreError.missing("segment", id) }
        return segment(row)
    }

    static func requireSegmentID(named name: String, in db: Database) throws -> Segment.ID {
        try requireSegment(named: name, in: db).id
    }

    private static func segment(named name: String, in db: Database) throws -> Segment? {
        let segments = try Row.fetchAll(db, sql: "SELECT * FROM segment").map(segment)
        return SegmentLibrary(segments).segment(named: name)
    }

    static func requireSegment(named name: String, in db: Database) throws -> Segment {
        if let segment = try segment(named: name, in: db) { return segment }
        let names = try String.fetchAll(db, sql: "SELECT name FROM segment ORDER BY name")
        throw Catalog.notFound("segment", name, among: names)
    }

    private static func rule(of definition: SegmentDefinition) -> String? {
        switch definition {
        case .dynamic(let rule): rule
        case .static: nil
        }
    }

    static func segment(_ row: Row) -> Segment {
        let rule: String? = row["rule"]
        return Segment(
            id: row["id"], name: row["name"],
            definition: rule.map { .dynamic(rule: $0) } ?? .static,
            state: row["isActive"] ? .active : .inactive)
    }
}

extension Segment {
    /// Whether the segment's own rule speaks of another.
    fileprivate func uses(segment name: String) -> Bool {
        // A rule that cannot be read uses nothing; it is reported where it is evaluated.
        guard case .dynamic(let text) = definition, let rule = try? Rule(parsing: text) else {
            return false
        }
        return SegmentReferences(of: rule).mentions(segment: name)
    }
}
