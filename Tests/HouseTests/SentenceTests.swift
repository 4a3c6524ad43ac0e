import Foundation
import Testing

/// Below pages and commands there are codes with facts; sentences stand in the phrase tables.
struct SentenceTests {
    /// Rooms that show things to people, or hold the words for it.
    private static let showing: Set<String> = [
        "Web", "ferry", "Phrases", "Sandbox", "embed-assets",
    ]

    /// Calls whose text only programmers read: broken promises, and the log.
    private static let forProgrammers: Set<String> = [
        "precondition", "preconditionFailure", "fatalError", "assert", "assertionFailure",
        "dataCorruptedError", "Context", "trace", "debug", "info", "notice", "warning", "error",
        "critical",
    ]

    /// Files that hold sentences nevertheless, each with its reason.
    private static let exceptions: [String: String] = [
        "Sources/Access/MasterKey.swift":
            "a diagnosis for whoever runs the service; its code has the phrase",
        "Sources/Access/PasswordHash.swift":
            "a diagnosis for whoever runs the service; its code has the phrase",
        "Sources/Acts/Rehearsals/PlanSpool.swift":
            "a diagnosis for whoever runs the service; its code has the phrase",
        "Sources/Service/Notifying/NotifyingMeans.swift":
            "a diagnosis for whoever runs the service; its code has the phrase",
        "Sources/Transport/HostAddress.swift":
            "a diagnosis for whoever runs the service; its code has the phrase",
        "Sources/Transport/LiveTransport.swift":
            "a diagnosis for whoever runs the service; its code has the phrase",
        "Sources/Transport/ServiceLink.swift":
            "only the command line speaks to a service, and shows it",
        "Sources/Transport/WebhookSender.swift":
            "a diagnosis for whoever runs the service; its code has the phrase",
    ]

    /// Three words or more that begin with a capital and end with a full stop.
    private static func isSentence(_ text: String) -> Bool {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, let first = words[0].first(where: { !"'“‘(".contains($0) }) else {
            return false
        }
        return first.isUppercase && words.last?.hasSuffix(".") == true
    }

    private static func sentences(of file: URL) throws -> [String] {
        LiteralScanner.literals(of: try String(contentsOf: file, encoding: .utf8))
            .filter { forProgrammers.isDisjoint(with: $0.calls) && isSentence($0.text) }
            .map { "\(file.lastPathComponent):\($0.line): \($0.text)" }
    }

    private static func path(of file: URL) -> String {
        String(
            file.path(percentEncoded: false).dropFirst(
                Sources.root.path(percentEncoded: false).count))
    }

    @Test func `no sentence for people stands in a room below pages and commands`() throws {
        var found: [String] = []
        for file in Sources.files(in: "Sources") {
            let path = Self.path(of: file)
            let room = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
            guard !Self.showing.contains(room), Self.exceptions[path] == nil else { continue }
            found += try Self.sentences(of: file)
        }
        #expect(found.isEmpty)
    }

    @Test func `every file that is excepted still holds sentences`() throws {
        for (path, reason) in Self.exceptions {
            let file = Sources.root.appending(path: path)
            #expect(try !Self.sentences(of: file).isEmpty, "\(path): \(reason)")
        }
    }

    @Test func `sentences are found wherever they stand`() {
        let source = #"""
            // A comment is no sentence of the program.
            let sql = "SELECT * FROM run WHERE id = ?"
            throw Trouble("There is no run \(id("a.b")).")
            precondition(isOpen, "The run is open here.")
            log.error("This may go wrong.", metadata: [:])
            let long = """
                The first line, \
                and the second.
                """
            let raw = #"It takes "three" words."#
            """#
        let found = LiteralScanner.literals(of: source)
        #expect(found.filter { Self.isSentence($0.text) }.map(\.line) == [3, 4, 5, 6, 10])
        #expect(found.first { $0.line == 4 }?.calls == ["precondition"])
        #expect(found.first { $0.line == 5 }?.calls == ["error"])
        #expect(
            found.filter {
                Self.isSentence($0.text) && Self.forProgrammers.isDisjoint(with: $0.calls)
            }.map(\.line) == [3, 6, 10])
    }
}
