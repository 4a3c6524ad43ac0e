import Profiles

extension Rule: CustomStringConvertible {
    /// The canonical text: keywords in lower case, parentheses only where they are needed or help,
    /// names quoted only where they must be. It reads back as the same rule.
    package var description: String {
        RulePrinter.text(of: self, within: .whole)
    }
}

/// Writes rules as text.
enum RulePrinter {
    /// What a rule is a part of, which decides whether it needs parentheses.
    enum Surroundings {
        case whole
        case any
        case all
    }

    static func text(of rule: Rule, within surroundings: Surroundings) -> String {
        switch rule {
        case .everyone: return "everyone"
        case .condition(let condition): return text(of: condition, isNegated: false)
        case .inSegment(let name): return "in segment \(quoted(name.text))"
        case .not(let inner): return negation(of: inner)
        case .all(let rules):
            // Lists that cannot be written have the meaning that evaluation gives them.
            guard rules.count > 1 else {
                return rules.first.map { text(of: $0, within: surroundings) } ?? "everyone"
            }
            let list = rules.map { text(of: $0, within: .all) }.joined(separator: " and ")
            return surroundings == .all ? "(\(list))" : list
        case .any(let rules):
            guard rules.count > 1 else {
                return rules.first.map { text(of: $0, within: surroundings) } ?? "not everyone"
            }
            let list = rules.map { text(of: $0, within: .any) }.joined(separator: " or ")
            return surroundings == .whole ? list : "(\(list))"
        }
    }

    private static func negation(of rule: Rule) -> String {
        switch rule {
        case .everyone: return "not everyone"
        case .inSegment(let name): return "not in segment \(quoted(name.text))"
        case .condition(let condition):
            switch condition.test {
            case .compares(.equal, _, _), .between, .oneOf, .matches, .isEmpty, .within:
                return text(of: condition, isNegated: true)
            case .compares: return "not (\(text(of: condition, isNegated: false)))"
            }
        case .not, .all, .any: return "not (\(text(of: rule, within: .whole)))"
        }
    }

    private static func text(of condition: RuleCondition, isNegated: Bool) -> String {
        let part = condition.part.map { "\($0.rawValue) of " } ?? ""
        return part + name(condition.attribute.text) + " "
            + text(of: condition.test, isNegated: isNegated)
    }

    private static func text(of test: RuleTest, isNegated: Bool) -> String {
        let not = isNegated ? "not " : ""
        switch test {
        case .compares(let comparison, let operand, let ignoringCase):
            return (isNegated ? "!=" : comparison.rawValue) + " " + text(of: operand)
                + suffix(ignoringCase)
        case .between(let lower, let upper):
            return "\(not)between \(text(of: lower)) and \(text(of: upper))"
        case .oneOf(let operands, let ignoringCase):
            let list = operands.map { text(of: $0) }.joined(separator: ", ")
            return "\(not)in (\(list))" + suffix(ignoringCase)
        case .matches(let match, let operand, let ignoringCase):
            let verb =
                switch match {
                case .starts: isNegated ? "does not start with" : "starts with"
                case .ends: isNegated ? "does not end with" : "ends with"
                case .contains: isNegated ? "does not contain" : "contains"
                }
            return "\(verb) \(text(of: operand))" + suffix(ignoringCase)
        case .isEmpty: return "is \(not)empty"
        case .within(let direction, let amount, let unit):
            return "\(not)within \(direction.rawValue) \(text(of: amount, unit))"
        }
    }

    private static func suffix(_ ignoringCase: Bool) -> String {
        ignoringCase ? " ignoring case" : ""
    }

    private static func text(of amount: Int, _ unit: CalendarUnit) -> String {
        "\(amount) \(unit.rawValue)\(amount == 1 ? "" : "s")"
    }

    static func text(of operand: RuleOperand) -> String {
        switch operand.literal {
        case .text(let text): return quoted(text)
        case .number(let number): return AttributeValue.text(of: number)
        case .boolean(let boolean): return boolean ? "true" : "false"
        case .date(let day): return day.description
        case .timestamp(let timestamp): return timestamp.shortDescription
        case .today(nil): return "today"
        case .today(let shift?):
            let sign = shift.amount < 0 ? "-" : "+"
            return "today \(sign) \(text(of: abs(shift.amount), shift.unit))"
        }
    }

    /// Text in single quotes, with those inside it doubled.
    static func quoted(_ text: String) -> String {
        doubling("'", in: text, opening: "'")
    }

    /// An attribute's name, in double quotes when it is not a plain word, is a keyword, or when
    /// asked for.
    static func name(_ name: String, always: Bool = false) -> String {
        let scalars = name.unicodeScalars
        let isWord =
            scalars.first.map(RuleLexer.isWordStart) == true
            && scalars.dropFirst().allSatisfy(RuleLexer.isWordContinuation)
        if isWord, !always, RuleKeyword(word: name) == nil { return name }
        return doubling("\"", in: name, opening: "\"")
    }

    /// By scalars, because a quote followed by a combining mark is one character to Swift.
    private static func doubling(
        _ quote: Unicode.Scalar, in text: String, opening: Unicode.Scalar
    ) -> String {
        var view = String.UnicodeScalarView()
        view.append(opening)
        for scalar in text.unicodeScalars {
            if scalar == quote { view.append(quote) }
            view.append(scalar)
        }
        view.append(quote)
        return String(view)
    }
}
