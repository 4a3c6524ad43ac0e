import Profiles
import Segments

/// The fields of an HTML form that carry the tree of a rule.
///
/// | field | holds |
/// |---|---|
/// | `k.PATH` | `group`, `row` or `text`; in the order of the form |
/// | `g.PATH` | of a group: `all`, `any`, `not-all`, `not-any` |
/// | `a.PATH` | of a row: `a:NAME`, `segment`, `everyone`, or nothing yet |
/// | `p.PATH` | the part of a date: `year`, `month`, `day` |
/// | `o.PATH` | the operator; `in`, `not-in` for segments, `all`, `none` for everyone |
/// | `v.PATH:N` | a value; `y.PATH:N` says how it is read, `u.PATH:N` its unit |
/// | `l.PATH` | the values of a list, one on each line |
/// | `c.PATH` | whether case is ignored |
/// | `s.PATH` | the name of a segment |
/// | `w.PATH` | of a text: a condition that no row can hold, as the rule has it |
struct RuleFields {
    /// Most groups and rows that are read.
    static let entriesMax = 400

    private let values: [String: String]
    private let kinds: [(path: RuleFormPath, kind: String)]

    init(_ fields: FormFields) {
        values = Dictionary(fields.under("").map { ($0.name, $0.value) }) { first, _ in first }
        // A place comes once: repeated ones would multiply at each level below.
        var known: Set<RuleFormPath> = []
        kinds = fields.under("k.").prefix(Self.entriesMax).compactMap { name, kind in
            guard let path = RuleFormPath(name), known.insert(path).inserted else { return nil }
            return (path, kind)
        }
    }

    /// The form; nil when the fields hold none.
    func form() -> RuleForm? {
        guard kinds.contains(where: { $0.path == .root }) else { return nil }
        let children = Dictionary(grouping: kinds.filter { $0.path != .root }) {
            RuleFormPath(Array($0.path.positions.dropLast()))
        }
        return RuleForm(root: group(at: .root, children))
    }

    private func group(
        at path: RuleFormPath, _ children: [RuleFormPath: [(path: RuleFormPath, kind: String)]]
    ) -> RuleForm.Group {
        let mode = GroupMode(rawValue: values["g.\(path)"] ?? "") ?? .all
        return RuleForm.Group(
            mode.junction, isNegated: mode.isNegated,
            entries: (children[path] ?? []).compactMap { child in
                switch child.kind {
                case "group": .group(group(at: child.path, children))
                case "row": row(at: child.path)
                case "text": written(at: child.path)
                default: nil
                }
            })
    }

    private func row(at path: RuleFormPath) -> RuleForm.Entry {
        let choice = values["o.\(path)"] ?? ""
        switch values["a.\(path)"] ?? "" {
        case "segment":
            return .segment(name: values["s.\(path)"] ?? "", isNegated: choice == "not-in")
        case "everyone": return .everyone(isNegated: choice == "none")
        case let subject:
            return .condition(
                RuleForm.Condition(
                    attribute: subject.hasPrefix("a:") ? String(subject.dropFirst(2)) : "",
                    part: CalendarPart(rawValue: values["p.\(path)"] ?? ""),
                    comparison: RuleFormOperator(id: choice) ?? RuleFormOperator(.equal),
                    values: rowValues(at: path, RuleFormOperator(id: choice)),
                    ignoresCase: values["c.\(path)"] != nil))
        }
    }

    /// Single values and lists stand in for each other where the operator has just been changed.
    private func rowValues(
        at path: RuleFormPath, _ comparison: RuleFormOperator?
    ) -> [RuleFormValue] {
        let single = (0..<2).compactMap { index -> RuleFormValue? in
            let typed = values["v.\(path):\(index)"]
            let style = values["y.\(path):\(index)"]
            // Nothing is typed for today.
            guard typed != nil || style != nil else { return nil }
            return RuleFormValue(
                RuleFormValue.Style(rawValue: style ?? "") ?? .text, Self.lineBreaks(typed ?? ""),
                unit: CalendarUnit(rawValue: values["u.\(path):\(index)"] ?? "") ?? .day)
        }
        let list = values["l.\(path)"].map { Self.list($0) }
        if comparison?.test == .oneOf { return list ?? single.filter { !$0.text.isEmpty } }
        return single.isEmpty ? list ?? [] : single
    }

    /// A value on each line that is not empty. How it is read depends on what stands there, and then on the
    /// attribute.
    static func list(_ text: String) -> [RuleFormValue] {
        lineBreaks(text).split(separator: "\n").map { line in
            if CalendarDay(line) != nil { return RuleFormValue(.date, String(line)) }
            if Timestamp(line) != nil { return RuleFormValue(.time, String(line)) }
            return RuleFormValue(.text, String(line))
        }
    }

    private func written(at path: RuleFormPath) -> RuleForm.Entry? {
        // What our own page wrote can be read; anything else is left out.
        guard let text = values["w.\(path)"],
            let rule = try? Rule(parsing: Self.lineBreaks(text))
        else { return nil }
        return RuleForm(rule).root.entries.first
    }

    /// Browsers send line breaks as two characters.
    static func lineBreaks(_ text: String) -> String {
        // By scalars, because the two are one character to Swift.
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != "\r" { scalars.append(scalar) }
        return String(scalars)
    }
}

/// How a group joins its entries, in one choice.
enum GroupMode: String, CaseIterable {
    case all
    case any
    case notAll = "not-all"
    case notAny = "not-any"

    init(_ group: RuleForm.Group) {
        switch group.junction {
        case .all: self = group.isNegated ? .notAll : .all
        case .any: self = group.isNegated ? .notAny : .any
        }
    }

    var junction: RuleForm.Junction { self == .all || self == .notAll ? .all : .any }
    var isNegated: Bool { self == .notAll || self == .notAny }
}

extension RuleForm.Condition {
    /// Whether the row comes back from an HTML form as it is. Values with line breaks do not, nor does a
    /// value of another kind than the attribute's.
    func survives(as kind: AttributeKind) -> Bool {
        let isList = comparison.test == .oneOf
        guard
            !values.contains(where: { value in
                value.text.unicodeScalars.contains { $0 == "\n" || $0 == "\r" }
            })
        else { return false }
        let returned =
            isList
            ? RuleFields.list(values.map(\.text).joined(separator: "\n"))
            : values
        var row = self
        row.values = returned
        return row.fitted(to: kind) == self
    }
}
