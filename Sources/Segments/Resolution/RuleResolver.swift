package import Profiles

extension Rule {
    /// What the rule means for profiles of a schema, at a moment.
    ///
    /// Attribute and segment names are looked up (capitals aside when only one fits), kinds are
    /// checked, `today` and `within` are replaced by days or moments, a date compared with
    /// timestamps becomes all moments of that UTC day, text becomes NFC, and dynamic segments are
    /// replaced by their rules, whether they are active or not. Static segments stay as
    /// `.memberOf`.
    ///
    /// - Parameters:
    ///   - now: The moment of evaluation, in the years 1 to 9999.
    ///   - name: The segment that the rule belongs to, if any, so that it is not used by itself.
    /// - Throws: The first mistake of meaning, with its place when the rule was read from text.
    package func resolved(
        schema: ProfileSchema, segments: SegmentLibrary, now: Timestamp, as name: String? = nil
    ) throws(RuleTextError) -> Predicate {
        guard let today = now.day else {
            preconditionFailure("The moment is outside the years 1 to 9999.")
        }
        var resolver = RuleResolver(schema: schema, library: segments, now: now, today: today)
        if let name { resolver.path.append(segments.segment(named: name)?.name ?? name) }
        return try resolver.resolve(self, depth: 0).predicate
    }
}

/// Turns a rule into a predicate, following the segments it uses.
struct RuleResolver {
    let schema: ProfileSchema
    let library: SegmentLibrary
    let now: Timestamp
    let today: CalendarDay
    /// The segments being resolved, outermost first; the first may be the one the rule belongs to.
    var path: [String] = []

    /// Names of the segments between the rule itself and the one being resolved.
    private var inlined: [String] = []
    private var known: [Segment.ID: Resolved] = [:]
    private var conditionCount = 0
    private var valueCount = 0

    init(schema: ProfileSchema, library: SegmentLibrary, now: Timestamp, today: CalendarDay) {
        self.schema = schema
        self.library = library
        self.now = now
        self.today = today
    }

    struct Resolved {
        let predicate: Predicate
        /// Levels of the rule below, itself included.
        let height: Int
        var conditionCount = 0
        var valueCount = 0
    }

    mutating func resolve(_ rule: Rule, depth: Int) throws(RuleTextError) -> Resolved {
        try checkDepth(depth)
        switch rule {
        case .everyone: return Resolved(predicate: .always, height: 1)
        case .condition(let condition):
            let predicate = try resolve(condition)
            return Resolved(predicate: predicate, height: 1)
        case .inSegment(let name): return try resolve(segment: name, depth: depth)
        case .not(let inner):
            let resolved = try resolve(inner, depth: depth + 1)
            return Resolved(
                predicate: .negation(resolved.predicate), height: resolved.height + 1)
        case .all(let rules):
            let (members, height) = try resolve(rules, depth: depth + 1)
            return Resolved(predicate: .conjunction(members), height: height + 1)
        case .any(let rules):
            let (members, height) = try resolve(rules, depth: depth + 1)
            return Resolved(predicate: .disjunction(members), height: height + 1)
        }
    }

    private mutating func resolve(
        _ rules: [Rule], depth: Int
    ) throws(RuleTextError) -> ([Predicate], Int) {
        var members: [Predicate] = []
        var height = 0
        for rule in rules {
            let resolved = try resolve(rule, depth: depth)
            members.append(resolved.predicate)
            height = max(height, resolved.height)
        }
        return (members, height)
    }

    // MARK: Segments

    private mutating func resolve(
        segment name: RuleName, depth: Int
    ) throws(RuleTextError) -> Resolved {
        guard let segment = library.segment(named: name.text) else {
            let nearest = Spelling.nearest(to: name.text, among: library.names)
            throw mistake(
                .segmentUnknown, ["name": .text(RuleLexer.shortened(name.text))],
                suggestion: nearest.map { RulePrinter.quoted($0) }, at: name.place)
        }
        guard case .dynamic(let text) = segment.definition else {
            try count(conditions: 1, values: 1, at: name.place)
            return Resolved(predicate: .memberOf(segment.id), height: 1)
        }
        if let start = path.firstIndex(of: segment.name) {
            throw mistake(
                .circle, ["path": .chain(path[start...] + [segment.name])], at: name.place)
        }
        if let resolved = known[segment.id] {
            try checkDepth(depth + resolved.height, at: name.place)
            try count(
                conditions: resolved.conditionCount, values: resolved.valueCount, at: name.place)
            return resolved
        }
        guard inlined.count < RuleLimits.segmentDepthMax else {
            throw mistake(
                .segmentsTooDeep,
                [
                    "limit": .digits(RuleLimits.segmentDepthMax),
                    "path": .chain(inlined + [segment.name]),
                ],
                at: name.place)
        }
        return try inline(segment, rule: text, depth: depth)
    }

    private mutating func inline(
        _ segment: Segment, rule text: String, depth: Int
    ) throws(RuleTextError) -> Resolved {
        let conditionsBefore = conditionCount
        let valuesBefore = valueCount
        path.append(segment.name)
        inlined.append(segment.name)
        var resolved: Resolved
        do throws(RuleTextError) {
            resolved = try resolve(Rule(parsing: text), depth: depth + 1)
        } catch {
            // Mistakes of form do not know yet through which segments they were reached.
            throw error.reached(through: error.segments.isEmpty ? inlined : error.segments)
                .inText(text)
        }
        path.removeLast()
        inlined.removeLast()
        resolved.conditionCount = conditionCount - conditionsBefore
        resolved.valueCount = valueCount - valuesBefore
        known[segment.id] = resolved
        return resolved
    }

    // MARK: Limits

    private func checkDepth(_ depth: Int, at place: RulePlace? = nil) throws(RuleTextError) {
        guard depth <= RuleLimits.predicateDepthMax else {
            throw mistake(
                .depthTogether, ["limit": .digits(RuleLimits.predicateDepthMax)], at: place)
        }
    }

    /// Counts what an engine will have to look at.
    private mutating func count(
        conditions: Int, values: Int, at place: RulePlace?
    ) throws(RuleTextError) {
        conditionCount += conditions
        valueCount += values
        guard conditionCount <= RuleLimits.conditionCountMax else {
            throw mistake(
                .conditionsTogether, ["limit": .digits(RuleLimits.conditionCountMax)], at: place)
        }
        guard valueCount <= RuleLimits.valueCountMax else {
            throw mistake(
                .valuesTogether, ["limit": .digits(RuleLimits.valueCountMax)], at: place)
        }
    }

    private func mistake(
        _ code: RuleMistake, _ details: Facts = [:], suggestion: String? = nil,
        at place: RulePlace?
    ) -> RuleTextError {
        RuleTextError(code, details, suggestion: suggestion, place: place, segments: inlined)
    }

    // MARK: Conditions

    private mutating func resolve(_ condition: RuleCondition) throws(RuleTextError) -> Predicate {
        let attribute = try attribute(condition.attribute)
        let predicate = try ConditionResolver(
            attribute: attribute, place: condition.attribute.place, now: now, today: today,
            path: inlined
        ).resolve(condition)
        try count(
            conditions: predicate.alternativeCount,
            // Days in a list for timestamps become two moments each.
            values: condition.test.valueCount * (predicate.alternativeCount > 1 ? 2 : 1),
            at: condition.attribute.place)
        return predicate
    }

    private func attribute(_ name: RuleName) throws(RuleTextError) -> Attribute {
        if let attribute = schema.attribute(named: name.text) { return attribute }
        let shown = RuleLexer.shortened(name.text)
        let lowercased = name.text.lowercased()
        let alike = schema.attributes.map(\.name).filter { $0.lowercased() == lowercased }
        guard alike.isEmpty else {
            throw mistake(
                .attributeAlike, ["name": .text(shown), "names": .choices(alike)],
                suggestion: alike.map { RulePrinter.name($0) }.joined(separator: " or "),
                at: name.place)
        }
        let nearest = Spelling.nearest(to: name.text, among: schema.attributes.map(\.name))
        throw mistake(
            .attributeUnknown, ["name": .text(shown)],
            suggestion: nearest.map { RulePrinter.name($0) }, at: name.place)
    }
}

extension Predicate {
    /// Conditions that a single condition of a rule turned into.
    fileprivate var alternativeCount: Int {
        if case .any(let members) = self { members.count } else { 1 }
    }
}

extension RuleTest {
    /// Values that an engine will be given, at most.
    fileprivate var valueCount: Int {
        switch self {
        case .isEmpty: 0
        case .compares, .matches, .between, .within: 2
        case .oneOf(let operands, _): operands.count
        }
    }
}
