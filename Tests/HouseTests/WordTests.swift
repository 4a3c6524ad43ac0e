import Foundation
import Testing

/// A word that must not stand in the sources, and what to write instead.
struct BannedWord: Sendable, CustomTestStringConvertible {
    let word: String
    let instead: String
    /// Files in which the word is in its place.
    var exceptions: Set<String> = []

    var testDescription: String { word }

    static let all: [BannedWord] = [
        BannedWord(word: "try!", instead: "throw"),
        BannedWord(word: "nonisolated(unsafe)", instead: "a Mutex, or values"),
        BannedWord(word: "@unchecked Sendable", instead: "a Mutex, or values"),
        BannedWord(word: "DispatchSemaphore", instead: "await"),
        BannedWord(word: "Task.detached", instead: "a task group"),
        BannedWord(word: "Locale.current", instead: "an explicit language"),
        BannedWord(word: "TimeZone.current", instead: "UTC, or an explicit zone"),
        BannedWord(word: "expandedDescription", instead: "description, which holds no values"),
        BannedWord(word: "publicStatementArguments", instead: "nothing: values stay private"),
        BannedWord(word: "TO" + "DO", instead: "the work itself"),
        BannedWord(word: "FIX" + "ME", instead: "the work itself"),
    ]
}

struct WordTests {
    @Test(arguments: BannedWord.all)
    func `a banned word stands nowhere in the sources`(banned: BannedWord) throws {
        var places: [String] = []
        for file in Sources.files(in: "Sources")
        where !banned.exceptions.contains(file.lastPathComponent) {
            for (number, line) in try Sources.lines(of: file).enumerated()
            where line.contains(banned.word) {
                places.append("\(file.lastPathComponent):\(number + 1): use \(banned.instead)")
            }
        }
        #expect(places.isEmpty)
    }

    @Test
    func `every package declaration of a room has a doc comment or explains itself as a member`()
        throws
    {
        // Types are what a newcomer meets first; each of them says what it is.
        let openers = ["struct ", "enum ", "class ", "protocol ", "final class ", "indirect enum "]
        var silent: [String] = []
        for file in Sources.files(in: "Sources") {
            let lines = try Sources.lines(of: file)
            for (number, line) in lines.enumerated() {
                let text = line.trimmingCharacters(in: .whitespaces)
                guard openers.contains(where: { text.hasPrefix("package " + $0) }) else { continue }
                var above = number - 1
                while above >= 0,
                    lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("@")
                {
                    above -= 1
                }
                let isDocumented =
                    above >= 0 && lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("///")
                if !isDocumented { silent.append("\(file.lastPathComponent):\(number + 1)") }
            }
        }
        #expect(silent.isEmpty)
    }

    @Test
    func `text of people is never logged`() throws {
        // Logs take constant messages and metadata; nothing interpolated, so no value can slip in.
        var places: [String] = []
        for file in Sources.files(in: "Sources") {
            for (number, line) in try Sources.lines(of: file).enumerated() {
                guard line.contains("logger."), line.contains("\\(") else { continue }
                places.append("\(file.lastPathComponent):\(number + 1)")
            }
        }
        #expect(places.isEmpty)
    }
}
