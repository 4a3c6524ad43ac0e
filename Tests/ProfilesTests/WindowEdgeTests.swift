import Testing

@testable import Profiles

/// Readers over windows of a few bytes. `RowReaders.open` fills the window with a sample first, so that only
/// a long file meets an edge; here every byte of a small one is the last of the window once.
struct WindowEdgeTests {
    /// Windows that begin with so many bytes and get so many more at a time.
    private static let windows = (1...8).flatMap { capacity in
        (1...8).map { (capacity: capacity, chunk: $0) }
    }

    private func delimited(
        _ text: String, _ size: (capacity: Int, chunk: Int)
    ) throws -> Reading {
        let bytes = Array(text.utf8)
        return try Reading(
            DelimitedReader(
                window: window(bytes, chunk: size.chunk, capacity: size.capacity),
                delimiter: .comma, fileName: "people.csv"), bytes: bytes.count)
    }

    private func lines(_ text: String, _ size: (capacity: Int, chunk: Int)) throws -> Reading {
        let bytes = Array(text.utf8)
        return try Reading(
            JSONLinesReader(window: window(bytes, chunk: size.chunk, capacity: size.capacity)),
            bytes: bytes.count)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let rows: [[String]]
        let lines: [Int]

        init(_ description: String, _ text: String, _ rows: [[String]], lines: [Int]) {
            testDescription = description
            self.text = text
            self.rows = rows
            self.lines = lines
        }
    }

    @Test(arguments: [
        Case(
            "doubled quotes", "a,b\n\"x\"\"y\",1\n\"\"\"\",2\n\"\"\"\"\"\",\"\"\n",
            [["x\"y", "1"], ["\"", "2"], ["\"\"", ""]], lines: [2, 3, 4]),
        Case(
            "CR LF behind a plain cell", "a,b\r\n1,2\r\n\r\n3,4\r\n", [["1", "2"], ["3", "4"]],
            lines: [2, 4]),
        Case(
            "CR LF behind a quote", "\"a\",\"b\"\r\n\"1\",\"2\"\r\n\"3\",\"4\"\r\n",
            [["1", "2"], ["3", "4"]], lines: [2, 3]),
        Case(
            "CR LF inside quotes", "a,b\r\n\"1\r\n2\",3\r\n4,\"\r\n\"\r\n",
            [["1\r\n2", "3"], ["4", "\r\n"]], lines: [2, 4]),
        Case("CR alone", "a,b\r1,2\r3,4\r", [["1", "2"], ["3", "4"]], lines: [2, 3]),
        Case("CR at the very end", "a,b\n1,2\r", [["1", "2"]], lines: [2]),
        Case("a closing quote at the very end", "a,b\n1,\"2\"", [["1", "2"]], lines: [2]),
        Case("a delimiter at the very end", "a,b\n1,", [["1", ""]], lines: [2]),
        Case(
            "letters of several bytes", "a,b\nЗоя,\"李\"\"é\"\n", [["Зоя", "李\"é"]], lines: [2]),
        Case(
            "a long row among short ones", "a,b\n1,2\n123456789012,\"345\"\n5,6\n",
            [["1", "2"], ["123456789012", "345"], ["5", "6"]], lines: [2, 3, 4]),
    ])
    func `a row is the same wherever the window ends`(example: Case) throws {
        for size in Self.windows {
            let reading = try delimited(example.text, size)
            #expect(reading.columns == ["a", "b"], "\(size)")
            #expect(reading.rows == example.rows, "\(size)")
            #expect(reading.lines == example.lines, "\(size)")
            #expect(reading.errors.isEmpty, "\(size)")
        }
    }

    @Test(arguments: [
        ("a,b\n1\n2,3\n", RowError.Code.tooFewCells, 2, "1"),
        ("a,b\r\n1,2,3\r\n2,3\r\n", .tooManyCells, 2, "1,2,3"),
        ("a,b\n\"1\"x,2\n2,3\n", .textAfterQuote, 2, "\"1\"x,2"),
        ("a,b\r\n\"1\"\"\" x,2\r\n2,3\r\n", .textAfterQuote, 2, "\"1\"\"\" x,2"),
        ("a,b\n2,3\n1,\"\"\"\n", .unterminatedQuote, 3, "1,\"\"\""),
    ])
    func `a bad row is named and left behind wherever the window ends`(
        text: String, code: RowError.Code, line: Int, raw: String
    ) throws {
        for size in Self.windows {
            let reading = try delimited(text, size)
            #expect(reading.errors.map(\.code) == [code], "\(size)")
            #expect(reading.errors.map(\.line) == [line], "\(size)")
            #expect(reading.raw == [raw], "\(size)")
            #expect(reading.rows == [["2", "3"]], "\(size)")
        }
    }

    @Test func `an object on a line is the same wherever the window ends`() throws {
        let text =
            "{\"id\":\"a\\\"b\\u00e9\"}\r\n\n{\"id\":2,\"name\":\"李\"}\n{\"id\":3} x\n{\"id\":4}"
        for size in Self.windows {
            let reading = try lines(text, size)
            #expect(reading.columns == ["id", "name"], "\(size)")
            #expect(reading.rows == [["a\"bé"], ["2", "李"], ["4", nil]], "\(size)")
            #expect(reading.lines == [1, 3, 5], "\(size)")
            #expect(reading.errors.map(\.line) == [4], "\(size)")
            #expect(reading.raw == ["{\"id\":3} x"], "\(size)")
        }
    }

    @Test func `a line of nothing but its end is no row at the edge either`() throws {
        for size in Self.windows {
            #expect(try lines("\n\r\n{\"id\":1}\n\n", size).rows == [["1"]], "\(size)")
            #expect(
                try delimited("\n\r\n\ra,b\n\n1,2\n\r\n", size).rows == [["1", "2"]], "\(size)")
        }
    }
}
