package import Profiles

/// A value of a row as it was typed, and how it is to be read. It may not be readable yet.
package struct RuleFormValue: Hashable, Sendable {
    /// How the typed text is read.
    package enum Style: String, CaseIterable, Hashable, Sendable {
        case text
        /// Also the length of a span of time.
        case number
        /// `true` or `false`.
        case boolean
        /// `YYYY-MM-DD`.
        case date
        /// A date and a time of day, UTC.
        case time
        /// The day of the evaluation; nothing is typed.
        case today
        /// So many days, weeks, months or years before that day.
        case beforeToday = "before"
        case afterToday = "after"
    }

    package var style: Style
    package var text: String
    /// What a span of time is counted in.
    package var unit: CalendarUnit

    package init(_ style: Style, _ text: String = "", unit: CalendarUnit = .day) {
        self.style = style
        self.text = text
        self.unit = unit
    }

    package init(_ literal: RuleLiteral) {
        switch literal {
        case .text(let text): self.init(.text, text)
        case .number(let number): self.init(.number, AttributeValue.text(of: number))
        case .boolean(let boolean): self.init(.boolean, boolean ? "true" : "false")
        case .date(let day): self.init(.date, day.description)
        case .timestamp(let timestamp): self.init(.time, timestamp.shortDescription)
        case .today(nil): self.init(.today)
        case .today(let shift?):
            self.init(
                shift.amount < 0 ? .beforeToday : .afterToday,
                String(shift.amount.magnitude), unit: shift.unit)
        }
    }

    /// What stands in the rule; the problem when there is nothing to write.
    package var literal: Result<RuleLiteral, RuleFormProblem> {
        let typed = Self.trimmed(text)
        if typed.isEmpty, style != .today, style != .text { return .failure(.valueMissing) }
        switch style {
        case .text: return .success(.text(text))
        case .number:
            return Self.number(typed).map { .success(.number($0)) } ?? .failure(.noNumber)
        case .boolean:
            switch typed {
            case "true": return .success(.boolean(true))
            case "false": return .success(.boolean(false))
            default: return .failure(.noTruth)
            }
        case .date: return CalendarDay(typed).map { .success(.date($0)) } ?? .failure(.noDate)
        case .time: return Timestamp(typed).map { .success(.timestamp($0)) } ?? .failure(.noTime)
        case .today: return .success(.today(nil))
        case .beforeToday, .afterToday:
            guard let amount = Self.amount(typed) else { return .failure(.noAmount) }
            return .success(
                .today(
                    CalendarShift(amount: style == .beforeToday ? -amount : amount, unit: unit)))
        }
    }

    /// The number of days, weeks, months or years of a span.
    package var amount: Result<Int, RuleFormProblem> {
        let typed = Self.trimmed(text)
        if typed.isEmpty { return .failure(.valueMissing) }
        return Self.amount(typed).map { .success($0) } ?? .failure(.noAmount)
    }

    private static func amount(_ typed: String) -> Int? {
        guard let amount = Int(typed), (1...RuleLimits.amountMax).contains(amount) else {
            return nil
        }
        return amount
    }

    /// Decimal digits with `.`, as rules write numbers; underscores may part thousands.
    private static func number(_ typed: String) -> Double? {
        let digits = typed.filter { $0 != "_" }
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }),
            let number = Double(digits), number.isFinite
        else { return nil }
        // Zero has no sign in the rule language.
        return number == 0 ? 0 : number
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

extension RuleFormValue {
    /// The styles that values of a kind may have, the usual one first.
    package static func styles(
        for kind: AttributeKind, part: CalendarPart? = nil
    ) -> [Style] {
        if part != nil { return [.number] }
        return switch kind {
        case .text: [.text]
        case .number: [.number]
        case .boolean: [.boolean]
        case .date: [.date, .today, .beforeToday, .afterToday]
        case .timestamp: [.date, .time, .today, .beforeToday, .afterToday]
        }
    }
}

/// Why a row is no condition yet.
package enum RuleFormProblem: Error, Hashable, Sendable {
    case attributeMissing
    case segmentMissing
    case valueMissing
    /// A group without entries.
    case groupEmpty
    case noNumber
    case noTruth
    case noDate
    case noTime
    /// A span takes a whole number from 1 to `RuleLimits.amountMax`.
    case noAmount
    /// What the rule language itself says of the row.
    case mistake(RuleTextError)

    /// Whether it only says that something is still to be filled in.
    package var isMissing: Bool {
        switch self {
        case .attributeMissing, .segmentMissing, .valueMissing, .groupEmpty: true
        case .noNumber, .noTruth, .noDate, .noTime, .noAmount, .mistake: false
        }
    }
}
