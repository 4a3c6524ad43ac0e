package import Profiles

/// Whether a rule holds for one profile, and why: a tick or a cross for each of its parts.
package struct RuleVerdict: Equatable, Sendable {
    /// What a part of a rule asks.
    package enum Part: Equatable, Sendable {
        /// A single condition, and the value of the attribute it looks at; nil when absent.
        case condition(text: String, attribute: String, value: AttributeValue?)
        case everyone
        /// The members of a segment; a dynamic one has its rule below.
        case segment(String)
        case not
        case all
        case any
    }

    package let part: Part
    package let holds: Bool
    /// What the part is made of.
    package let parts: [RuleVerdict]

    /// The attributes that its conditions look at, each once, with the profile's values.
    package var values: [(attribute: String, value: AttributeValue?)] {
        var found: [(attribute: String, value: AttributeValue?)] = []
        var open = [self]
        while let next = open.popLast() {
            if case .condition(_, let attribute, let value) = next.part,
                !found.contains(where: { $0.attribute == attribute })
            {
                found.append((attribute, value))
            }
            open += next.parts.reversed()
        }
        return found
    }
}

extension Rule {
    /// Judges one profile by the rule, part by part, following the segments it uses. The verdict as a whole is
    /// the one of `resolved`.
    ///
    /// - Parameters:
    ///   - isMember: Whether the profile belongs to a static segment.
    /// - Throws: `RuleTextError` where the rule has no meaning, and what `isMember` throws.
    package func verdict(
        for profile: Profile, schema: ProfileSchema, segments: SegmentLibrary, now: Timestamp,
        as name: String? = nil, isMember: (Segment.ID) throws -> Bool
    ) throws -> RuleVerdict {
        // Finds mistakes, circles and rules without measure, so that following it below ends.
        _ = try resolved(schema: schema, segments: segments, now: now, as: name)
        let judge = RuleJudge(profile: profile, schema: schema, segments: segments, now: now)
        return try judge.verdict(of: self, isMember)
    }
}

private struct RuleJudge {
    let profile: Profile
    let schema: ProfileSchema
    let segments: SegmentLibrary
    let now: Timestamp

    func verdict(
        of rule: Rule, _ isMember: (Segment.ID) throws -> Bool
    ) throws -> RuleVerdict {
        switch rule {
        case .everyone: return RuleVerdict(part: .everyone, holds: true, parts: [])
        case .condition(let condition): return try verdict(of: condition)
        case .inSegment(let name): return try verdict(ofSegment: name.text, isMember)
        case .not(.condition(let condition)):
            // `City != 'Oslo'` is one condition to people, and stays one.
            let inner = try verdict(of: condition)
            guard case .condition(_, let attribute, let value) = inner.part else { return inner }
            return RuleVerdict(
                part: .condition(text: rule.description, attribute: attribute, value: value),
                holds: !inner.holds, parts: [])
        case .not(let inner):
            let verdict = try verdict(of: inner, isMember)
            return RuleVerdict(part: .not, holds: !verdict.holds, parts: [verdict])
        case .all(let rules):
            let parts = try rules.map { try verdict(of: $0, isMember) }
            return RuleVerdict(part: .all, holds: parts.allSatisfy(\.holds), parts: parts)
        case .any(let rules):
            let parts = try rules.map { try verdict(of: $0, isMember) }
            return RuleVerdict(part: .any, holds: parts.contains(where: \.holds), parts: parts)
        }
    }

    private func verdict(of condition: RuleCondition) throws -> RuleVerdict {
        let rule = Rule.condition(condition)
        let predicate = try rule.resolved(schema: schema, segments: segments, now: now)
        let attribute =
            schema.attribute(named: condition.attribute.text)?.name ?? condition.attribute.text
        return RuleVerdict(
            part: .condition(
                text: rule.description, attribute: attribute, value: profile.values[attribute]),
            // A condition speaks of no segment.
            holds: predicate.matches(profile) { _ in false }, parts: [])
    }

    private func verdict(
        ofSegment name: String, _ isMember: (Segment.ID) throws -> Bool
    ) throws -> RuleVerdict {
        guard let segment = segments.segment(named: name) else {
            return RuleVerdict(part: .segment(name), holds: false, parts: [])
        }
        guard case .dynamic(let text) = segment.definition else {
            return RuleVerdict(
                part: .segment(segment.name), holds: try isMember(segment.id), parts: [])
        }
        let inner = try verdict(of: Rule(parsing: text), isMember)
        return RuleVerdict(part: .segment(segment.name), holds: inner.holds, parts: [inner])
    }
}
