package import Profiles

/// Why the text of a rule cannot be understood, where, and what would help.
///
/// The same type carries mistakes of form (a missing quote) and of meaning (an unknown attribute).
/// It quotes the rule, never a profile.
package struct RuleTextError: Error, Hashable, Sendable {
    /// What is wrong.
    package let code: RuleMistake
    /// What the code alone does not tell.
    let details: Facts
    /// What to write instead of the marked piece, when that is known.
    package let suggestion: String?
    /// The marked piece; nil when the rule was not read from text.
    package let place: RulePlace?
    /// The segments through which the mistake was reached, outermost first; empty when it stands in
    /// the rule itself. `place` is a place in the rule of the last one.
    package let segments: [String]
    /// The text that `place` speaks of, when it is known.
    package let text: String?

    package init(
        _ code: RuleMistake, _ details: Facts = [:], suggestion: String? = nil,
        place: RulePlace? = nil, segments: [String] = [], text: String? = nil
    ) {
        self.code = code
        self.details = details
        self.suggestion = suggestion
        self.place = place
        self.segments = segments
        self.text = text
    }

    /// The same error, knowing the text of the rule it stands in.
    package func inText(_ text: String) -> RuleTextError {
        RuleTextError(
            code, details, suggestion: suggestion, place: place, segments: segments,
            text: self.text ?? text)
    }

    /// The same error, knowing the segments through which it was reached and, where it knew none, a place.
    func reached(through segments: [String], at place: RulePlace? = nil) -> RuleTextError {
        RuleTextError(
            code, details, suggestion: suggestion, place: self.place ?? place, segments: segments,
            text: text)
    }

    /// The marked line with a line of carets below it, cut to a readable length; nil without a
    /// place or text:
    ///
    ///     AnualIncome >= 90000
    ///     ^^^^^^^^^^^
    package var excerpt: String? {
        guard let place, let text else { return nil }
        let lines = text.unicodeScalars.split(
            maxSplits: place.line, omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" })
        guard place.line >= 1, place.line <= lines.count else { return nil }
        let line = Array(lines[place.line - 1].prefix(place.column + Self.contextMax))
            .filter { $0 != "\r" }
        let mark = min(place.column - 1, line.count)
        let start = max(0, mark - Self.contextMax)
        let end = min(line.count, mark + Self.contextMax)
        let markEnd = min(end, mark + place.length)
        let shown = (start > 0 ? "…" : "") + Self.text(line[start..<end])
        let blank =
            (start > 0 ? " " : "") + line[start..<mark].map(Self.blank).joined()
        let carets = line[mark..<markEnd].map { String(repeating: "^", count: Self.width($0)) }
        return shown + "\n" + blank + (carets.joined().isEmpty ? "^" : carets.joined())
    }

    /// Most characters that are shown on either side of a mistake.
    private static let contextMax = 60

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func blank(_ scalar: Unicode.Scalar) -> String {
        scalar == "\t" ? "\t" : String(repeating: " ", count: width(scalar))
    }

    /// Columns of a terminal that a character takes: none for combining marks, two for wide
    /// characters.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension RuleTextError: Refusing {
    package var refusalCode: String { code.rawValue }

    /// Besides the facts of the mistake: `line`, `column`, `excerpt`, `segments` and `suggestion`, as far as they
    /// are known.
    package var facts: Facts {
        var facts = details
        if let place {
            facts["line"] = .number(place.line)
            facts["column"] = .number(place.column)
        }
        if let excerpt { facts["excerpt"] = .text(excerpt) }
        if !segments.isEmpty { facts["segments"] = .names(segments) }
        if let suggestion { facts["suggestion"] = .text(suggestion) }
        return facts
    }
}
