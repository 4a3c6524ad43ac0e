import Testing

@testable import Profiles

struct JSONLinesReaderTests {
    @Test func `names become columns in the order of their appearance`() throws {
        let reading = try Reading(
            """
            {"id":"1","name":"Zoë"}

            {"name":null,"id":2,"age":31.5}
            {"id":3,"happy":true,"age":null}
            """, name: "people.jsonl", chunk: 3)
        #expect(reading.columns == ["id", "name", "age", "happy"])
        #expect(
            reading.rows == [
                ["1", "Zoë"], ["2", nil, "31.5"], ["3", nil, nil, "true"],
            ])
        #expect(reading.lines == [1, 3, 4])
    }

    @Test func `escapes are resolved`() throws {
        let reading = try Reading(
            #"{"id":"a\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00z","n\u0061me":"x"}"#, name: "p.jsonl")
        #expect(reading.columns == ["id", "name"])
        #expect(reading.rows == [["a\"\\/\u{8}\u{c}\n\r\té😀z", "x"]])
    }

    @Test func `names that differ by case alone are one column`() throws {
        let reading = try Reading("{\"Id\":1}\n{\"id\":2}\n{\"ID\":3}\r\n", name: "p.ndjson")
        #expect(reading.columns == ["Id"])
        #expect(reading.rows == [["1"], ["2"], ["3"]])
    }

    @Test(arguments: [
        (#"{"id":1,"a":{"b":1}}"#, RowError.Code.nestedValue, "a"),
        (#"{"id":1,"a":[]}"#, .nestedValue, "a"),
        (#"{"id":1,"id":2}"#, .repeatedName, "id"),
        (#"[1]"#, .jsonSyntax, "no-object"),
        (#"{"id":1"#, .jsonSyntax, "unended"),
        (#"{"id":1,"#, .jsonSyntax, "unended"),
        (#"{"id":1,}"#, .jsonSyntax, "no-name"),
        (#"{id:1}"#, .jsonSyntax, "no-name"),
        (#"{"id" 1}"#, .jsonSyntax, "no-colon"),
        (#"{"id":}"#, .jsonSyntax, "no-value"),
        (#"{"id":01}"#, .jsonSyntax, "number"),
        (#"{"id":1.}"#, .jsonSyntax, "number"),
        (#"{"id":-}"#, .jsonSyntax, "number"),
        (#"{"id":tru}"#, .jsonSyntax, "no-word"),
        (#"{"id":"a}"#, .jsonSyntax, "unclosed"),
        (#"{"id":"\x"}"#, .jsonSyntax, "escape"),
        (#"{"id":"\u12g4"}"#, .jsonSyntax, "hex"),
        (#"{"id":"\ud800"}"#, .jsonSyntax, "surrogate"),
        (#"{"id":"\udc00"}"#, .jsonSyntax, "surrogate"),
        (#"{"id":"\u0000"}"#, .jsonSyntax, "nul"),
        (#"{"id":1} x"#, .jsonSyntax, "text-behind"),
        (#"{"":1}"#, .jsonSyntax, "empty-name"),
        ("{\"id\":\"a\u{1}\"}", .jsonSyntax, "control"),
    ])
    func `a bad line says what was expected and the next is read`(
        line: String, code: RowError.Code, said: String
    ) throws {
        let reading = try Reading("{\"id\":\"x\"}\n\(line)\n{\"id\":\"y\"}", name: "p.jsonl")
        #expect(reading.rows.map { $0[0] } == ["x", "y"])
        let error = try #require(reading.errors.first)
        #expect(error.line == 2)
        #expect(error.code == code)
        #expect(
            code == .jsonSyntax ? error.facts["what"] == .word(said) : error.columnName == said)
        #expect(reading.raw == [line])
    }

    @Test func `an empty object speaks of nothing`() throws {
        let reading = try Reading("{\"id\":1}\n{ }\n", name: "p.jsonl")
        #expect(reading.rows == [["1"], [nil]])
    }

    @Test func `a line over the limit is refused and the next read`() throws {
        let long = String(repeating: "x", count: ImportLimits.rowBytesMax)
        let cell = String(repeating: "x", count: ImportLimits.cellBytesMax + 1)
        let reading = try Reading(
            "{\"id\":\"\(long)\"}\n{\"id\":\"\(cell)\"}\n{\"id\":3}\n", name: "p.jsonl")
        #expect(reading.errors.map(\.code) == [.rowTooLong, .cellTooLong])
        #expect(reading.rows == [["3"]])
    }

    @Test(arguments: [(0, true), (1, false)])
    func `a line of exactly the limit is read, and one byte more is too long`(
        more: Int, isRead: Bool
    ) throws {
        let spaces = String(repeating: " ", count: ImportLimits.rowBytesMax - 8 + more)
        let line = "{\"id\":1\(spaces)}"
        #expect(line.utf8.count == ImportLimits.rowBytesMax + more)
        let reading = try Reading("\(line)\n{\"id\":2}\n", name: "p.jsonl")
        #expect(reading.rows == (isRead ? [["1"], ["2"]] : [["2"]]))
        #expect(reading.errors.map(\.code) == (isRead ? [] : [.rowTooLong]))
    }

    @Test func `text that is not UTF-8 is refused`() throws {
        let reading = try Reading(
            Array("{\"id\":\"".utf8) + [0xFF] + Array("\"}\n{\"id\":2}".utf8), name: "p.jsonl")
        #expect(reading.errors.map(\.code) == [.invalidText])
        #expect(reading.rows == [["2"]])
    }
}
