/// What a person asks of profiles, as they wrote it: names are not yet looked up, kinds not yet
/// checked.
///
/// A rule is read from text such as
///
///     AnnualIncome >= 90000 and HomeOwner = true
///     EducationLevel in ('Bachelors', 'Graduate Degree') and not (TotalChildren > 0)
///     month of BirthDate = 3 or LastOrder within last 30 days
///
/// and `description` prints it back in canonical form, so that `Rule(parsing: rule.description) ==
/// rule` for every rule that was parsed. Forms that only negate are kept as a negation of the plain
/// form: `X != 1` is `.not(X = 1)`, `X is not empty` is `.not(X is empty)`.
package indirect enum Rule: Hashable, Sendable {
    /// Every profile: `everyone`.
    case everyone
    /// A condition on one attribute.
    case condition(RuleCondition)
    /// Members of another segment: `in segment 'Home owners'`.
    case inSegment(RuleName)
    /// Profiles the inner rule does not hold for, those whose attribute is absent among them.
    case not(Rule)
    /// Profiles all of the rules hold for; two rules or more.
    case all([Rule])
    /// Profiles at least one of the rules holds for; two rules or more.
    case any([Rule])
}

/// The bounds of rules, so that hostile or generated text cannot exhaust memory, the stack or an
/// engine.
package enum RuleLimits {
    /// Most characters (Unicode scalars) of a rule's text; a page of conditions is about 3,000.
    package static let textLengthMax = 100_000
    /// Most parentheses and `not` inside one another. People stay below 5.
    package static let depthMax = 100
    /// Most values in one list after `in`.
    package static let listCountMax = 10_000
    /// Most days, weeks, months or years in `within last …` and after `today`.
    package static let amountMax = 100_000
    /// Most segments inside one another: a segment in a segment in a segment.
    package static let segmentDepthMax = 20
    /// Most conditions of a rule together with those of the segments it uses, because an engine
    /// sees them all.
    package static let conditionCountMax = 10_000
    /// Most values of a rule together with those of the segments it uses, in lists and alone. Every
    /// engine takes as many in one question.
    package static let valueCountMax = 30_000
    /// Deepest nesting that a rule may reach together with the segments it uses.
    package static let predicateDepthMax = 400
}
