/// A rule as people edit it: a tree of groups and rows, in which something may still be missing.
///
/// Every rule that was read from text has a form, and `RuleForm(rule).reading.rule == rule`.
package struct RuleForm: Hashable, Sendable {
    package var root: Group

    package init(root: Group = Group()) {
        self.root = root
    }

    /// Entries of which all, or at least one, have to hold.
    package struct Group: Hashable, Sendable {
        package var junction: Junction
        /// Whether the profiles are meant for which the group does not hold.
        package var isNegated: Bool
        package var entries: [Entry]

        package init(
            _ junction: Junction = .all, isNegated: Bool = false, entries: [Entry] = []
        ) {
            self.junction = junction
            self.isNegated = isNegated
            self.entries = entries
        }
    }

    /// How the entries of a group are joined.
    package enum Junction: String, CaseIterable, Hashable, Sendable {
        case all
        case any
    }

    /// A line of the form, or a group of lines.
    package indirect enum Entry: Hashable, Sendable {
        case group(Group)
        case condition(Condition)
        /// In a segment of that name, or in none while it is empty.
        case segment(name: String, isNegated: Bool)
        /// Every profile, or none.
        case everyone(isNegated: Bool)
    }

    /// A condition on one attribute, as far as it is filled in.
    package struct Condition: Hashable, Sendable {
        /// As written; empty while none is chosen.
        package var attribute: String
        package var part: CalendarPart?
        package var comparison: RuleFormOperator
        /// As many as the operator takes: two for `between`, any number for a list, one for the length of
        /// a span of time.
        package var values: [RuleFormValue]
        package var ignoresCase: Bool

        package init(
            attribute: String = "", part: CalendarPart? = nil,
            comparison: RuleFormOperator = RuleFormOperator(.equal), values: [RuleFormValue] = [],
            ignoresCase: Bool = false
        ) {
            self.attribute = attribute
            self.part = part
            self.comparison = comparison
            self.values = values
            self.ignoresCase = ignoresCase
        }
    }
}

extension RuleForm {
    /// What a new form begins with: one row that nobody has filled in.
    package static let blank = RuleForm(root: Group(entries: [.condition(Condition())]))

    /// Conditions, segments and groups, the root left out.
    package var entryCount: Int { root.entryCount }

    /// Groups inside one another, the root among them.
    package var depth: Int { root.depth }

    /// Where the rows stand, groups left out, in the order of the rule.
    package var rowPaths: [RuleFormPath] {
        func paths(in group: Group, at path: RuleFormPath) -> [RuleFormPath] {
            group.entries.enumerated().flatMap { position, entry in
                let place = path.child(position)
                if case .group(let inner) = entry { return paths(in: inner, at: place) }
                return [place]
            }
        }
        return paths(in: root, at: .root)
    }
}

extension RuleForm.Group {
    fileprivate var entryCount: Int {
        entries.reduce(0) { sum, entry in
            if case .group(let group) = entry { sum + 1 + group.entryCount } else { sum + 1 }
        }
    }

    fileprivate var depth: Int {
        1
            + (entries.map { entry in
                if case .group(let group) = entry { group.depth } else { 0 }
            }.max() ?? 0)
    }
}
