import Foundation

/// A function or an initialiser as it stands in the sources, which are formatted: it ends with the first brace that
/// stands as far to the right as it begins.
struct SourceFunction: Sendable, CustomStringConvertible {
    let file: String
    /// From 1.
    let line: Int
    let name: String
    /// What stands before the body, on one line.
    let head: String
    /// Without the head.
    let body: [String]
    /// Lines from head to end.
    let lines: Int
    /// The comment before it.
    let documentation: String

    var description: String { "\(file):\(line) \(name)" }

    var isPackage: Bool { head.hasPrefix("package ") || head.contains(" package ") }

    /// Whether it throws by itself, whatever its arguments do.
    var mayThrow: Bool {
        let end = head.lastIndex(of: ")") ?? head.startIndex
        let effects = head[end...]
        // Before the type of the result, whose own parentheses come later.
        let arrow = head.range(of: ") throws") ?? head.range(of: ") async throws")
        return arrow != nil || effects.contains(" throws")
    }

    /// Every function in a folder of the sources.
    static func all(in folder: String) throws -> [SourceFunction] {
        try Sources.files(in: folder).sorted { $0.path() < $1.path() }.flatMap { file in
            let lines = try Sources.lines(of: file)
            let name = file.path().components(separatedBy: "/Sources/").last ?? file.path()
            return lines.indices.compactMap { SourceFunction(lines, at: $0, in: name) }
        }
    }

    private init?(_ lines: [String], at start: Int, in file: String) {
        let first = lines[start]
        let opener =
            #/^ *(?:@\w+(?:\([^)]*\))? )*(?:[a-z]+(?:\(set\))? )*(?:func +(?<function>[^ (<]+)|(?<initialiser>init)\??)[(<]/#
        guard first.contains("func ") || first.contains("init"),
            !first.trimmingCharacters(in: .whitespaces).hasPrefix("//"),
            let match = first.firstMatch(of: opener)
        else { return nil }
        let indent = String(first.prefix { $0 == " " })
        var headEnd = start
        while headEnd < lines.count, !lines[headEnd].hasSuffix("{"), !lines[headEnd].hasSuffix("}")
        {
            // A requirement of a protocol has no body.
            if headEnd + 1 == lines.count || (headEnd > start && lines[headEnd].isEmpty) { break }
            if headEnd > start, !lines[headEnd].hasPrefix(indent + " "),
                !lines[headEnd].hasPrefix(indent + ")")
            {
                headEnd -= 1
                break
            }
            headEnd += 1
        }
        headEnd = min(headEnd, lines.count - 1)
        var end = headEnd
        if lines[headEnd].hasSuffix("{") {
            while end + 1 < lines.count, lines[end] != indent + "}" { end += 1 }
        }
        self.file = file
        line = start + 1
        name = String(match.output.function ?? match.output.initialiser ?? "")
        head = lines[start...headEnd].map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
        body = end > headEnd ? Array(lines[(headEnd + 1)...end]) : []
        self.lines = end - start + 1
        var above = start - 1
        var comment: [String] = []
        while above >= 0 {
            let text = lines[above].trimmingCharacters(in: .whitespaces)
            guard text.hasPrefix("///") || text.hasPrefix("@") else { break }
            if text.hasPrefix("///") { comment.insert(text, at: 0) }
            above -= 1
        }
        documentation = comment.joined(separator: "\n")
    }
}
