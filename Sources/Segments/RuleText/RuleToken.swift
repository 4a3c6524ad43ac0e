import Profiles

/// A piece of a rule's text and where it stands.
struct RuleToken {
    enum Content: Hashable {
        /// A bare word: a keyword or an attribute's name.
        case word(String)
        /// A name in double quotes or brackets.
        case name(String)
        /// Text in single quotes.
        case text(String)
        /// Without a sign.
        case number(Double)
        case date(CalendarDay)
        case timestamp(Timestamp)
        case symbol(RuleSymbol)
        case end
    }

    let content: Content
    let place: RulePlace
    /// As written, for messages; cut when long.
    let source: String
    /// Whether it follows the one before it without a blank.
    let isAdjacent: Bool

    /// The piece in quotes, unless it brings its own.
    var shown: String {
        switch content {
        case .text, .name: source
        case .word, .number, .date, .timestamp, .symbol, .end: "'\(source)'"
        }
    }
}

/// The signs of the language.
enum RuleSymbol: String {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
    case open = "("
    case close = ")"
    case comma = ","
    case minus = "-"
    case plus = "+"
}

/// The reserved words; an attribute of such a name needs double quotes.
enum RuleKeyword: String, CaseIterable {
    case after
    case and
    case before
    case between
    case contain
    case contains
    case day
    case days
    case does
    case empty
    case end
    case ends
    case everyone
    case `false`
    case ignoring
    case `in`
    case `is`
    case last
    case month
    case months
    case next
    case no
    case not
    case of
    case or
    case segment
    case start
    case starts
    case today
    case `true`
    case week
    case weeks
    case with
    case within
    case year
    case years
    case yes

    /// Keywords may be written in any case.
    init?(word: String) {
        self.init(rawValue: word.lowercased())
    }

    /// Whether the word is a value, or begins one.
    var isValue: Bool {
        [.false, .no, .today, .true, .yes].contains(self)
    }

    /// Whether the word can stand alone as an attribute's name, because nothing else may begin a
    /// condition with it. `year`, `month` and `day` are names unless `of` follows.
    var canNameAttribute: Bool {
        switch self {
        case .contain, .day, .days, .empty, .end, .ends, .last, .month, .months, .next, .of,
            .segment, .start, .starts, .week, .weeks, .with, .within, .year, .years:
            true
        case .after, .and, .before, .between, .contains, .does, .everyone, .false, .ignoring, .in,
            .is, .no, .not, .or, .today, .true, .yes:
            false
        }
    }
}
