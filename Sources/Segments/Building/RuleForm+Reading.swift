extension RuleForm {
    /// The form of a rule.
    package init(_ rule: Rule) {
        let entry = Self.entry(rule)
        if case .group(let group) = entry {
            self.init(root: group)
        } else {
            self.init(root: Group(entries: [entry]))
        }
    }

    private static func entry(_ rule: Rule) -> Entry {
        switch rule {
        case .everyone: .everyone(isNegated: false)
        case .inSegment(let name): .segment(name: name.text, isNegated: false)
        case .condition(let condition): .condition(Condition(condition, isNegated: false))
        case .all(let rules): .group(Group(.all, entries: rules.map(entry)))
        case .any(let rules): .group(Group(.any, entries: rules.map(entry)))
        case .not(.everyone): .everyone(isNegated: true)
        case .not(.inSegment(let name)): .segment(name: name.text, isNegated: true)
        case .not(.condition(let condition)): .condition(Condition(condition, isNegated: true))
        case .not(.all(let rules)):
            .group(Group(.all, isNegated: true, entries: rules.map(entry)))
        case .not(.any(let rules)):
            .group(Group(.any, isNegated: true, entries: rules.map(entry)))
        case .not(let inner): .group(Group(.all, isNegated: true, entries: [entry(inner)]))
        }
    }
}

extension RuleForm.Condition {
    init(_ condition: RuleCondition, isNegated: Bool) {
        let (test, values, ignoresCase) = Self.parts(of: condition.test)
        self.init(
            attribute: condition.attribute.text, part: condition.part,
            comparison: RuleFormOperator(test, isNegated: isNegated), values: values,
            ignoresCase: ignoresCase)
    }

    private static func parts(
        of test: RuleTest
    ) -> (RuleFormOperator.Test, [RuleFormValue], ignoresCase: Bool) {
        func value(_ operand: RuleOperand) -> RuleFormValue { RuleFormValue(operand.literal) }
        switch test {
        case .compares(let comparison, let operand, let ignoringCase):
            let test: RuleFormOperator.Test =
                switch comparison {
                case .equal: .equal
                case .less: .less
                case .atMost: .atMost
                case .greater: .greater
                case .atLeast: .atLeast
                }
            return (test, [value(operand)], ignoringCase)
        case .between(let lower, let upper):
            return (.between, [value(lower), value(upper)], false)
        case .oneOf(let operands, let ignoringCase):
            return (.oneOf, operands.map(value), ignoringCase)
        case .matches(let match, let operand, let ignoringCase):
            let test: RuleFormOperator.Test =
                switch match {
                case .starts: .starts
                case .ends: .ends
                case .contains: .contains
                }
            return (test, [value(operand)], ignoringCase)
        case .isEmpty: return (.empty, [], false)
        case .within(let direction, let amount, let unit):
            return (
                direction == .last ? .withinLast : .withinNext,
                [RuleFormValue(.number, String(amount), unit: unit)], false
            )
        }
    }
}

// MARK: - Back to a rule

extension RuleForm {
    /// Something that is missing or wrong, and where.
    package struct Finding: Hashable, Sendable {
        package let path: RuleFormPath
        package let problem: RuleFormProblem

        package init(_ path: RuleFormPath, _ problem: RuleFormProblem) {
            self.path = path
            self.problem = problem
        }
    }

    /// What a form says, as far as it can be read.
    package struct Reading: Sendable {
        /// Nil as long as a row cannot be written as a condition.
        package let rule: Rule?
        /// The rule of each entry that can be read, the root among them.
        package let rules: [RuleFormPath: Rule]
        package let findings: [Finding]
    }

    /// The rule that the form stands for, without looking at what profiles have.
    package var reading: Reading {
        var reader = Reader()
        let rule = reader.read(root, at: .root)
        return Reading(rule: rule, rules: reader.rules, findings: reader.findings)
    }

    private struct Reader {
        var rules: [RuleFormPath: Rule] = [:]
        var findings: [Finding] = []

        mutating func read(_ group: Group, at path: RuleFormPath) -> Rule? {
            if group.entries.isEmpty { findings.append(Finding(path, .groupEmpty)) }
            let read = group.entries.enumerated().map { position, entry in
                self.read(entry, at: path.child(position))
            }
            let members = read.compactMap { $0 }
            guard let first = members.first, members.count == read.count else { return nil }
            var joined = first
            if members.count > 1 {
                joined =
                    switch group.junction {
                    case .all: .all(members)
                    case .any: .any(members)
                    }
            }
            let rule = group.isNegated ? Rule.not(joined) : joined
            rules[path] = rule
            return rule
        }

        private mutating func read(_ entry: Entry, at path: RuleFormPath) -> Rule? {
            if case .group(let group) = entry { return read(group, at: path) }
            var problems: [RuleFormProblem] = []
            let rule = Self.rule(of: entry, &problems)
            findings += problems.map { Finding(path, $0) }
            rules[path] = rule
            return rule
        }

        private static func rule(of entry: Entry, _ problems: inout [RuleFormProblem]) -> Rule? {
            switch entry {
            case .group: return nil
            case .everyone(let isNegated): return isNegated ? .not(.everyone) : .everyone
            case .segment(let name, let isNegated):
                guard !name.isEmpty else {
                    problems.append(.segmentMissing)
                    return nil
                }
                let rule = Rule.inSegment(RuleName(name))
                return isNegated ? .not(rule) : rule
            case .condition(let condition):
                guard let rule = condition.rule(&problems) else { return nil }
                return condition.comparison.isNegated ? .not(rule) : rule
            }
        }
    }
}

extension RuleForm.Condition {
    /// The condition without its negation; nil with a problem when it cannot be written.
    fileprivate func rule(_ problems: inout [RuleFormProblem]) -> Rule? {
        guard !attribute.isEmpty else {
            problems.append(.attributeMissing)
            return nil
        }
        guard let test = test(&problems) else { return nil }
        return .condition(
            RuleCondition(attribute: RuleName(attribute), part: part, test: test))
    }

    private func test(_ problems: inout [RuleFormProblem]) -> RuleTest? {
        if comparison.test == .empty { return .isEmpty }
        if comparison.isSpan {
            switch values.first?.amount ?? .failure(.valueMissing) {
            case .failure(let problem):
                problems.append(problem)
                return nil
            case .success(let amount):
                return .within(
                    comparison.test == .withinLast ? .last : .next, amount: amount,
                    values[0].unit)
            }
        }
        guard let operands = operands(&problems), let first = operands.first else { return nil }
        switch comparison.test {
        case .equal: return .compares(.equal, first, ignoringCase: ignoresCase)
        case .less: return .compares(.less, first, ignoringCase: ignoresCase)
        case .atMost: return .compares(.atMost, first, ignoringCase: ignoresCase)
        case .greater: return .compares(.greater, first, ignoringCase: ignoresCase)
        case .atLeast: return .compares(.atLeast, first, ignoringCase: ignoresCase)
        case .between: return .between(first, operands[1])
        case .oneOf: return .oneOf(operands, ignoringCase: ignoresCase)
        case .contains: return .matches(.contains, first, ignoringCase: ignoresCase)
        case .starts: return .matches(.starts, first, ignoringCase: ignoresCase)
        case .ends: return .matches(.ends, first, ignoringCase: ignoresCase)
        case .empty, .withinLast, .withinNext: return nil
        }
    }

    /// The values that the operator takes; nil with problems when one is missing or cannot be read. An
    /// empty text can be written, but no value is one, so it is found missing as well.
    private func operands(_ problems: inout [RuleFormProblem]) -> [RuleOperand]? {
        let wanted = comparison.valueCount ?? max(1, values.count)
        var operands: [RuleOperand] = []
        var found: [RuleFormProblem] = []
        for index in 0..<wanted {
            guard values.indices.contains(index) else {
                found.append(.valueMissing)
                continue
            }
            switch values[index].literal {
            case .success(let literal):
                if literal == .text("") { found.append(.valueMissing) }
                operands.append(RuleOperand(literal))
            case .failure(let problem): found.append(problem)
            }
        }
        // Many values may be wrong in the same way, which is said once.
        for problem in found where !problems.contains(problem) { problems.append(problem) }
        return operands.count == wanted ? operands : nil
    }
}
