package import Profiles

/// What a rule means: the small, fully typed tree that profile engines understand.
///
/// It has **two truth values**. A test of an absent value is false, `isAbsent` alone excepted, and
/// `not` turns false into true. So `not (City = 'Oslo')`, which is also what `City != 'Oslo'`
/// means, holds for a profile without a city. Engines with three truth values have to fold
/// "unknown" into false before each `not`.
///
/// Text is compared by its UTF-8 bytes, which is the order of Unicode scalars; texts on both sides are in Unicode NFC.
package indirect enum Predicate: Hashable, Sendable {
    /// Holds for every profile.
    case always
    /// Holds for none.
    case never
    /// Holds when the profile's value of the attribute passes the test.
    case value(Attribute, ValueTest)
    /// Holds for the members of a static segment.
    case memberOf(Segment.ID)
    case not(Predicate)
    /// Two or more; none of them is itself `.all`, `.always` or `.never`.
    case all([Predicate])
    /// Two or more; none of them is itself `.any`, `.always` or `.never`.
    case any([Predicate])
}

/// A test of one value. Every operand is of the attribute's kind.
package enum ValueTest: Hashable, Sendable {
    case isPresent
    case isAbsent
    /// Booleans are compared by `equal` only.
    case compares(Comparison, AttributeValue)
    /// Both bounds belong to the range.
    case between(AttributeValue, AttributeValue)
    /// At least one value.
    case oneOf([AttributeValue])
    /// Of text: equals one of the texts, which are folded already, when folded itself
    /// (`CaseFolding`).
    case foldedOneOf([String])
    /// Of text: starts with, ends with or contains the other, which is not empty.
    case matches(TextMatch, String)
    /// The same for a text that is folded already, after the value has been folded.
    case foldedMatches(TextMatch, String)
    /// Of dates and timestamps: the year, month or day, in UTC, passes the test.
    case part(CalendarPart, PartTest)
}

/// A test of the year, month or day of a value; all numbers are in the part's range.
package enum PartTest: Hashable, Sendable {
    case compares(Comparison, Int)
    case between(Int, Int)
    case oneOf([Int])
}

extension Predicate {
    /// All of the predicates together, without needless levels.
    package static func conjunction(_ predicates: [Predicate]) -> Predicate {
        var members: [Predicate] = []
        for predicate in predicates {
            switch predicate {
            case .never: return .never
            case .always: continue
            case .all(let inner): members += inner
            case .value, .memberOf, .not, .any: members.append(predicate)
            }
        }
        if members.isEmpty { return .always }
        return members.count == 1 ? members[0] : .all(members)
    }

    /// At least one of the predicates, without needless levels.
    package static func disjunction(_ predicates: [Predicate]) -> Predicate {
        var members: [Predicate] = []
        for predicate in predicates {
            switch predicate {
            case .always: return .always
            case .never: continue
            case .any(let inner): members += inner
            case .value, .memberOf, .not, .all: members.append(predicate)
            }
        }
        if members.isEmpty { return .never }
        return members.count == 1 ? members[0] : .any(members)
    }

    /// The opposite of a predicate, without needless levels.
    package static func negation(_ predicate: Predicate) -> Predicate {
        switch predicate {
        case .always: .never
        case .never: .always
        case .not(let inner): inner
        case .value(let attribute, .isPresent): .value(attribute, .isAbsent)
        case .value(let attribute, .isAbsent): .value(attribute, .isPresent)
        case .value, .memberOf, .all, .any: .not(predicate)
        }
    }

    /// The static segments whose members an engine has to know.
    package var staticSegments: Set<Segment.ID> {
        switch self {
        case .always, .never, .value: []
        case .memberOf(let id): [id]
        case .not(let inner): inner.staticSegments
        case .all(let members), .any(let members):
            members.reduce(into: []) { $0.formUnion($1.staticSegments) }
        }
    }

    /// The attributes that are looked at.
    package var attributes: Set<Attribute> {
        switch self {
        case .always, .never, .memberOf: []
        case .value(let attribute, _): [attribute]
        case .not(let inner): inner.attributes
        case .all(let members), .any(let members):
            members.reduce(into: []) { $0.formUnion($1.attributes) }
        }
    }
}
