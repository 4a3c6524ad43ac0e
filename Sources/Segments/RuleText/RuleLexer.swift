import Profiles

/// Cuts the text of a rule into tokens.
///
/// It stops at the first piece that is no token and keeps the error, so that the parser can first
/// report a mistake that stands before it.
struct RuleLexer {
    /// The last one is always `.end`.
    private(set) var tokens: [RuleToken] = []
    private(set) var error: RuleTextError?

    let scalars: [Unicode.Scalar]
    var index = 0
    var line = 1
    /// Index of the first scalar of the current line.
    var lineStart = 0
    /// Where the current token starts.
    var start = Mark(index: 0, line: 1, column: 1)

    struct Mark {
        let index: Int
        let line: Int
        let column: Int
    }

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        do throws(RuleTextError) {
            while try scanToken() {}
        } catch {
            self.error = error
        }
        append(.end, from: mark)
    }

    /// Adds the next token; false at the end of the text.
    mutating func scanToken() throws(RuleTextError) -> Bool {
        while let scalar = peek(), scalar.properties.isWhitespace { advance() }
        start = mark
        guard let scalar = peek() else { return false }
        switch scalar {
        case "'": append(.text(try scanQuoted(closing: "'", .textUnclosed)), from: start)
        case "\"": append(.name(try scanName(closing: "\"")), from: start)
        case "[": append(.name(try scanName(closing: "]")), from: start)
        case "0"..."9": append(try scanNumberOrDate(), from: start)
        default:
            if Self.isWordStart(scalar) {
                append(.word(scanWord()), from: start)
            } else {
                append(.symbol(try scanSymbol(scalar)), from: start)
            }
        }
        return true
    }

    // MARK: Words and quotes

    static func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isXIDStart
    }

    static func isWordContinuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isXIDContinue
    }

    mutating func scanWord() -> String {
        while let scalar = peek(), Self.isWordContinuation(scalar) { advance() }
        return string(start.index..<index)
    }

    mutating func scanName(closing: Unicode.Scalar) throws(RuleTextError) -> String {
        let name = try scanQuoted(closing: closing, .nameUnclosed)
        guard !name.isEmpty else {
            throw RuleTextError(.nameEmpty, place: place(from: start))
        }
        return name
    }

    /// Reads up to the closing quote; a doubled one stands for itself.
    mutating func scanQuoted(
        closing: Unicode.Scalar, _ mistake: RuleMistake
    ) throws(RuleTextError) -> String {
        advance()
        var content = String.UnicodeScalarView()
        while let scalar = peek() {
            if scalar == closing {
                guard peek(1) == closing else {
                    advance()
                    return String(content)
                }
                advance()
            } else if scalar.properties.generalCategory == .control,
                !"\t\n\r".unicodeScalars.contains(scalar)
            {
                throw RuleTextError(
                    .character, ["sign": .text(Self.name(of: scalar))],
                    place: place(from: mark, length: 1))
            }
            content.append(scalar)
            advance()
        }
        throw RuleTextError(
            mistake, ["sign": .text(String(closing))],
            place: RulePlace(
                line: start.line, column: start.column,
                length: max(1, scalars[start.index...].prefix { $0 != "\n" && $0 != "\r" }.count)))
    }

    // MARK: Reading on

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < scalars.count {
            let isNewline = scalars[index] == "\n"
            index += 1
            if isNewline {
                line += 1
                lineStart = index
            }
        }
    }

    var mark: Mark {
        Mark(index: index, line: line, column: index - lineStart + 1)
    }

    func place(from mark: Mark, length: Int? = nil) -> RulePlace {
        RulePlace(
            line: mark.line, column: mark.column, length: length ?? max(1, index - mark.index))
    }

    func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    mutating func append(_ content: RuleToken.Content, from mark: Mark) {
        tokens.append(
            RuleToken(
                content: content, place: place(from: mark),
                source: string(mark.index..<min(index, mark.index + Self.shownMax)),
                isAdjacent: mark.index > 0 && !scalars[mark.index - 1].properties.isWhitespace))
    }

    /// Most characters of a piece that a message repeats.
    static let shownMax = 40

    static func shortened(_ text: String) -> String {
        text.count > shownMax ? text.prefix(shownMax) + "…" : text
    }

    /// The character itself, or its code when it would not be seen.
    static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .privateUse, .unassigned,
            .surrogate, .lineSeparator, .paragraphSeparator, .spaceSeparator:
            let code = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
        default: return String(scalar)
        }
    }
}
