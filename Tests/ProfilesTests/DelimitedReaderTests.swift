import Testing

@testable import Profiles

struct DelimitedReaderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let rows: [[String]]

        init(_ description: String, _ text: String, _ rows: [[String]]) {
            testDescription = description
            self.text = text
            self.rows = rows
        }
    }

    static let wellFormed: [Case] = [
        Case("plain", "a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]]),
        Case("no newline at the end", "a,b\n1,2", [["1", "2"]]),
        Case("an empty last cell at the end", "a,b\n1,", [["1", ""]]),
        Case("CR LF", "a,b\r\n1,2\r\n", [["1", "2"]]),
        Case("CR", "a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]]),
        Case("a byte order mark", "\u{FEFF}a,b\n1,2\n", [["1", "2"]]),
        Case("a byte order mark before a quote", "\u{FEFF}\"a\",b\n1,2\n", [["1", "2"]]),
        Case("quotes", "a,b\n\"1\",\"2\"\n", [["1", "2"]]),
        Case("delimiters in quotes", "a,b\n\"1,5\",2\n", [["1,5", "2"]]),
        Case("doubled quotes", "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", [["say \"hi\"", "\""]]),
        Case("line breaks in quotes", "a,b\n\"1\n2\",\"3\r\n4\r5\"\n", [["1\n2", "3\r\n4\r5"]]),
        Case("an empty cell in quotes", "a,b\n\"\",2\n", [["", "2"]]),
        Case("a quote at the very end", "a,b\n1,\"2\"", [["1", "2"]]),
        Case("a quote inside a cell", "a,b\n5\" pipe,x\n", [["5\" pipe", "x"]]),
        Case("spaces are kept by the reader", "a,b\n 1 , 2 \n", [[" 1 ", " 2 "]]),
        Case("blank lines", "\n\na,b\n\n1,2\n   \n\r\n3,4\n\n", [["1", "2"], ["3", "4"]]),
        Case("one column", "a\n1\n\n2\n", [["1"], ["2"]]),
        Case("one column with an empty cell in quotes", "a\n\"\"\n2\n", [[""], ["2"]]),
        Case("semicolons", "a;b\n1,5;2\n3,5;4\n", [["1,5", "2"], ["3,5", "4"]]),
        Case("tabs", "a\tb\n1, 2\t3\n", [["1, 2", "3"]]),
        Case("bars", "a|b\n1|2\n", [["1", "2"]]),
        Case("letters beyond ASCII", "a,b\nZoë,李\nнов,שלום\n", [["Zoë", "李"], ["нов", "שלום"]]),
        Case("only a header", "a,b\n", []),
    ]

    @Test(arguments: wellFormed)
    func `cells are what RFC 4180 says`(example: Case) throws {
        let reading = try Reading(example.text)
        #expect(reading.rows == example.rows)
        #expect(reading.errors.isEmpty)
    }

    @Test(arguments: wellFormed)
    func `it does not matter where the file is cut while it is read`(example: Case) throws {
        for chunk in 1...4 {
            let reading = try Reading(example.text, chunk: chunk)
            #expect(reading.rows == example.rows, "\(chunk) bytes at a time")
        }
    }

    struct BadCase: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let code: RowError.Code
        let line: Int
        let column: Int?
        /// Rows that are read all the same.
        let good: Int
    }

    @Test(arguments: [
        BadCase(
            testDescription: "too few cells", text: "a,b,c\n1,2,3\n1,2\n4,5,6\n",
            code: .tooFewCells, line: 3, column: 3, good: 2),
        BadCase(
            testDescription: "too many cells", text: "a,b\n1,2,3\n4,5\n", code: .tooManyCells,
            line: 2, column: 3, good: 1),
        BadCase(
            testDescription: "text after a closing quote", text: "a,b\n1,\"2\"x\n4,5\n",
            code: .textAfterQuote, line: 2, column: 2, good: 1),
        BadCase(
            testDescription: "a space after a closing quote", text: "a,b\n\"1\" ,2\n4,5\n",
            code: .textAfterQuote, line: 2, column: 1, good: 1),
        BadCase(
            testDescription: "a quote that is never closed", text: "a,b\n1,2\n3,\"4\n5,6\n7,8\n",
            code: .unterminatedQuote, line: 3, column: 2, good: 3),
        BadCase(
            testDescription: "a line after a cell of two lines",
            text: "a,b\n\"1\n1\",2\n3\n4,5\n", code: .tooFewCells, line: 4, column: 2, good: 2),
        BadCase(
            testDescription: "a NUL character", text: "a,b\n1,2\u{0}\n4,5\n", code: .invalidText,
            line: 2, column: 2, good: 1),
    ])
    func `a bad row is named by line and column and the rest is read`(example: BadCase) throws {
        for chunk in [1, 3, .max] {
            let reading = try Reading(example.text, chunk: chunk)
            let error = try #require(reading.errors.first)
            #expect(reading.errors.count == 1)
            #expect(error.code == example.code)
            #expect(error.line == example.line)
            #expect(error.column == example.column)
            #expect(reading.rows.count == example.good)
        }
    }

    @Test func `the line on which an unclosed quote opens is named`() throws {
        let reading = try Reading("a,b\n\"1\n1\",\"2\n3,4")
        #expect(reading.errors.first?.line == 2)
        #expect(reading.errors.first?.facts["opened"] == "3")
        #expect(reading.raw.first == "\"1")
    }

    @Test func `text that is not UTF-8 is named by line and column`() throws {
        let latin1: [UInt8] =
            Array("id,name,town\n1,Zoe,X\n2,Zo".utf8) + [0xEB] + Array(",Y\n3,Z,Z\n".utf8)
        let reading = try Reading(latin1)
        #expect(reading.rows.count == 2)
        let error = try #require(reading.errors.first)
        #expect(error.code == .invalidText)
        #expect(error.line == 3)
        #expect(error.column == 2)
        #expect(error.columnName == "name")
    }

    @Test func `a cell over the limit is refused and the next row read`() throws {
        let long = String(repeating: "x", count: ImportLimits.cellBytesMax + 1)
        let fits = String(repeating: "y", count: ImportLimits.cellBytesMax)
        let reading = try Reading("a,b\n1,\(long)\n2,\(fits)\n3,\"\(long)\"\n4,5\n")
        #expect(reading.errors.map(\.code) == [.cellTooLong, .cellTooLong])
        #expect(reading.errors.map(\.line) == [2, 4])
        #expect(reading.rows.map { $0[0] } == ["2", "4"])
    }

    @Test func `a row over the limit is refused and the next row read`() throws {
        let cell = String(repeating: "x", count: ImportLimits.cellBytesMax)
        let long = Array(repeating: cell, count: 17).joined(separator: ",")
        let header = (1...17).map { "c\($0)" }.joined(separator: ",")
        let short = Array(repeating: "1", count: 17).joined(separator: ",")
        let reading = try Reading("\(header)\n\(long)\n\(short)\n")
        #expect(reading.errors.map(\.code) == [.rowTooLong])
        #expect(reading.rows.count == 1)
    }

    @Test(arguments: [(0, true), (1, false)])
    func `a row of exactly the limit is read, and one byte more is too long`(
        more: Int, isRead: Bool
    ) throws {
        // Seventeen cells and the delimiters between them.
        let each = (ImportLimits.rowBytesMax - 16) / 17
        let last = ImportLimits.rowBytesMax - 16 - 16 * each
        let cells = Array(repeating: String(repeating: "x", count: each), count: 16)
        let row = (cells + [String(repeating: "y", count: last + more)]).joined(separator: ",")
        #expect(row.utf8.count == ImportLimits.rowBytesMax + more)
        let header = (1...17).map { "c\($0)" }.joined(separator: ",")
        let reading = try Reading("\(header)\n\(row)\n")
        #expect(reading.rows.count == (isRead ? 1 : 0))
        #expect(reading.errors.map(\.code) == (isRead ? [] : [.rowTooLong]))
    }

    @Test(arguments: [
        (
            "a,b,a\n",
            ["what": .word("name-twice"), "first": "1", "second": "3", "column": "a"] as Facts
        ),
        ("a,B,b\n", ["what": .word("name-twice"), "first": "2", "second": "3", "column": "b"]),
        ("a,,b\n", ["what": .word("nameless"), "at": "2"]),
        ("a, ,b\n", ["what": .word("nameless"), "at": "2"]),
        ("a,\"b\n1,2\n", [:]),
    ])
    func `a header without clear names is refused`(text: String, facts: Facts) throws {
        let error = #expect(throws: ImportError.self) { try Reading(text) }
        #expect(error?.code == .header)
        #expect(error?.facts.filter { $0.key != "path" } == facts)
    }

    @Test func `more columns than the limit are refused`() throws {
        let names = (0...ImportLimits.columnsMax).map { "c\($0)" }
        let error = #expect(throws: ImportError.self) {
            try Reading(names.joined(separator: ",") + "\n")
        }
        #expect(error?.code == .tooLarge)
        let most = try Reading(names.dropLast().joined(separator: ",") + "\n")
        #expect(most.columns.count == ImportLimits.columnsMax)
    }

    @Test func `names are trimmed`() throws {
        #expect(try Reading(" id ,\u{A0}Cafe\u{301}\n").columns == ["id", "Café"])
    }

    @Test func `no error repeats a value`() throws {
        let reading = try Reading(
            "a,b\nsecret\nsecret,secret,secret\n\"secret\"secret,1\n\"secret,1")
        #expect(reading.errors.count == 4)
        for error in reading.errors { #expect(!"\(error)".contains("secret")) }
    }
}
