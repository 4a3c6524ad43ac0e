import Testing

@testable import Profiles

struct RowReadersTests {
    @Test(
        arguments: zip(
            ["p.csv", "p.tsv", "p.txt", "p", "-", "p.jsonl", "p.ndjson", "p.json", "p.JSONL"],
            [
                ImportFormat.delimited, .delimited, .delimited, .delimited, .delimited, .jsonLines,
                .jsonLines, .jsonLines, .jsonLines,
            ]))
    func `the ending of the name tells the format`(name: String, format: ImportFormat) throws {
        #expect(try Reading("", or: "id\n1\n", name: name, format).form?.format == format)
    }

    @Test func `without a known ending the first byte tells the format`() throws {
        #expect(try Reading("  {\"id\":1}", name: "-").form?.format == .jsonLines)
        #expect(try Reading("id\n1", name: "export.dat").form?.format == .delimited)
    }

    @Test func `a person can name the format`() throws {
        let options = ImportOptions(key: "id", format: .jsonLines)
        #expect(
            try Reading("{\"id\":1}", name: "p.csv", options: options).form?.format == .jsonLines)
    }

    @Test(
        arguments: zip(
            [
                "a,b\n1,2\n", "a;b\n1,5;2\n", "a\tb\tc\n1,2\t3\t4\n", "a|b\n1|2\n", "abc\n1\n",
                "\"a,x\";b\n\"1,2,3\";4\n", "a,b;c,d\n1,2,3\n4,5,6\n",
                "\"say \"\"a;b\"\"\",c\n1,2\n",
                "a,b\n\"x;\ny;z\",2\n\"x;y\",3\n",
            ],
            [
                Delimiter.comma, .semicolon, .tab, .bar, .comma, .semicolon, .comma, .comma, .comma,
            ]))
    func `the delimiter is found in the first rows`(text: String, delimiter: Delimiter) {
        #expect(withBytes(text) { Delimiter.found(in: $0) } == delimiter)
    }

    @Test func `a person can name the delimiter`() throws {
        let options = ImportOptions(key: "id", delimiter: .bar)
        #expect(try Reading("a,b|c\n1,2|3\n", options: options).columns == ["a,b", "c"])
    }

    @Test(arguments: [
        ([0xFF, 0xFE, 0x61, 0x00] as [UInt8], ImportError.Code.notText, "wide" as String?),
        ([0xFE, 0xFF, 0x00, 0x61], .notText, "wide"),
        ([0x61, 0x00, 0x2C, 0x00], .notText, "wide"),
        ([0x1F, 0x8B, 0x08, 0x00], .notText, "compressed"),
        ([0x50, 0x4B, 0x03, 0x04], .notText, "zip"),
        ([], .emptyFile, nil),
        ([0x0A, 0x0A], .emptyFile, nil),
        ([0xEF, 0xBB, 0xBF], .emptyFile, nil),
    ])
    func `what is not UTF-8 text is refused for what it is`(
        bytes: [UInt8], code: ImportError.Code, what: String?
    ) {
        let error = #expect(throws: ImportError.self) { try Reading(bytes, name: "p.csv") }
        #expect(error?.code == code)
        #expect(error?.facts["what"] == what.map(Fact.word))
        #expect(error?.facts["path"] == "p.csv")
    }

    @Test(arguments: ["p.csv", "p.txt", "p.tsv", "-", "export.dat"])
    func `a byte order mark belongs to no column, whatever the name`(name: String) throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let comma = name == "p.tsv" ? "\t" : ","
        let reading = try Reading(mark + Array("id\(comma)b\n1\(comma)2\n".utf8), name: name)
        #expect(reading.columns == ["id", "b"])
        #expect(reading.rows == [["1", "2"]])
        #expect(reading.errors.isEmpty)
    }

    @Test(arguments: ["p.jsonl", "p.ndjson", "p.json", "-", "export.dat"])
    func `a byte order mark before JSON lines is no part of the first object`(name: String) throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let reading = try Reading(mark + Array("{\"id\":1}\n{\"id\":2}\n".utf8), name: name)
        #expect(reading.form?.format == .jsonLines)
        #expect(reading.columns == ["id"])
        #expect(reading.rows == [["1"], ["2"]])
        #expect(reading.errors.isEmpty)
    }

    @Test func `a second byte order mark, or a part of one, is text`() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let twice = try Reading(mark + mark + Array("id,b\n1,2\n".utf8), name: "p.csv")
        #expect(twice.columns.count == 2)
        #expect(twice.columns.first != "id")
        #expect(throws: ImportError.self) {
            try Reading([0xEF, 0xBB] + Array("id,b\n1,2\n".utf8), name: "p.csv")
        }
    }

    @Test func `a JSON array is refused for what it is`() {
        let error = #expect(throws: ImportError.self) { try Reading("[{}]", name: "p.json") }
        #expect(error?.code == .notText)
        #expect(error?.facts == ["what": .word("array"), "path": "p.json"])
    }
}

extension Reading {
    /// A small file that is right for the format.
    fileprivate init(
        _ empty: String, or delimited: String, name: String, _ format: ImportFormat
    ) throws {
        try self.init(format == .delimited ? delimited : "{\"id\":1}" + empty, name: name)
    }
}
