import Access
import Exports
import Foundation
import GRDB
import Profiles
import Segments
import TestSupport

@testable import Store

/// A catalog in a file of its own, with the connection `acme`, the segment `All` and the export `News`.
final class CatalogFixture: Sendable {
    static let actor = Actor(name: "cli:maria")
    static let openPace = QuotaLimits(
        requestsPerSecond: nil, importsPerMinute: nil, singleImportsPerMinute: nil)

    let folder: URL
    let catalog: Catalog
    let export: Export

    var path: String { folder.appending(path: "catalog.sqlite").path }

    init(adjust: (inout Export) -> Void = { _ in }) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "ferry-catalog-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        catalog = try Catalog(path: folder.appending(path: "catalog.sqlite").path)
        let connection = try catalog.setup.add(Self.connection("acme"), by: Self.actor)
        _ = try catalog.setup.addSegment(
            named: "All", definition: .dynamic(rule: "Email is not empty"), by: Self.actor)
        var export = Export(
            id: 0, name: "News", connection: connection.id,
            list: ListReference(id: "12", name: "Readers"), segments: ["All"],
            mapping: Mapping(email: "Email", firstName: "First name"))
        adjust(&export)
        self.export = try catalog.setup.add(export, by: Self.actor)
    }

    deinit {
        // A folder that stays behind in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    static func connection(_ name: String, sealedSecret: [UInt8] = []) -> NewConnection {
        NewConnection(
            name: name, destination: "activecampaign", host: "acme.example",
            sealedSecret: sealedSecret, pace: openPace,
            facts: AccountFacts(user: "owner", contactsMax: 500, contacts: 7))
    }

    /// Another export like `News`.
    func addExport(_ name: String, adjust: (inout Export) -> Void = { _ in }) throws -> Export {
        var other = export
        other.name = name
        adjust(&other)
        return try catalog.setup.add(other, by: Self.actor)
    }

    // MARK: Runs

    /// A run that is planned and has not begun to send.
    func planned(_ members: [CatalogMember], of export: Export? = nil) throws -> Run {
        let export = export ?? self.export
        let run = try catalog.ledger.createRun(of: export, trigger: .onDemand, by: Self.actor)
        _ = try catalog.ledger.writePlan(of: run.id, export: export) { writer in
            var packer = PlanPacker(wire: PlainWire())
            var machine = PlanMachine(
                export: export, isClaimedElsewhere: writer.ledger.isClaimedElsewhere,
                nextLedgerRow: writer.ledger.next,
                emit: { row in try writer.store(packer.add(row) { try writer.store($0) }) })
            for member in members {
                try member.withView { try machine.add($0) }
            }
            try machine.finish()
            try packer.finish { try writer.store($0) }
            return packer.summary
        }
        return try catalog.ledger.run(id: run.id)
    }

    /// A run that has begun to send.
    func sending(_ members: [CatalogMember], of export: Export? = nil) throws -> Run {
        let run = try planned(members, of: export)
        try catalog.ledger.beginSending(run.id)
        return try catalog.ledger.run(id: run.id)
    }

    /// A whole run, in which the destination takes everyone but those named.
    @discardableResult
    func carryOut(
        _ members: [CatalogMember], refused: [String: ReasonCode] = [:], of export: Export? = nil
    ) throws -> Run {
        let run = try sending(members, of: export)
        for batch in try catalog.ledger.openBatches(of: run.id) {
            _ = try catalog.ledger.settle(
                BatchVerdict(number: batch.number, refused: refused), run: run)
        }
        try catalog.ledger.end(run.id, state: .completed)
        return try catalog.ledger.run(id: run.id)
    }

    func outcomes(
        ofRun run: Run, outcome: Outcome? = nil, reason: String? = nil
    ) throws -> [OutcomeEntry] {
        var entries: [OutcomeEntry] = []
        try catalog.ledger.forEachOutcome(ofRun: run.id, outcome: outcome, reason: reason) {
            entries.append($0)
            return true
        }
        return entries
    }

    // MARK: What the file holds

    /// The audit, oldest first.
    func audit() throws -> [CatalogAuditRow] {
        try catalog.database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY id").map {
                CatalogAuditRow(
                    actor: $0["actor"], verb: $0["verb"], noun: $0["noun"], thing: $0["thing"],
                    changes: $0["changes"])
            }
        }
    }

    /// Every row of every table, to be compared.
    func contents() throws -> [String] {
        try catalog.database.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return try tables.flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map {
                    "\(table): \($0.map { "\($0)=\($1)" }.joined(separator: ", "))"
                }
            }
        }
    }

    func execute(_ sql: String) throws {
        try catalog.database.write { try $0.execute(sql: sql) }
    }

    func count(_ sql: String) throws -> Int {
        try catalog.database.read { try Int.fetchOne($0, sql: sql) ?? 0 }
    }

    /// The bytes of the database and of its log.
    func fileBytes() throws -> Data {
        var bytes = try Data(contentsOf: URL(filePath: path))
        if let log = FileManager.default.contents(atPath: path + "-wal") { bytes.append(log) }
        return bytes
    }
}

/// A row of the audit without its time.
struct CatalogAuditRow: Equatable, Sendable {
    var actor = CatalogFixture.actor.name
    let verb: String
    let noun: String
    let thing: String
    let changes: String
}

/// A member of the export's segments.
struct CatalogMember {
    let key: String
    let profileID: String
    let values: ValueList

    /// `id` is the key unless it is given.
    init(_ key: String, id: String? = nil, firstName: String = "Ada") {
        self.key = key
        profileID = id ?? key
        var values = ValueList()
        values.append(firstName, for: .firstName)
        self.values = values
    }

    func withView(_ body: (MemberView) throws -> Void) throws {
        try Array(key.utf8).withUnsafeBytes { key in
            try Array(profileID.utf8).withUnsafeBytes { profileID in
                try values.bytes.withUnsafeBytes { values in
                    try body(MemberView(key: key, profileID: profileID, values: values))
                }
            }
        }
    }
}

/// A body that is the list of keys.
private struct PlainWire: WireFormat {
    let limits = BatchLimits(operationsMax: 250, bytesMax: 400_000, envelopeBytes: 2)

    func append(_ operation: OperationView, to body: inout [UInt8]) {
        body.append(contentsOf: operation.key)
    }

    func body(of operations: OperationList) -> [UInt8] { operations.bytes }
}
