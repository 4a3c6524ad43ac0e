package import Profiles

/// A test of one attribute, as written: `AnnualIncome >= 90000`, `month of BirthDate = 3`.
package struct RuleCondition: Hashable, Sendable {
    /// The attribute's name as the person spelt it.
    package let attribute: RuleName
    /// Set when the condition looks at the year, month or day of the attribute only.
    package let part: CalendarPart?
    package let test: RuleTest

    package init(attribute: RuleName, part: CalendarPart? = nil, test: RuleTest) {
        self.attribute = attribute
        self.part = part
        self.test = test
    }
}

/// What a condition asks of a value.
package enum RuleTest: Hashable, Sendable {
    case compares(Comparison, RuleOperand, ignoringCase: Bool)
    /// Both bounds belong to the range.
    case between(RuleOperand, RuleOperand)
    /// At least one value, at most `RuleLimits.listCountMax`.
    case oneOf([RuleOperand], ignoringCase: Bool)
    case matches(TextMatch, RuleOperand, ignoringCase: Bool)
    case isEmpty
    /// Between today (or now) and so many days, weeks, months or years before or after it.
    case within(TimeDirection, amount: Int, CalendarUnit)
}

/// How two values are compared. Different from is the negation of `equal`.
package enum Comparison: String, CaseIterable, Hashable, Sendable {
    case equal = "="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
}

/// Where a text is looked for inside another one.
package enum TextMatch: String, CaseIterable, Hashable, Sendable {
    case starts
    case ends
    case contains
}

/// The part of a date or timestamp (in UTC) that a condition looks at.
package enum CalendarPart: String, CaseIterable, Hashable, Sendable {
    case year
    case month
    case day

    /// The numbers that occur: a condition on any other number is a mistake.
    package var range: ClosedRange<Int> {
        switch self {
        case .year: 1...9999
        case .month: 1...12
        case .day: 1...31
        }
    }
}

/// The units in which rules count time.
package enum CalendarUnit: String, CaseIterable, Hashable, Sendable {
    case day
    case week
    case month
    case year
}

/// Whether `within` looks back or ahead.
package enum TimeDirection: String, CaseIterable, Hashable, Sendable {
    case last
    case next
}

/// A span by which `today` is moved.
package struct CalendarShift: Hashable, Sendable {
    /// Negative is earlier.
    package let amount: Int
    package let unit: CalendarUnit

    package init(amount: Int, unit: CalendarUnit) {
        self.amount = amount
        self.unit = unit
    }
}

/// A value as written in a rule.
package enum RuleLiteral: Hashable, Sendable {
    case text(String)
    case number(Double)
    case boolean(Bool)
    case date(CalendarDay)
    case timestamp(Timestamp)
    /// The UTC day on which the rule is evaluated, or one a span away from it.
    case today(CalendarShift?)
}

extension AttributeValue {
    /// The value as a rule writes it.
    package var literal: RuleLiteral {
        switch self {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .date(let day): .date(day)
        case .timestamp(let timestamp): .timestamp(timestamp)
        }
    }
}

/// Where a name or a value stands in the text of a rule.
package struct RulePlace: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
    /// In Unicode scalars; at least 1.
    package let length: Int

    package init(line: Int, column: Int, length: Int) {
        self.line = line
        self.column = column
        self.length = length
    }
}

/// The name of an attribute or a segment in a rule.
///
/// It remembers where it stood, for error messages; two names are equal when they are spelt alike,
/// wherever they stood.
package struct RuleName: Hashable, Sendable {
    package let text: String
    /// Nil when the rule was not read from text.
    package let place: RulePlace?

    package init(_ text: String, place: RulePlace? = nil) {
        self.text = text
        self.place = place
    }

    package static func == (left: RuleName, right: RuleName) -> Bool {
        left.text == right.text
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}

/// A value in a rule. Like a name it remembers where it stood, which equality leaves out.
package struct RuleOperand: Hashable, Sendable {
    package let literal: RuleLiteral
    /// Nil when the rule was not read from text.
    package let place: RulePlace?

    package init(_ literal: RuleLiteral, place: RulePlace? = nil) {
        self.literal = literal
        self.place = place
    }

    package static func == (left: RuleOperand, right: RuleOperand) -> Bool {
        left.literal == right.literal
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(literal)
    }
}
