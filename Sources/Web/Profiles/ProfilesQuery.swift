import Foundation
import Profiles
import Segments

/// Whom to show, as it stands in the address: words, ticked values, conditions, and a rule.
struct ProfilesQuery: Sendable {
    let search: String
    /// Ticked values by attribute, in the order of the address.
    let ticked: [(attribute: String, values: [String])]
    /// Rows that somebody filled in.
    let conditions: [Condition]
    /// The text of a rule, as links from other pages bring it.
    let rule: String
    /// `next` of the page before, as the engine gave it.
    let after: String?

    /// A condition as it is typed.
    struct Condition: Equatable, Sendable {
        let attribute: String
        let test: Test
        let value: String
    }

    /// What a condition may ask.
    enum Test: String, CaseIterable, Sendable {
        case equals
        case differs
        case contains
        case starts
        case least
        case most
        case empty
        case filled
    }

    /// Rows of conditions on the page; more are better made a segment.
    static let conditionsMax = 5
    private static let tickedMax = 100

    init(_ query: FormFields) {
        search = String((query.text("q") ?? "").prefix(300))
        rule = query.text("filter") ?? ""
        after = query.text("after")
        var ticked: [(attribute: String, values: [String])] = []
        for (attribute, value) in query.under("is.").prefix(Self.tickedMax) {
            if let index = ticked.firstIndex(where: { $0.attribute == attribute }) {
                if !ticked[index].values.contains(value) { ticked[index].values.append(value) }
            } else {
                ticked.append((attribute, [value]))
            }
        }
        self.ticked = ticked
        let tests = query.all("test")
        let values = query.all("value")
        conditions = query.all("attribute").enumerated().compactMap { index, attribute in
            guard !attribute.isEmpty, index < tests.count, let test = Test(rawValue: tests[index])
            else { return nil }
            return Condition(
                attribute: attribute, test: test,
                value: index < values.count
                    ? values[index].trimmingCharacters(in: .whitespaces) : "")
        }.prefix(Self.conditionsMax).map { $0 }
    }

    var hasFilters: Bool { !ticked.isEmpty || !conditions.isEmpty || !rule.isEmpty }

    /// The query of a link; `isFiltered` false leaves the filters out.
    func text(after: String? = nil, isFiltered: Bool = true) -> String {
        var pairs: [(String, String)] = search.isEmpty ? [] : [("q", search)]
        if isFiltered {
            for (attribute, values) in ticked {
                pairs += values.map { ("is.\(attribute)", $0) }
            }
            for condition in conditions {
                pairs += [
                    ("attribute", condition.attribute), ("test", condition.test.rawValue),
                    ("value", condition.value),
                ]
            }
            if !rule.isEmpty { pairs.append(("filter", rule)) }
        }
        if let after { pairs.append(("after", after)) }
        return LinkQuery.text(pairs)
    }
}

/// The filters of a page as one rule, or what is wrong with them.
struct ProfilesFilter: Sendable {
    /// Nil without filters.
    private(set) var rule: Rule?
    private(set) var predicate = Predicate.always
    /// English, about the rule and never about a profile; nil when the filters hold together.
    private(set) var mistake: RuleTextError?
    /// Rows of conditions whose value does not fit.
    private(set) var misfits: Set<Int> = []

    init(
        _ query: ProfilesQuery, schema: ProfileSchema, segments: SegmentLibrary, now: Timestamp
    ) {
        var rules: [Rule] = []
        for (attribute, values) in query.ticked {
            let kind = schema.attribute(named: attribute)?.kind ?? .text
            let operands = values.compactMap { Self.literal($0, kind) }.map { RuleOperand($0) }
            guard let first = operands.first else { continue }
            rules.append(
                .condition(
                    RuleCondition(
                        attribute: RuleName(attribute),
                        test: operands.count == 1
                            ? .compares(.equal, first, ignoringCase: false)
                            : .oneOf(operands, ignoringCase: false))))
        }
        for (index, condition) in query.conditions.enumerated() {
            let kind = schema.attribute(named: condition.attribute)?.kind ?? .text
            if let rule = Self.rule(condition, kind) {
                rules.append(rule)
            } else {
                misfits.insert(index)
            }
        }
        do throws(RuleTextError) {
            if !query.rule.isEmpty { rules.append(try Rule(parsing: query.rule)) }
            guard let first = rules.first else { return }
            let rule = rules.count == 1 ? first : .all(rules)
            predicate = try rule.resolved(schema: schema, segments: segments, now: now)
            self.rule = rule
        } catch {
            mistake = error
        }
    }

    var isSound: Bool { mistake == nil && misfits.isEmpty }

    private static func rule(_ condition: ProfilesQuery.Condition, _ kind: AttributeKind) -> Rule? {
        let make = { (test: RuleTest) in
            Rule.condition(RuleCondition(attribute: RuleName(condition.attribute), test: test))
        }
        switch condition.test {
        case .empty: return make(.isEmpty)
        case .filled: return .not(make(.isEmpty))
        default: break
        }
        guard let literal = literal(condition.value, kind) else { return nil }
        let operand = RuleOperand(literal)
        let isText = kind == .text
        return switch condition.test {
        case .equals: make(.compares(.equal, operand, ignoringCase: isText))
        case .differs: .not(make(.compares(.equal, operand, ignoringCase: isText)))
        case .contains: make(.matches(.contains, operand, ignoringCase: isText))
        case .starts: make(.matches(.starts, operand, ignoringCase: isText))
        case .least: make(.compares(.atLeast, operand, ignoringCase: false))
        case .most: make(.compares(.atMost, operand, ignoringCase: false))
        case .empty, .filled: nil
        }
    }

    /// What was typed as a value of that kind; nil when it is none.
    private static func literal(_ text: String, _ kind: AttributeKind) -> RuleLiteral? {
        guard !text.isEmpty, !text.holdsControls else { return nil }
        switch kind {
        case .text: return .text(text)
        case .number:
            guard let number = Double(text), number.isFinite else { return nil }
            return .number(number)
        case .boolean:
            return switch text.lowercased() {
            case "true", "yes", "1": .boolean(true)
            case "false", "no", "0": .boolean(false)
            default: nil
            }
        case .date: return CalendarDay(text).map { .date($0) }
        case .timestamp:
            return CalendarDay(text).map { .date($0) } ?? Timestamp(text).map { .timestamp($0) }
        }
    }
}
