import Profiles
import Segments
import Testing

/// The profiles and segments that the tests of meaning speak of.
enum Example {
    static let schema = ProfileSchema(attributes: [
        Attribute(name: "FirstName", kind: .text), Attribute(name: "EducationLevel", kind: .text),
        Attribute(name: "ZIP", kind: .text), Attribute(name: "Phone", kind: .text),
        Attribute(name: "AnnualIncome", kind: .number),
        Attribute(name: "TotalChildren", kind: .number),
        Attribute(name: "HomeOwner", kind: .boolean), Attribute(name: "BirthDate", kind: .date),
        Attribute(name: "LastOrder", kind: .timestamp),
        Attribute(name: "Annual Income", kind: .number),
        Attribute(name: "e-mail", kind: .text), Attribute(name: "Code", kind: .text),
        Attribute(name: "CODE", kind: .text),
    ])

    static let library = SegmentLibrary([
        Segment(id: 1, name: "Home owners", definition: .dynamic(rule: "HomeOwner = true")),
        Segment(id: 2, name: "Guests", definition: .static),
        Segment(id: 3, name: "A", definition: .dynamic(rule: "in segment 'B'")),
        Segment(
            id: 4, name: "B", definition: .dynamic(rule: "HomeOwner = yes or in segment 'A'")),
        Segment(id: 5, name: "Broken", definition: .dynamic(rule: "Homeowner = 'x'")),
        Segment(id: 6, name: "Unreadable", definition: .dynamic(rule: "HomeOwner = ")),
        Segment(
            id: 7, name: "Young owners",
            definition: .dynamic(
                rule: "in segment 'home owners' and BirthDate >= 1990-01-01"),
            state: .inactive),
    ])

    /// 2024-03-31T15:30:00Z
    static let now = Timestamp(milliseconds: 1_711_899_000_000)

    static func predicate(
        _ text: String, library: SegmentLibrary = library, as name: String? = nil
    ) throws -> Predicate {
        try Rule(parsing: text).resolved(schema: schema, segments: library, now: now, as: name)
    }
}

@Suite struct RuleMeaningErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        let place: RulePlace
        let message: String
        let suggestion: String?
        let segments: [String]

        init(
            _ text: String, at place: (Int, Int, Int), _ message: String,
            suggesting suggestion: String? = nil, segments: [String] = []
        ) {
            self.text = text
            self.place = RulePlace(line: place.0, column: place.1, length: place.2)
            self.message = message
            self.suggestion = suggestion
            self.segments = segments
        }

        var testDescription: String { text }
    }

    static let cases: [Case] = [
        Case(
            "A = 1 or B = 2 and not C = 3", at: (1, 1, 1),
            "Profiles have no attribute 'A'."),
        Case(
            "AnualIncome >= 90000", at: (1, 1, 11),
            "Profiles have no attribute 'AnualIncome'.",
            suggesting: "AnnualIncome"),
        Case(
            "ZIP = 98052", at: (1, 7, 5),
            "'ZIP' holds text, and 98052 is a number. Put it in single quotes.",
            suggesting: "'98052'"),
        Case(
            "AnnualIncome >= '90000'", at: (1, 17, 7),
            "'AnnualIncome' holds numbers, and '90000' is text. Write a number "
                + "without quotes.",
            suggesting: "90000"),
        Case(
            "HomeOwner = 'true'", at: (1, 13, 6),
            "'HomeOwner' is true or false, and 'true' is text. Write true or false "
                + "without quotes.",
            suggesting: "true"),
        Case(
            "HomeOwner = 1", at: (1, 13, 1),
            "'HomeOwner' is true or false, and 1 is a number. Write true or false.",
            suggesting: "true"),
        Case(
            "HomeOwner > true", at: (1, 1, 9),
            "> compares sizes, and 'HomeOwner' is true or false. Write = or !=.",
            suggesting: "HomeOwner = true"),
        Case(
            "BirthDate = '1970-01-01'", at: (1, 13, 12),
            "'BirthDate' holds dates, and '1970-01-01' is text. Dates are written "
                + "YYYY-MM-DD, without quotes.",
            suggesting: "1970-01-01"),
        Case(
            "BirthDate = 1970", at: (1, 13, 4),
            "'BirthDate' holds dates, and 1970 is a number. Dates are written "
                + "YYYY-MM-DD, without quotes.",
            suggesting: "year of BirthDate = 1970"),
        Case(
            "BirthDate = 1970-01-01T10:00", at: (1, 13, 16),
            "'BirthDate' holds dates, and 1970-01-01T10:00:00Z is a time. A date has "
                + "no time of day.",
            suggesting: "1970-01-01"),
        Case(
            "month of BirthDate = 13", at: (1, 22, 2),
            "The month of 'BirthDate' is a whole number from 1 to 12."),
        Case(
            "month of FirstName = 3", at: (1, 10, 9),
            "Only dates and times have a month, and 'FirstName' holds text."),
        Case(
            "month of BirthDate is empty", at: (1, 10, 9),
            "A date is there as a whole or not at all.",
            suggesting: "BirthDate is empty"),
        Case(
            "Phone = ''", at: (1, 9, 2),
            "No value is an empty text: 'Phone' is then absent.",
            suggesting: "Phone is empty"),
        Case(
            "Phone contains ''", at: (1, 16, 2),
            "No value is an empty text: 'Phone' is then absent.",
            suggesting: "Phone is empty"),
        Case(
            "Phone contains 5", at: (1, 16, 1),
            "Contains needs text in single quotes, and 5 is a number.",
            suggesting: "'5'"),
        Case(
            "AnnualIncome contains '5'", at: (1, 1, 12),
            "Contains looks into text, and 'AnnualIncome' holds numbers."),
        Case(
            "AnnualIncome between 10 and 5", at: (1, 22, 2),
            "Nothing is between these values: the first is above the second.",
            suggesting: "between 5 and 10"),
        Case(
            "in segment 'Home owner'", at: (1, 12, 12),
            "There is no segment 'Home owner'.",
            suggesting: "'Home owners'"),
        Case(
            "in segment 'A'", at: (1, 31, 3),
            "Segments cannot use each other in a circle: 'A' uses 'B' uses 'A'.",
            segments: ["A", "B"]),
        Case(
            "in segment 'Broken'", at: (1, 13, 3),
            "'HomeOwner' is true or false, and 'x' is text. Write true or false "
                + "without quotes.",
            segments: ["Broken"]),
        Case(
            "in segment 'Unreadable'", at: (1, 13, 1),
            "The rule ends here; expected a value after '='.",
            segments: ["Unreadable"]),
        Case(
            "FirstName = 'a' and\n  HomeOwnr = true", at: (2, 3, 8),
            "Profiles have no attribute 'HomeOwnr'.",
            suggesting: "HomeOwner"),
        Case(
            "FirstName > 'a' ignoring case", at: (1, 13, 3),
            "Ignoring case works with =, !=, in, contains, starts with and ends "
                + "with, not with >."),
        Case(
            "AnnualIncome = 5 ignoring case", at: (1, 1, 12),
            "Only text can be compared ignoring case, and 'AnnualIncome' holds "
                + "numbers."),
        Case(
            "day = 3", at: (1, 1, 3),
            "Profiles have no attribute 'day'."),
        Case(
            "LastOrder = 20240101", at: (1, 13, 8),
            "'LastOrder' holds times, and 20240101 is a number. Times are written "
                + "YYYY-MM-DD or YYYY-MM-DDTHH:MM, without quotes."),
        Case(
            "FirstName = ''", at: (1, 13, 2),
            "No value is an empty text: 'FirstName' is then absent.",
            suggesting: "FirstName is empty"),
        Case(
            "BirthDate within next 3 weeks and FirstName within last 3 days", at: (1, 35, 9),
            "Within last looks at dates and times, and 'FirstName' holds text."),
        Case(
            "BirthDate starts with '19'", at: (1, 1, 9),
            "Starts with looks into text, and 'BirthDate' holds dates."),
        Case(
            "email = 'x'", at: (1, 1, 5),
            "Profiles have no attribute 'email'.",
            suggesting: "\"e-mail\""),
        Case(
            "code = 'x'", at: (1, 1, 4),
            "'code' could be 'Code' or 'CODE'. Write it exactly as one of them.",
            suggesting: "Code or CODE"),
        Case(
            "in segment 'Circle of one'", at: (1, 12, 15),
            "There is no segment 'Circle of one'."),
        Case(
            "year of BirthDate contains '19'", at: (1, 9, 9),
            "The year of 'BirthDate' is a number. Compare it with =, !=, <, <=, >, "
                + ">=, in or between."),
        Case(
            "month of BirthDate between 12 and 1", at: (1, 28, 2),
            "Nothing is between these values: the first is above the second."),
        Case(
            "FirstName = today", at: (1, 13, 5),
            "'FirstName' holds text, and today is a date. Put it in single quotes.",
            suggesting: "'today'"),
        Case(
            "LastOrder = 'yesterday'", at: (1, 13, 11),
            "'LastOrder' holds times, and 'yesterday' is text. Times are written "
                + "YYYY-MM-DD or YYYY-MM-DDTHH:MM, without quotes."),
    ]

    @Test(arguments: cases)
    func `a mistake of meaning has a place, a message and what to write instead`(
        _ example: Case
    ) throws {
        let rule = try Rule(parsing: example.text)
        let error = #expect(throws: RuleTextError.self) {
            try rule.resolved(schema: Example.schema, segments: Example.library, now: Example.now)
        }
        #expect(error?.place == example.place)
        #expect(error?.message == example.message)
        #expect(error?.suggestion == example.suggestion)
        #expect(error?.segments == example.segments)
    }

    @Test func `a mistake in a used segment shows that segment's text`() {
        let error = #expect(throws: RuleTextError.self) {
            try Example.predicate("HomeOwner = true and in segment 'Broken'")
        }
        #expect(error?.text == "Homeowner = 'x'")
        #expect(
            error?.report == """
                in segment 'Broken', line 1, column 13: 'HomeOwner' is true or false, and 'x' is text. \
                Write true or false without quotes.
                Homeowner = 'x'
                            ^^^
                """)
    }

    @Test func `a mistake in a rule that was not read from text has no place`() {
        let rule = Rule.condition(RuleCondition(attribute: RuleName("Age"), test: .isEmpty))
        let error = #expect(throws: RuleTextError.self) {
            try rule.resolved(schema: Example.schema, segments: Example.library, now: Example.now)
        }
        #expect(error?.place == nil)
        #expect(error?.excerpt == nil)
        #expect(error?.report == "Profiles have no attribute 'Age'.")
    }

    @Test func `a segment cannot use itself`() {
        let error = #expect(throws: RuleTextError.self) {
            try Example.predicate("HomeOwner = true or in segment 'home OWNERS'", as: "Home owners")
        }
        #expect(
            error?.message
                == "Segments cannot use each other in a circle: 'Home owners' uses 'Home owners'.")
        let indirect = #expect(throws: RuleTextError.self) {
            try Example.predicate("in segment 'Young owners'", as: "Home owners")
        }
        #expect(
            indirect?.message
                == "Segments cannot use each other in a circle: 'Home owners' uses 'Young owners' uses"
                + " 'Home owners'.")
        #expect(indirect?.segments == ["Young owners"])
    }

    @Test func `segments that use each other too deeply are refused`() {
        let segments = (0..<30).map { index in
            Segment(
                id: Segment.ID(Int64(index)), name: "S\(index)",
                definition: .dynamic(rule: index == 29 ? "everyone" : "in segment 'S\(index + 1)'"))
        }
        let library = SegmentLibrary(segments)
        #expect(throws: Never.self) { try Example.predicate("in segment 'S10'", library: library) }
        let error = #expect(throws: RuleTextError.self) {
            try Example.predicate("in segment 'S0'", library: library)
        }
        #expect(error?.message.hasPrefix("Segments use each other deeper than 20 levels:") == true)
    }

    @Test func `segments that double each other are refused before they grow`() {
        let segments = (0..<19).map { index in
            Segment(
                id: Segment.ID(Int64(index)), name: "S\(index)",
                definition: .dynamic(
                    rule: index == 0
                        ? "ZIP in ('1', '2', '3')"
                        : "in segment 'S\(index - 1)' and not (in segment 'S\(index - 1)' or ZIP = '4')"
                ))
        }
        let error = #expect(throws: RuleTextError.self) {
            try Example.predicate("in segment 'S18'", library: SegmentLibrary(segments))
        }
        #expect(error?.message.contains("more than 10000 conditions together") == true)
    }

    @Test func `many long lists together are refused`() {
        let list = "ZIP in (" + (0..<9_000).map { "'\($0)'" }.joined(separator: ",") + ")"
        let library = SegmentLibrary([
            Segment(id: 1, name: "Long", definition: .dynamic(rule: list))
        ])
        let rule = Array(repeating: "in segment 'Long'", count: 4).joined(separator: " or ")
        let error = #expect(throws: RuleTextError.self) {
            try Example.predicate(rule, library: library)
        }
        #expect(error?.message.contains("more than 30000 values together") == true)
    }

    @Test func `depth adds up over segments`() {
        let inner =
            String(repeating: "(ZIP = '1' or ZIP = '2' and ", count: 90) + "ZIP = '3'"
            + String(repeating: ")", count: 90)
        let nested = { (last: String) in
            String(repeating: "(ZIP = '1' or ZIP = '2' and ", count: 90) + last
                + String(repeating: ")", count: 90)
        }
        let library = SegmentLibrary([
            Segment(id: 1, name: "A", definition: .dynamic(rule: inner)),
            Segment(id: 2, name: "B", definition: .dynamic(rule: nested("in segment 'A'"))),
        ])
        #expect(throws: Never.self) { try Example.predicate("in segment 'B'", library: library) }
        let error = #expect(throws: RuleTextError.self) {
            try Example.predicate(nested("in segment 'B'"), library: library)
        }
        #expect(error?.message.contains("nested deeper than 400 levels together") == true)
    }
}
