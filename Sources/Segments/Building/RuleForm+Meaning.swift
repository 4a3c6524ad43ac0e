package import Profiles

extension RuleForm {
    /// What a form means for the profiles there are.
    package struct Meaning: Sendable {
        /// The rule; nil while a row cannot be written as a condition.
        package let rule: Rule?
        /// What the whole means; nil while anything is missing or wrong.
        package let predicate: Predicate?
        /// What each row and group means that is complete, the root left out.
        package let parts: [RuleFormPath: Predicate]
        package let findings: [Finding]
    }

    /// Looks every row up: its attribute or segment, and whether its values are of the right kind. Mistakes
    /// are those of `Rule.resolved`, each at its row.
    ///
    /// `name` is the segment that the rule belongs to, if any, so that it is not used by itself.
    package func meaning(
        schema: ProfileSchema, segments: SegmentLibrary, now: Timestamp, as name: String? = nil
    ) -> Meaning {
        let reading = self.reading
        var finder = MeaningFinder(
            rules: reading.rules, schema: schema, segments: segments, now: now, name: name,
            unread: Set(reading.findings.map(\.path)))
        finder.visit(root, at: .root)
        var findings = reading.findings + finder.findings
        var predicate: Predicate?
        if findings.isEmpty, let rule = reading.rule {
            do throws(RuleTextError) {
                predicate = try rule.resolved(
                    schema: schema, segments: segments, now: now, as: name)
            } catch {
                // Each row is right by itself: together they are too many or too deep.
                findings.append(Finding(.root, .mistake(error)))
            }
        }
        finder.parts[.root] = nil
        return Meaning(
            rule: reading.rule, predicate: predicate, parts: finder.parts, findings: findings)
    }
}

/// Finds the meaning of every entry by itself.
private struct MeaningFinder {
    let rules: [RuleFormPath: Rule]
    let schema: ProfileSchema
    let segments: SegmentLibrary
    let now: Timestamp
    let name: String?
    /// Entries in which something is missing already.
    let unread: Set<RuleFormPath>
    var parts: [RuleFormPath: Predicate] = [:]
    var findings: [RuleForm.Finding] = []

    mutating func visit(_ group: RuleForm.Group, at path: RuleFormPath) {
        var members: [Predicate] = []
        for (position, entry) in group.entries.enumerated() {
            let place = path.child(position)
            if case .group(let inner) = entry {
                visit(inner, at: place)
            } else {
                resolve(at: place)
            }
            if let part = parts[place] { members.append(part) }
        }
        guard !members.isEmpty, members.count == group.entries.count else { return }
        let joined: Predicate =
            switch group.junction {
            case .all: .conjunction(members)
            case .any: .disjunction(members)
            }
        parts[path] = group.isNegated ? .negation(joined) : joined
    }

    private mutating func resolve(at path: RuleFormPath) {
        guard let rule = rules[path], !unread.contains(path) else { return }
        do throws(RuleTextError) {
            parts[path] = try rule.resolved(
                schema: schema, segments: segments, now: now, as: name)
        } catch {
            findings.append(RuleForm.Finding(path, .mistake(error)))
        }
    }
}
