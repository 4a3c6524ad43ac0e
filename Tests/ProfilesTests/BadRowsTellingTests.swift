import Testing

@testable import Profiles

struct BadRowsTellingTests {
    private static func telling() -> BadRowsTelling {
        BadRowsTelling { "<\($0.refusalCode), \"\($0.facts.count)\" facts>" }
    }

    private static func tell(_ text: String, pieces size: Int) -> String {
        var telling = Self.telling()
        let bytes = Array(text.utf8)
        var told: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            told += telling.tell(bytes[start..<min(start + size, bytes.count)])
        }
        return String(decoding: told, as: UTF8.self)
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `reasons become sentences, and rows stay as they stood, wherever a piece ends`(size: Int) {
        let stored = Remark(RowError(.tooFewCells, line: 3, ["cells": .number(1)])).stored
            .replacing("\"", with: "\"\"")
        let text = """
            line,column,reason,row
            3,,"\(stored)","a,""b""
            c"
            4,2,"\(stored)\nsize, ""of"" it","x"

            """
        #expect(
            Self.tell(text, pieces: size) == """
                line,column,reason,row
                3,,"<row-too-few-cells, ""1"" facts>","a,""b""
                c"
                4,2,"'size, ""of"" it': <row-too-few-cells, ""1"" facts>","x"

                """)
    }

    @Test func `what was written before there were remarks stays as it is`() {
        var telling = BadRowsTelling { remark in
            guard case .text(let text) = remark.facts["text"] else { return "" }
            return text
        }
        let told = telling.tell(Array("line,column,reason,row\n3,2,\"'age': old\",\"3\"\n".utf8))
        #expect(
            String(decoding: told, as: UTF8.self)
                == "line,column,reason,row\n3,2,'age': old,\"3\"\n")
    }
}
