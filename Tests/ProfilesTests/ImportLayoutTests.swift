import Testing

@testable import Profiles

struct ImportLayoutTests {
    /// The layout of a file in memory.
    private func layout(
        _ text: String, name: String = "p.csv", options: ImportOptions = ImportOptions(key: "id"),
        attributes: [Attribute] = [], hasValues: Bool = true
    ) throws -> ImportLayout {
        let schema = ProfileSchema(attributes: attributes)
        let (reader, _) = try RowReaders.open(
            window(Array(text.utf8)), name: name, options: options)
        var inspection = ImportInspection(options: options, schema: schema)
        while let row = try reader.next() { inspection.note(row, of: reader) }
        return try ImportLayout(
            names: reader.columns, findings: inspection, options: options, schema: schema,
            fileName: name, hasValues: { _ in hasValues })
    }

    /// The kind inferred for cells of one column.
    private func kind(_ cells: [String], _ options: ImportOptions) throws -> AttributeKind? {
        let rows = cells.enumerated().map { "\($0.offset),\"\($0.element)\"\n" }
        return try layout("id,x\n" + rows.joined(), options: options).columns.last?.attribute.kind
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let cells: [String]
        let kind: AttributeKind
        var testDescription: String { cells.joined(separator: " | ") }

        init(_ cells: String..., kind: AttributeKind) {
            self.cells = cells
            self.kind = kind
        }
    }

    @Test(arguments: [
        Case("a", "1", kind: .text),
        Case("1", "-2.5", "$90,000 ", "", kind: .number),
        Case("1", "00501", kind: .text),
        Case("48123456789", "+48123456789", kind: .text),
        Case("1234567890123456", kind: .text),
        Case("12,34", kind: .text),
        Case("Y", "N", " ", kind: .boolean),
        Case("yes", "No", "TRUE", kind: .boolean),
        Case("Y", "S", kind: .text),
        Case("0", "1", kind: .number),
        Case("Y", "1", kind: .text),
        Case("2026-01-31", "2026/2/1", kind: .date),
        Case("04/08/1966", "5/14/1965", kind: .date),
        Case("8.4.1966", "14.5.1965", kind: .date),
        Case("4/25/2020", "25/4/2020", kind: .text),
        Case("13/13/2020", kind: .text),
        Case("3/3/2020", kind: .date),
        Case("2026-01-31T10:00", "2026-01-31 10:00:00+02:00", kind: .timestamp),
        Case("2026-01-31", "2026-01-31T10:00", kind: .text),
        Case("", "  ", kind: .text),
        Case("NA", "3", kind: .text),
        Case("2020", "1999", kind: .number),
    ])
    func `a column has the kind that all its values fit`(example: Case) throws {
        #expect(try kind(example.cells, ImportOptions(key: "id")) == example.kind)
    }

    @Test func `texts that mean absent do not count`() throws {
        let options = ImportOptions(key: "id", nullTexts: ["NA", "unknown"])
        #expect(try kind(["NA", "3", " unknown "], options) == .number)
        let column = try layout("id,x\n1,NA\n2,3\n3,\n", options: options).columns[1]
        #expect(column.present == 1)
        #expect(column.absent == 2)
    }

    @Test func `JSON says itself what a value is`() throws {
        let columns = try layout(
            """
            {"id":1,"n":1.5,"s":"15","b":true,"d":"2026-01-31","t":"2026-01-31T10:00Z","m":1,"e":null}
            {"id":2,"n":1e3,"s":"16","b":false,"d":null,"m":"x"}
            """, name: "p.jsonl"
        ).columns
        #expect(
            columns.map(\.attribute.kind) == [
                .text, .number, .text, .boolean, .date, .timestamp, .text, .text,
            ])
        #expect(columns.map(\.present) == [2, 2, 2, 2, 1, 1, 2, 0])
        #expect(columns.map(\.absent) == [0, 0, 0, 0, 1, 0, 0, 1])
    }

    @Test func `the key is text whatever it holds`() throws {
        let layout = try layout("name,id\nA,1\nB,2\n")
        #expect(layout.keyPosition == 1)
        #expect(layout.columns[1].attribute == Attribute(name: "id", kind: .text))
        #expect(layout.columns[1].reason == .key)
    }

    @Test func `a column without values is text until an import brings some`() throws {
        #expect(try layout("id,x\n1,\n").columns[1].reason == .empty)
        let text = [Attribute(name: "x", kind: .text)]
        let retyped = try layout("id,x\n1,5\n", attributes: text, hasValues: false).columns[1]
        #expect(retyped.attribute.kind == .number)
        #expect(retyped.storedKind == .text)
        let kept = try layout("id,x\n1,5\n", attributes: text, hasValues: true).columns[1]
        #expect(kept.attribute.kind == .text)
        #expect(kept.reason == .existing)
    }

    @Test func `an existing attribute keeps its name and kind`() throws {
        let column = try layout(
            "id,AGE\n1,old\n", attributes: [Attribute(name: "Age", kind: .number)]
        ).columns[1]
        #expect(column.attribute == Attribute(name: "Age", kind: .number))
        #expect(column.storedKind == nil)
        let error = column.misfit(line: 2)
        #expect(
            error
                == RowError(
                    .valueDoesNotFit, line: 2, column: 2, columnName: "Age",
                    [
                        "what": .word("stored"), "attribute": "Age",
                        "expected": .word("expected-number"),
                    ]))
    }

    @Test func `a person can say otherwise`() throws {
        let options = ImportOptions(key: "id", kinds: ["x": .boolean, "Y": .text])
        let columns = try layout("id,x,y\n1,1,5\n", options: options).columns
        #expect(columns.map(\.attribute.kind) == [.text, .boolean, .text])
        #expect(columns.map(\.reason) == [.key, .declared, .declared])
    }

    // MARK: The order of day and month

    @Test func `the file decides which of day and month comes first`() throws {
        func order(_ text: String) throws -> DateOrder? {
            try layout(text).columns[1].conversion.dateOrder
        }
        #expect(try order("id,d\n1,04/08/1966\n2,5/14/1965\n") == .monthFirst)
        #expect(try order("id,d\n1,04/08/1966\n2,14/5/1965\n") == .dayFirst)
        #expect(try order("id,d\n1,1966-04-08\n") == nil)
        #expect(try order("id,d\n1,3/3/2020\n") == nil)
        #expect(try order("id,d,e\n1,3/4/2020,3/14/2020\n") == .monthFirst)
    }

    @Test func `an order that nothing decides is asked for`() throws {
        let text = "id,d\n1,\n2,3/4/2020\n"
        let error = #expect(throws: ImportError.self) { try layout(text) }
        #expect(error?.code == .dateOrderUnknown)
        #expect(error?.facts == ["column": "d", "at": "3"])
        let options = ImportOptions(key: "id", dateOrder: .dayFirst)
        #expect(try layout(text, options: options).columns[1].conversion.dateOrder == .dayFirst)
    }

    @Test func `columns that decide differently leave a third undecided`() throws {
        let error = #expect(throws: ImportError.self) {
            try layout("id,d,e,f\n1,3/14/2020,14/3/2020,3/4/2020\n")
        }
        #expect(error?.code == .dateOrderUnknown)
    }

    @Test func `an order that the file contradicts is refused`() throws {
        let options = ImportOptions(key: "id", dateOrder: .dayFirst)
        let error = #expect(throws: ImportError.self) {
            try layout("id,d\n1,5/14/1965\n", options: options)
        }
        #expect(error?.code == .dateOrderContradicted)
        #expect(error?.facts == ["what": .word("month"), "column": "d", "at": "2"])
    }

    @Test func `a declared date column with both orders is asked about`() throws {
        let text = "id,d\n1,oops\n2,25/4/2020\n3,4/25/2020\n"
        var options = ImportOptions(key: "id", kinds: ["d": .date])
        let error = #expect(throws: ImportError.self) { try layout(text, options: options) }
        #expect(error?.code == .dateOrderContradicted)
        options.dateOrder = .monthFirst
        #expect(try layout(text, options: options).columns[1].conversion.dateOrder == .monthFirst)
    }

    // MARK: Options

    @Test(arguments: [
        (
            ImportOptions(key: "idd"), ImportError.Code.unknownColumn,
            ["column": "idd", "option": .word("key"), "nearest": "id"] as Facts
        ),
        (
            ImportOptions(key: "zzzzzz"), .unknownColumn,
            ["column": "zzzzzz", "option": .word("key"), "names": .names(["id", "name"])]
        ),
        (
            ImportOptions(key: "id", kinds: ["nme": .text]), .unknownColumn,
            ["column": "nme", "option": .word("type"), "nearest": "name"]
        ),
        (
            ImportOptions(key: "id", ignoredColumns: ["nme"]), .unknownColumn,
            ["column": "nme", "option": .word("ignore"), "nearest": "name"]
        ),
        (
            ImportOptions(key: "id", kinds: ["id": .number]), .conflictingOptions,
            ["what": .word("key-kind"), "column": "id", "kind": .word("kind-number")]
        ),
        (
            ImportOptions(key: "id", ignoredColumns: ["ID"]), .conflictingOptions,
            ["what": .word("key-ignored"), "column": "id"]
        ),
        (
            ImportOptions(key: "id", kinds: ["name": .text], ignoredColumns: ["name"]),
            .conflictingOptions, ["what": .word("ignored-kind"), "column": "name"]
        ),
    ])
    func `options that do not suit the file are refused`(
        options: ImportOptions, code: ImportError.Code, facts: Facts
    ) {
        let error = #expect(throws: ImportError.self) {
            try layout("id,name\n1,Z\n", options: options)
        }
        #expect(error?.code == code)
        #expect(error?.facts.filter { $0.key != "path" } == facts)
    }

    @Test func `ignored columns are left out`() throws {
        let options = ImportOptions(key: "id", ignoredColumns: ["name"])
        let layout = try layout("id,name,age\n1,Z,3\n", options: options)
        #expect(layout.columns.map(\.attribute.name) == ["id", "age"])
        #expect(layout.ignoredColumns == ["name"])
    }
}
