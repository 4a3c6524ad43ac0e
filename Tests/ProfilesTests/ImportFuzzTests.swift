import TestSupport
import Testing

@testable import Profiles

struct ImportFuzzTests {
    /// Bytes that mean something to a reader are more frequent than others.
    private static let alphabet = Array("\"\"\"\",,;\t|\r\n\n{}[]:\\u00-1.eE+ tfn'a".utf8)

    @Test(arguments: 0..<40)
    func `random bytes are read or refused and never crash`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        for round in 0..<50 {
            let length = Int.random(in: 0...200, using: &random)
            var bytes = (0..<length).map { _ -> UInt8 in
                Int.random(in: 0..<10, using: &random) == 0
                    ? UInt8.random(in: 0...255, using: &random)
                    : Self.alphabet.randomElement(using: &random) ?? 0
            }
            let isJSON = round % 2 == 0
            bytes = (isJSON ? Array("{\"id\":".utf8) : Array("id,b\n".utf8)) + bytes
            do {
                let reading = try Reading(
                    bytes, name: isJSON ? "p.jsonl" : "p.csv",
                    chunk: Int.random(in: 1...50, using: &random), capacity: 1)
                // However the file is cut while it is read, the same comes out.
                let whole = try Reading(bytes, name: isJSON ? "p.jsonl" : "p.csv", capacity: 4_096)
                #expect(whole.rows == reading.rows)
                #expect(whole.errors == reading.errors)
                #expect(whole.raw == reading.raw)
            } catch is ImportError {
                // Refused as a whole, which is an answer too.
            }
        }
    }

    @Test(arguments: 0..<40)
    func `a random table reads back as it was written`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(1_000 + seed))
        let pieces = ["a", "Zoë", "李", ",", ";", "\"", "\n", "\r\n", "\r", " ", "|", "\t", "x", ""]
        let columns = Int.random(in: 2...6, using: &random)
        let delimiter = Delimiter.allCases.randomElement(using: &random) ?? .comma
        let newline = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
        var table: [[String]] = []
        for _ in 0..<Int.random(in: 0...30, using: &random) {
            table.append(
                (0..<columns).map { _ in
                    (0..<Int.random(in: 0...5, using: &random))
                        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
                })
        }
        let header = (0..<columns).map { "c\($0)" }
        var lines: [String] = []
        for row in [header] + table {
            let cells = row.map { cell in
                let isPlain = !cell.contains {
                    "\"\n\r\r\n".contains($0) || "\(delimiter.rawValue)".contains($0)
                }
                return isPlain && Bool.random(using: &random)
                    ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
            }
            lines.append(cells.joined(separator: delimiter.rawValue))
        }
        let text = lines.joined(separator: newline) + (Bool.random(using: &random) ? newline : "")

        let reading = try Reading(
            text, options: ImportOptions(key: "c0", delimiter: delimiter),
            chunk: Int.random(in: 1...40, using: &random))
        #expect(reading.columns == header)
        #expect(reading.errors.isEmpty)
        #expect(reading.rows == table)
    }
}
