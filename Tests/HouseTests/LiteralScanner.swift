/// The string literals of a Swift file, with the calls in whose parentheses each stands.
struct LiteralScanner {
    struct Literal: Equatable {
        /// What is interpolated is one `x`.
        let text: String
        let line: Int
        /// Outermost first, without what stands before a dot.
        let calls: [String]
    }

    private let source: [Unicode.Scalar]
    private var at = 0
    private var line = 1
    private var calls: [String] = []

    private init(_ text: String) { source = Array(text.unicodeScalars) }

    static func literals(of text: String) -> [Literal] {
        var scanner = LiteralScanner(text)
        return scanner.scan()
    }

    private mutating func scan() -> [Literal] {
        var found: [Literal] = []
        while at < source.count {
            switch source[at] {
            case "/" where starts(with: "//"):
                while at < source.count, source[at] != "\n" { step() }
            case "/" where starts(with: "/*"):
                while at < source.count, !starts(with: "*/") { step() }
                step(2)
            case "\"",
                "#" where isRawString:
                let start = line
                let text = string()
                found.append(Literal(text: text, line: start, calls: calls))
            case "(":
                calls.append(word(before: at))
                step()
            case ")":
                if !calls.isEmpty { calls.removeLast() }
                step()
            default: step()
            }
        }
        return found
    }

    private var isRawString: Bool {
        guard source[at] == "#" else { return false }
        return source[at...].first { $0 != "#" } == "\""
    }

    /// Stands on the first mark, and goes behind the last.
    private mutating func string() -> String {
        let hashes = String(repeating: "#", count: source[at...].prefix { $0 == "#" }.count)
        step(hashes.count)
        let isLong = starts(with: "\"\"\"")
        step(isLong ? 3 : 1)
        let end = (isLong ? "\"\"\"" : "\"") + hashes
        let escape = "\\" + hashes
        var text = String.UnicodeScalarView()
        while at < source.count, source[at] != "\"" || !starts(with: end) {
            if source[at] == "\\", starts(with: escape + "(") {
                step(escape.count + 1)
                skipInterpolation()
                text.append("x")
            } else if source[at] == "\\", starts(with: escape) {
                step(escape.count)
                text.append(source[at] == "\n" ? " " : source[at])
                step()
            } else {
                text.append(source[at])
                step()
            }
        }
        step(end.count)
        return String(text)
    }

    private mutating func skipInterpolation() {
        var depth = 1
        while at < source.count, depth > 0 {
            if source[at] == "\"" || isRawString {
                _ = string()
                continue
            }
            if source[at] == "(" { depth += 1 }
            if source[at] == ")" { depth -= 1 }
            step()
        }
    }

    // MARK: Steps

    private func starts(with text: String) -> Bool {
        source[at...].starts(with: text.unicodeScalars)
    }

    private mutating func step(_ count: Int = 1) {
        for _ in 0..<count where at < source.count {
            if source[at] == "\n" { line += 1 }
            at += 1
        }
    }

    private func word(before end: Int) -> String {
        var start = end
        while start > 0, source[start - 1].properties.isXIDContinue { start -= 1 }
        var word = String.UnicodeScalarView()
        word.append(contentsOf: source[start..<end])
        return String(word)
    }
}
