import Foundation
import GRDB
import SQLiteKit
import Testing

struct StorageTroubleTests {
    @Test(
        arguments: zip(
            [
                ResultCode.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB,
                .SQLITE_BUSY,
                .SQLITE_READONLY, .SQLITE_CONSTRAINT,
            ],
            [
                StorageTrouble.diskFull, .diskFull, .damaged, .damaged, .busy, .notWritable, .other,
            ]))
    func `trouble is told by SQLite's code`(code: ResultCode, trouble: StorageTrouble) {
        #expect(StorageTrouble(DatabaseError(resultCode: code)) == trouble)
    }

    @Test
    func `errors of anything else are no trouble of the storage`() {
        #expect(StorageTrouble(CancellationError()) == nil)
    }

    @Test
    func `the log is told the extended code`() {
        #expect(StorageTrouble.code(of: DatabaseError(resultCode: .SQLITE_IOERR_READ)) == 266)
    }

    @Test
    func `a schema of a newer program is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "ferry-kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "any.sqlite").path()
        var newer = DatabaseMigrator()
        newer.registerMigration("0001-first") { _ in }
        newer.registerMigration("0002-second") { _ in }
        try SQLiteFile.open(path: path, migrator: newer).close()
        var older = DatabaseMigrator()
        older.registerMigration("0001-first") { _ in }
        #expect(throws: SQLiteFile.NewerSchema(path: path)) {
            try SQLiteFile.open(path: path, migrator: older)
        }
    }
}
