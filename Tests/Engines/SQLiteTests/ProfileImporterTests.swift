import Foundation
import GRDB
import Profiles
import Testing

@testable import SQLiteEngine

struct ProfileImporterTests {
    private let fixture: ProfileImportFixture

    init() throws {
        fixture = try ProfileImportFixture()
    }

    @Test func `values are stored in the form of their kind`() throws {
        try fixture.load(
            """
            id,name,income,share,member,born,seen,huge
            1, Cafe\u{301} ,"$90,000 ",0.5,Y,4/25/1966,2026-01-31 10:00+02:00,9.1e3
            2,,,,,,,
            """,
            ImportOptions(key: "id"))
        #expect(try fixture.values("id") == ["1": "text 1", "2": "text 2"])
        #expect(try fixture.values("name") == ["1": "text Café", "2": "null"])
        #expect(try fixture.values("income")["1"] == "integer 90000")
        #expect(try fixture.values("share")["1"] == "real 0.5")
        #expect(try fixture.values("member")["1"] == "integer 1")
        #expect(try fixture.values("born")["1"] == "text 1966-04-25")
        #expect(try fixture.values("seen")["1"] == "text 2026-01-31T08:00:00.000Z")
        #expect(try fixture.values("huge")["1"] == "text 9.1e3")
        #expect(try fixture.values("seen")["2"] == "null")
    }

    @Test func `whole numbers too large for a Double are kept as real`() throws {
        try fixture.load("{\"id\":1,\"n\":1e20}\n{\"id\":2,\"n\":-3}", name: "p.jsonl")
        #expect(try fixture.values("n") == ["1": "real 1.0e+20", "2": "integer -3"])
    }

    @Test func `only rows that differ move the time of change`() throws {
        let first = try fixture.load("id,name,age\n1,A,30\n2,B,40\n3,C,\n", now: 1_000)
        #expect((first.rows, first.added) == (3, 3))
        let second = try fixture.load("id,name,age\n1, A ,30.0\n2,B,41\n3,C,\n4,D,1\n", now: 2_000)
        #expect((second.added, second.changed, second.unchanged) == (1, 1, 2))
        #expect(try fixture.changedAt() == ["1": 1_000, "2": 2_000, "3": 1_000, "4": 2_000])
        let third = try fixture.load("id,name,age\n3,C,5\n1,A,\n", now: 3_000)
        #expect((third.added, third.changed, third.unchanged) == (0, 2, 0))
        #expect(
            try fixture.values("age") == [
                "1": "null", "2": "integer 41", "3": "integer 5", "4": "integer 1",
            ])
    }

    @Test func `columns that a file lacks stay as they are`() throws {
        try fixture.load("id,name,age\n1,A,30\n")
        try fixture.load("id,town\n1,Ulm\n2,Bonn\n", now: 2_000)
        #expect(try fixture.values("age") == ["1": "integer 30", "2": "null"])
        #expect(try fixture.values("town") == ["1": "text Ulm", "2": "text Bonn"])
        let names = try fixture.database.read { try ProfileSchemaTables.schema(in: $0) }
            .attributes.map(\.name)
        #expect(names == ["id", "name", "age", "town"])
    }

    @Test func `in JSON lines a missing name leaves the value and null clears it`() throws {
        try fixture.load(
            "{\"id\":\"1\",\"name\":\"A\",\"age\":30}\n{\"id\":\"2\",\"age\":5}", name: "p.jsonl")
        let summary = try fixture.load(
            "{\"id\":\"1\",\"age\":31}\n{\"id\":\"2\",\"name\":\"B\",\"age\":null}\n{\"id\":\"3\"}",
            name: "p.jsonl", now: 2_000)
        #expect((summary.added, summary.changed) == (1, 2))
        #expect(try fixture.values("name") == ["1": "text A", "2": "text B", "3": "null"])
        #expect(try fixture.values("age") == ["1": "integer 31", "2": "null", "3": "null"])
    }

    @Test func `many different sets of names are stored`() throws {
        var lines: [String] = []
        for number in 0..<300 {
            let names = (0..<9).filter { number >> $0 & 1 == 1 }.map { ",\"n\($0)\":\(number)" }
            lines.append("{\"id\":\"\(number)\"\(names.joined())}")
        }
        let text = lines.joined(separator: "\n")
        #expect(try fixture.load(text, name: "p.jsonl").added == 300)
        #expect(try fixture.load(text, name: "p.jsonl").unchanged == 300)
        #expect(try fixture.values("n3")["8"] == "integer 8")
        #expect(try fixture.values("n3")["7"] == "null")
    }

    @Test func `the later of two rows with one key wins`() throws {
        let summary = try fixture.load("id,name\n1,A\n2,B\n1,C\n 1 ,C\n")
        #expect((summary.rows, summary.added, summary.changed) == (4, 2, 1))
        #expect((summary.unchanged, summary.repeated) == (1, 2))
        #expect(try fixture.values("name") == ["1": "text C", "2": "text B"])
    }

    @Test func `an attribute that becomes the key becomes text`() throws {
        try fixture.load("id,number\nx,5\n")
        let summary = try fixture.load("number,name\n5,A\n", ImportOptions(key: "number"))
        #expect(summary.attributes[0].convertedFrom == .number)
        #expect(try fixture.values("number") == ["x": "text 5", "5": "text 5"])
    }

    @Test(arguments: 0..<20)
    func `random tables are what the profiles hold afterwards`(seed: Int) throws {
        var random = SeededRows(seed: UInt64(seed))
        let pieces = ["x", "Zoë", "", "a,b", "say \"q\"", "l\nm", "00501", "שלום"]
        var expected: [String: [String]] = [:]
        for _ in 0..<3 {
            var text = "id,a,b,c\n"
            for _ in 0..<40 {
                let id = "k\(random.next() % 25)"
                let cells = (0..<3).map { _ in pieces[Int(random.next() % 8)] }
                expected[id] = cells.map { $0.isEmpty ? "null" : "text \($0)" }
                let quoted = cells.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
                text += "\(id),\(quoted.joined(separator: ","))\n"
            }
            let summary = try fixture.load(text)
            #expect(summary.added + summary.changed + summary.unchanged == 40)
        }
        for (index, name) in ["a", "b", "c"].enumerated() {
            #expect(try fixture.values(name) == expected.mapValues { $0[index] })
        }
    }

    // MARK: Bad files

    @Test func `a bad row leaves nothing behind`() throws {
        try fixture.load("id,age\n1,30\n")
        let error = fixture.failure("id,age,town\n1,31,Ulm\n2,40,Bonn\n3,old,Köln\n")
        #expect(error?.code == .badRows)
        #expect(error?.rows.first?.line == 4)
        #expect(error?.rows.first?.column == 2)
        #expect(error?.rows.first?.columnName == "age")
        #expect(error?.rows.first?.facts["attribute"] == "age")
        #expect(try fixture.values("age") == ["1": "integer 30"])
        #expect(try fixture.count() == 1)
        #expect(try fixture.count("attribute") == 2)
        // The same connection goes on as if nothing had been.
        try fixture.load("id,place\n1,Ulm\n")
        #expect(try fixture.values("place") == ["1": "text Ulm"])
    }

    @Test func `no error repeats a value`() throws {
        try fixture.load("id,age\n1,30\n")
        let error = fixture.failure("id,age\n1,secret\n,2\n3\nsecret,secret,secret\n")
        #expect(error?.rows.isEmpty == false)
        let told = error.map { "\($0)" } ?? "secret"
        #expect(!told.contains("secret"))
    }

    @Test func `reading stops after so many bad rows`() throws {
        let rows = (1...100).map { _ in "1\n" }.joined()
        let error = fixture.failure("id,age\n" + rows)
        #expect(error?.rows.count == ImportLimits.rowErrorsMax)
        #expect(error?.facts["what"] == .word("or-more"))
    }

    @Test func `a row without a key is bad`() throws {
        let error = fixture.failure(
            "id,age\n ,30\nNA,1\n2,2\n", ImportOptions(key: "id", nullTexts: ["NA"]))
        #expect(error?.rows.map(\.code) == [.missingKey, .missingKey])
        #expect(error?.rows.map(\.line) == [2, 3])
        let json = fixture.failure("{\"id\":1}\n{\"age\":1}\n{\"id\":null}", name: "p.jsonl")
        #expect(json?.rows.map(\.code) == [.missingKey, .missingKey])
    }

    @Test func `bad rows are set aside when asked`() throws {
        try fixture.load("id,age\n1,30\n")
        let path = fixture.path("bad.csv")
        let summary = try fixture.load(
            "id,age\n2,40\n3,\"o\"\"ld\"\n4\n5,\"x\ny\",\"z\n6,60\n",
            ImportOptions(key: "id", badRowsPath: path))
        #expect((summary.added, summary.skipped, summary.rows) == (2, 4, 6))
        var telling = BadRowsTelling { $0.refusalCode }
        let text = String(
            decoding: telling.tell(try Data(contentsOf: URL(filePath: path))), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "line,column,reason,row")
        #expect(
            lines[1] == #"3,2,'age': row-value-does-not-fit,"3,""o""""ld""""#)
        #expect(lines[2].hasPrefix("4,2,"))
        #expect(lines[3].hasPrefix("5,3,") && lines[3].hasSuffix(",\"5,\"\"x\""))
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a file that cannot be read is named`() throws {
        for path in [fixture.path("absent.csv"), fixture.path("")] {
            let error = #expect(throws: ImportError.self) { try ImportFile(path: path) }
            #expect(error?.code == .cannotRead)
            #expect(error?.facts["path"] == .text(path))
        }
    }

    @Test func `an unknown key column is refused with the nearest name`() throws {
        #expect(
            fixture.failure("idd,name\n1,A\n")?.facts["nearest"] == "idd")
        #expect(
            fixture.failure("{\"idd\":1}", name: "p.jsonl")?.facts["nearest"] == "idd")
    }

    @Test func `an import that is called off leaves nothing behind`() throws {
        let path = try fixture.write("id,name\n1,A\n", "people.csv")
        var phases: [ImportProgress.Phase] = []
        #expect(throws: CancellationError.self) {
            try fixture.load(
                path: path, ImportOptions(key: "id"), progress: { phases.append($0.phase) },
                isCancelled: { phases.contains(.storing) })
        }
        #expect(phases.last == .storing)
        #expect(try fixture.count() == 0)
        #expect(try fixture.count("attribute") == 0)
    }

    @Test func `a file that grows while it is read is refused`() throws {
        let path = try fixture.write("id,name\n1,A\n", "people.csv")
        var hasGrown = false
        let error = #expect(throws: ImportError.self) {
            try fixture.load(
                path: path, ImportOptions(key: "id"),
                progress: { progress in
                    guard progress.phase == .storing, !hasGrown else { return }
                    hasGrown = true
                    let handle = FileHandle(forWritingAtPath: path)
                    _ = try? handle?.seekToEnd()
                    try? handle?.write(contentsOf: Data("2,B\n".utf8))
                })
        }
        #expect(error?.code == .fileChanged)
        #expect(try fixture.count() == 0)
    }

    // MARK: Removal

    @Test func `profiles that are not in the file are removed when asked`() throws {
        try fixture.load("id,name\n1,A\n2,B\n3,C\n")
        try fixture.database.write {
            try $0.execute(sql: "INSERT INTO staticMember SELECT 7, rowNumber FROM profile")
        }
        let kept = try fixture.load("id,name\n1,A\n")
        #expect(kept.removed == 0)
        let summary = try fixture.load(
            "id,name\n3,C\n4,D\n", ImportOptions(key: "id", removeMissing: true))
        #expect((summary.added, summary.unchanged, summary.removed) == (1, 1, 2))
        #expect(Set(try fixture.values("name").keys) == ["3", "4"])
        #expect(try fixture.count("staticMember") == 1)
    }

    @Test func `an empty file removes nobody`() throws {
        try fixture.load("id,name\n1,A\n")
        let error = fixture.failure("id,name\n", ImportOptions(key: "id", removeMissing: true))
        #expect(error?.code == .emptyFile)
        #expect(try fixture.count() == 1)
    }

    @Test func `bad rows are not mistaken for customers who left`() throws {
        let options = ImportOptions(key: "id", badRowsPath: "x", removeMissing: true)
        #expect(fixture.failure("id\n1\n", options)?.code == .conflictingOptions)
    }

    // MARK: Kinds that change

    @Test func `a declared kind converts the values that are stored`() throws {
        try fixture.load("id,age,member,born\n1,30.5,Y,2020-01-31\n2,,N,\n", now: 1_000)
        let kinds: [String: AttributeKind] = ["age": .text, "member": .text, "born": .timestamp]
        let summary = try fixture.load(
            "id,age,member,born\n3,old,x,\n", ImportOptions(key: "id", kinds: kinds), now: 2_000)
        #expect(summary.attributes.map(\.convertedFrom) == [nil, .number, .boolean, .date])
        #expect(try fixture.values("age") == ["1": "text 30.5", "2": "null", "3": "text old"])
        #expect(try fixture.values("member")["2"] == "text false")
        #expect(try fixture.values("born")["1"] == "text 2020-01-31T00:00:00.000Z")
        // What leaves the system differs for the timestamp alone.
        #expect(try fixture.changedAt() == ["1": 2_000, "2": 1_000, "3": 2_000])
    }

    @Test func `text becomes another kind when all of it fits`() throws {
        try fixture.load(
            "id,n,flag,born\n1,\"1,250\",1,4/25/2020\n2,NA,0,\n",
            ImportOptions(key: "id", kinds: ["n": .text, "flag": .text, "born": .text]))
        try fixture.load(
            "id,n,flag,born\n3,7,1,4/26/2020\n",
            ImportOptions(
                key: "id", kinds: ["n": .number, "flag": .boolean, "born": .date],
                nullTexts: ["NA"]))
        #expect(try fixture.values("n") == ["1": "integer 1250", "2": "null", "3": "integer 7"])
        #expect(try fixture.values("flag")["2"] == "integer 0")
        #expect(try fixture.values("born")["1"] == "text 2020-04-25")
    }

    @Test func `a kind that not all stored values fit is refused with their number`() throws {
        try fixture.load("id,x\n1,A\n2,7\n3,B\n")
        let error = fixture.failure("id,x\n4,5\n", ImportOptions(key: "id", kinds: ["x": .number]))
        #expect(error?.code == .doesNotConvert)
        #expect(error?.facts["misfits"] == 2)
        #expect(try fixture.values("x")["2"] == "text 7")
        #expect(try fixture.count() == 3)
    }

    @Test func `an attribute without values takes the kind that a later file suggests`() throws {
        try fixture.load("id,age\n1,\n")
        let summary = try fixture.load("id,age\n1,30\n")
        #expect(summary.attributes[1].kind == .number)
        #expect(summary.attributes[1].reason == .inferred)
        #expect(try fixture.values("age") == ["1": "integer 30"])
    }

    // MARK: Size

    @Test func `as many attributes as the limit allows can be stored and no more`() throws {
        let names = (1..<ImportLimits.columnsMax).map { "c\($0)" }
        let cells = names.indices.map { "\($0)" }.joined(separator: ",")
        let text = "id,\(names.joined(separator: ","))\n1,\(cells)\n"
        #expect(try fixture.load(text).added == 1)
        #expect(try fixture.load(text).unchanged == 1)
        #expect(fixture.failure("id,more\n1,2\n")?.code == .tooLarge)
    }

    @Test func `several pages of profiles are removed and converted`() throws {
        let rows = (1...25_000).map { "\($0),\($0)\n" }.joined()
        try fixture.load("id,n\n" + rows)
        let summary = try fixture.load(
            "id,n\n5,x\n",
            ImportOptions(key: "id", kinds: ["n": .text], removeMissing: true))
        #expect((summary.changed, summary.removed) == (1, 24_999))
        #expect(try fixture.values("n") == ["5": "text x"])
    }

    @Test func `a summary can be written as JSON and read again`() throws {
        let summary = try fixture.load("id;born\n1;4/25/2020\n")
        #expect(summary.delimiter == .semicolon)
        #expect(summary.attributes[1].dateOrder == .monthFirst)
        let data = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(ImportSummary.self, from: data) == summary)
    }
}

/// Random numbers from a seed (a linear congruential generator), so that a failure can be repeated.
private struct SeededRows {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}

/// Customers that nobody of this project wrote or cleaned.
struct AdventureWorksImportTests {
    /// Beside the package; absent where only the package is checked out.
    static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/adventureworks/customers.csv").standardized.path

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: path),
            "shared/data/adventureworks/customers.csv is not beside the package"))
    func `the customers of AdventureWorks are imported as they are`() throws {
        let fixture = try ProfileImportFixture()
        let options = ImportOptions(key: "CustomerKey", nullTexts: ["NA"])
        let summary = try fixture.load(path: Self.path, options)
        #expect((summary.rows, summary.added, summary.repeated) == (18_148, 18_148, 0))
        let kinds = Dictionary(
            uniqueKeysWithValues: summary.attributes.map { ($0.name, $0.kind) })
        let notText: [String: AttributeKind] = [
            "BirthDate": .date, "AnnualIncome": .number, "TotalChildren": .number,
            "HomeOwner": .boolean,
        ]
        #expect(kinds.filter { $0.value != .text } == notText)
        #expect(summary.attributes.first { $0.name == "BirthDate" }?.dateOrder == .monthFirst)
        #expect(try fixture.values("BirthDate")["11000"] == "text 1966-04-08")
        #expect(try fixture.values("AnnualIncome")["11000"] == "integer 90000")
        #expect(try fixture.values("HomeOwner")["11001"] == "integer 0")
        #expect(try fixture.values("MaritalStatus")["11001"] == "text S")
        #expect(try fixture.values("Gender")["11025"] == "null")
        #expect(try fixture.load(path: Self.path, options).unchanged == 18_148)
    }
}
