package import Profiles

extension Predicate {
    /// Whether the predicate holds for a profile: the plain evaluator that defines what engines
    /// must answer. `isMember` tells of each static segment whether the profile belongs to it.
    package func matches(
        _ profile: Profile, isMember: (Segment.ID) -> Bool
    ) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .value(let attribute, let test):
            test.passes(profile.values[attribute.name], of: attribute.kind)
        case .memberOf(let id): isMember(id)
        case .not(let inner): !inner.matches(profile, isMember: isMember)
        case .all(let members):
            members.allSatisfy { $0.matches(profile, isMember: isMember) }
        case .any(let members):
            members.contains { $0.matches(profile, isMember: isMember) }
        }
    }
}

extension ValueTest {
    /// A value of another kind than the attribute's counts as absent.
    func passes(_ value: AttributeValue?, of kind: AttributeKind) -> Bool {
        guard let value, value.kind == kind else { return self == .isAbsent }
        switch self {
        case .isPresent: return true
        case .isAbsent: return false
        case .compares(let comparison, let operand):
            return comparison.holds(of: value.order(relativeTo: operand))
        case .between(let lower, let upper):
            return Comparison.atLeast.holds(of: value.order(relativeTo: lower))
                && Comparison.atMost.holds(of: value.order(relativeTo: upper))
        case .oneOf(let operands):
            return operands.contains { value.order(relativeTo: $0) == .same }
        case .foldedOneOf(let texts):
            guard case .text(let text) = value else { return false }
            let folded = CaseFolding.fold(text)
            return texts.contains { folded.utf8.elementsEqual($0.utf8) }
        case .matches(let match, let sought):
            guard case .text(let text) = value else { return false }
            return match.finds(sought, in: text)
        case .foldedMatches(let match, let sought):
            guard case .text(let text) = value else { return false }
            return match.finds(sought, in: CaseFolding.fold(text))
        case .part(let part, let test):
            guard let number = part.number(of: value) else { return false }
            return test.passes(number)
        }
    }
}

extension PartTest {
    func passes(_ number: Int) -> Bool {
        switch self {
        case .compares(let comparison, let operand): comparison.holds(of: Order(number, operand))
        case .between(let lower, let upper): lower <= number && number <= upper
        case .oneOf(let numbers): numbers.contains(number)
        }
    }
}

/// How one value stands to another of its kind.
enum Order {
    case below
    case same
    case above

    init<Value: Comparable>(_ left: Value, _ right: Value) {
        self = left < right ? .below : left == right ? .same : .above
    }
}

extension Comparison {
    /// Whether values in that order satisfy the comparison; values of different kinds have none.
    func holds(of order: Order?) -> Bool {
        switch self {
        case .equal: order == .same
        case .less: order == .below
        case .atMost: order == .below || order == .same
        case .greater: order == .above
        case .atLeast: order == .above || order == .same
        }
    }
}

extension AttributeValue {
    /// The order that engines use; nil when the kinds differ.
    func order(relativeTo other: AttributeValue) -> Order? {
        switch (self, other) {
        case (.text(let left), .text(let right)):
            // Swift's own order of strings looks at canonical equivalence; engines look at bytes.
            if left.utf8.elementsEqual(right.utf8) { return .same }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? .below : .above
        case (.number(let left), .number(let right)): return Order(left, right)
        case (.boolean(let left), .boolean(let right)): return Order(left ? 1 : 0, right ? 1 : 0)
        case (.date(let left), .date(let right)): return Order(left, right)
        case (.timestamp(let left), .timestamp(let right)): return Order(left, right)
        case (.text, _), (.number, _), (.boolean, _), (.date, _), (.timestamp, _): return nil
        }
    }
}

extension TextMatch {
    /// Looks for the bytes of one text in those of another.
    func finds(_ sought: String, in text: String) -> Bool {
        switch self {
        case .starts: return text.utf8.starts(with: sought.utf8)
        case .ends: return text.utf8.reversed().starts(with: sought.utf8.reversed())
        case .contains:
            let bytes = Array(text.utf8)
            let wanted = Array(sought.utf8)
            guard bytes.count >= wanted.count else { return false }
            return (0...(bytes.count - wanted.count)).contains {
                bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
            }
        }
    }
}

extension CalendarPart {
    /// Nil for values that are no points in time.
    func number(of value: AttributeValue) -> Int? {
        let day: CalendarDay? =
            switch value {
            case .date(let day): day
            case .timestamp(let timestamp): timestamp.day
            case .text, .number, .boolean: nil
            }
        return switch self {
        case .year: day?.year
        case .month: day?.month
        case .day: day?.day
        }
    }
}
