import Foundation
import Testing

/// What changes the catalog, and with it what writes the audit, is done by acts and by what goes on by itself. Pages,
/// the API and commands only ask for it.
struct CatalogWriteTests {
    /// The types of the catalog, by the name under which it hands them out.
    private static let subjects = [
        "setup": "SetupCatalog", "ledger": "LedgerCatalog", "people": "PeopleCatalog",
        "history": "HistoryCatalog",
    ]
    /// Rooms above acts.
    private static let skins = ["Web", "ferry"]

    /// Methods that write, as `people.addUser`: those that open a writing transaction, and those that call one that
    /// does.
    private static func writers() throws -> Set<String> {
        let functions = try SourceFunction.all(in: "Sources/Store")
        var found: Set<String> = []
        for (subject, type) in subjects {
            let own = functions.filter { $0.file.contains("/\(type)") }
            var names = Set(
                own.filter { function in
                    function.body.contains {
                        $0.contains(#/\.write(WithoutTransaction)?\b *[({]/#)
                            || $0.contains("WriteLog") || $0.contains("log.write")
                    }
                }.map(\.name))
            // A method that calls one that writes writes too.
            var count = 0
            while count != names.count {
                count = names.count
                let calls = try Regex(
                    "(?:^|[^.\\w])(?:self\\.)?(\(names.joined(separator: "|")))\\(")
                names.formUnion(
                    own.filter { $0.body.contains { $0.contains(calls) } }.map(\.name))
            }
            found.formUnion(names.map { "\(subject).\($0)" })
        }
        return found
    }

    @Test func `the store has methods that write and methods that read`() throws {
        let writers = try Self.writers()
        #expect(
            writers.isSuperset(of: [
                "people.addUser", "people.addToken", "setup.setSystemSchedule", "setup.add",
                "ledger.createRun", "ledger.settle", "history.beginRefresh",
            ]))
        #expect(
            writers.isDisjoint(with: [
                "people.users", "setup.exports", "ledger.run", "history.auditEntries",
                "history.refreshes", "setup.connections",
            ]))
    }

    @Test(arguments: skins)
    func `a room above acts writes neither to the catalog nor to the audit`(room: String) throws {
        let writers = try Self.writers()
        var strangers: [String] = []
        for file in Sources.files(in: "Sources/\(room)") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for call in text.matches(of: #/\.(setup|ledger|people|history)\s*\.(\w+)\s*[({]/#)
            where writers.contains("\(call.output.1).\(call.output.2)") {
                strangers.append(
                    "\(file.lastPathComponent): \(call.output.1).\(call.output.2)")
            }
        }
        #expect(strangers == [])
    }
}
