import Segments
import Testing

@Suite struct RuleTextErrorTests {
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
            "AnnualIncome >", at: (1, 15, 1),
            "The rule ends here; expected a value after '>'."),
        Case(
            "AnnualIncome => 3", at: (1, 14, 2),
            "'=>' is not part of the rule language; write >=.",
            suggesting: ">="),
        Case(
            "AnnualIncome == 3", at: (1, 14, 2),
            "'==' is not part of the rule language; write =.",
            suggesting: "="),
        Case(
            "ZIP = '98052", at: (1, 7, 6),
            "The text that starts here has no closing '."),
        Case(
            "EducationLevel = “Bachelors”", at: (1, 18, 1),
            "'“' is a typographic quote. Text goes in straight single quotes, as in "
                + "'Bachelors', names in straight double quotes.",
            suggesting: "'Bachelors'"),
        Case(
            "EducationLevel = \"Bachelors\"", at: (1, 18, 11),
            "Expected a value after '='; found a name in double quotes. Text goes in "
                + "single quotes; one attribute cannot be compared with another.",
            suggesting: "'Bachelors'"),
        Case(
            "EducationLevel = Bachelors", at: (1, 18, 9),
            "Expected a value after '='; found 'Bachelors'. Text goes in single "
                + "quotes.",
            suggesting: "'Bachelors'"),
        Case(
            "EducationLevel like 'B%'", at: (1, 16, 4),
            "Expected a comparison after 'EducationLevel': =, !=, <, <=, >, >=, in, "
                + "between, contains, starts with, ends with, within, or is empty; found "
                + "'like'.",
            suggesting: "contains"),
        Case(
            "EducationLevel contians 'B'", at: (1, 16, 8),
            "Expected a comparison after 'EducationLevel': =, !=, <, <=, >, >=, in, "
                + "between, contains, starts with, ends with, within, or is empty; found "
                + "'contians'.",
            suggesting: "contains"),
        Case(
            "AnnualIncome >= 90,000", at: (1, 19, 1),
            "A number has no thousands commas: write 90000 or 90_000."),
        Case(
            "AnnualIncome in (90,000)", at: (1, 21, 3),
            "A number has no leading zeros and no thousands commas: write 90000 or "
                + "90_000. Text of digits goes in single quotes."),
        Case(
            "HomeOwner", at: (1, 10, 1),
            "The rule ends here; expected a comparison after 'HomeOwner': =, !=, <, "
                + "<=, >, >=, in, between, contains, starts with, ends with, within, or is "
                + "empty.",
            suggesting: "HomeOwner = true"),
        Case(
            "HomeOwner and FirstName = 'x'", at: (1, 11, 3),
            "Expected a comparison after 'HomeOwner': =, !=, <, <=, >, >=, in, "
                + "between, contains, starts with, ends with, within, or is empty; found "
                + "'and'.",
            suggesting: "HomeOwner = true"),
        Case(
            "HomeOwner is true", at: (1, 14, 4),
            "Expected empty or not empty after 'is'. To compare with a value, write "
                + "=; found 'true'.",
            suggesting: "= true"),
        Case(
            "BirthDate = 1970-1-5", at: (1, 13, 8),
            "'1970-1-5' is no date; dates are written YYYY-MM-DD.",
            suggesting: "1970-01-05"),
        Case(
            "BirthDate = 1970-02-30", at: (1, 13, 10),
            "There is no day 1970-02-30; dates are written YYYY-MM-DD."),
        Case(
            "BirthDate = 05/03/1970", at: (1, 13, 10),
            "Dates are written YYYY-MM-DD, as in 1970-12-31."),
        Case(
            "LastOrder = 2024-01-01T25:00", at: (1, 13, 16),
            "'2024-01-01T25:00' is no time; times are written YYYY-MM-DDTHH:MM, with "
                + ":SS and Z if you like, and are UTC."),
        Case(
            "LastOrder within 30 days", at: (1, 18, 2),
            "Expected last or next after 'within', as in within last 30 days; found "
                + "'30'."),
        Case(
            "LastOrder within last 30", at: (1, 25, 1),
            "The rule ends here; expected days, weeks, months or years after 30."),
        Case(
            "LastOrder within last 30 dayz", at: (1, 26, 4),
            "Expected days, weeks, months or years after 30; found 'dayz'.",
            suggesting: "days"),
        Case(
            "LastOrder within last 0 days", at: (1, 23, 1),
            "The number of days, weeks, months or years is a whole number from 1 to "
                + "100000."),
        Case(
            "AnnualIncome between 10, 5", at: (1, 24, 1),
            "Expected and between the two values of 'between'; found ','.",
            suggesting: "and"),
        Case(
            "in segment Guests", at: (1, 12, 6),
            "Expected the name of a segment in single quotes; found 'Guests'.",
            suggesting: "'Guests'"),
        Case(
            "in ('a')", at: (1, 4, 1),
            "Expected segment after 'in' here: in segment 'Home owners'. For a list, "
                + "the attribute comes first: City in ('Oslo', 'Bergen'); found '('."),
        Case(
            "FirstName in segment 'Guests'", at: (1, 14, 7),
            "A condition on a segment stands alone, without an attribute before it.",
            suggesting: "in segment 'Guests'"),
        Case(
            "(HomeOwner = true", at: (1, 1, 1),
            "The parenthesis that opens here is never closed.",
            suggesting: ")"),
        Case(
            "HomeOwner = true)", at: (1, 17, 1),
            "There is no open parenthesis that this one closes."),
        Case(
            "HomeOwner = true FirstName = 'x'", at: (1, 18, 9),
            "Expected and, or, or the end of the rule; found 'FirstName'."),
        Case(
            "HomeOwner = true adn FirstName = 'x'", at: (1, 18, 3),
            "Expected and, or, or the end of the rule; found 'adn'.",
            suggesting: "and"),
        Case(
            "FirstName = 'O'Brien'", at: (1, 16, 5),
            "The text in single quotes ends before this. A single quote inside text "
                + "is doubled, as in 'O''Brien'.",
            suggesting: "''"),
        Case(
            "Annual Income > 5", at: (1, 8, 6),
            "Expected a comparison after 'Annual': =, !=, <, <=, >, >=, in, between, "
                + "contains, starts with, ends with, within, or is empty; found 'Income'. "
                + "A name with a blank goes in double quotes.",
            suggesting: "\"Annual Income\""),
        Case(
            "e-mail is empty", at: (1, 2, 1),
            "Expected a comparison after 'e': =, !=, <, <=, >, >=, in, between, "
                + "contains, starts with, ends with, within, or is empty; found '-'. A "
                + "name with such a character goes in double quotes.",
            suggesting: "\"e-mail\""),
        Case(
            "FirstName = 'a' &&\n HomeOwner = true", at: (1, 17, 2),
            "'&&' is not part of the rule language; write and.",
            suggesting: "and"),
        Case(
            "and = 3", at: (1, 1, 3),
            "An attribute was expected here, and 'and' is a word of the rule "
                + "language. An attribute of that name goes in double quotes.",
            suggesting: "\"and\""),
        Case(
            "'FirstName' = 'x'", at: (1, 1, 11),
            "Expected an attribute, and text in single quotes is a value. Attribute "
                + "names with blanks go in double quotes; found 'FirstName'.",
            suggesting: "\"FirstName\""),
        Case(
            "5 = AnnualIncome", at: (1, 1, 1),
            "Expected a condition such as Age >= 18; found '5'."),
        Case(
            "AnnualIncome = .5", at: (1, 16, 2),
            "A number starts with a digit.",
            suggesting: "0.5"),
        Case(
            "AnnualIncome = 1e999", at: (1, 16, 5),
            "The number '1e999' is too large; the largest is about 1.8e308."),
        Case(
            "AnnualIncome = 12abc", at: (1, 16, 5),
            "'12abc' is neither a number nor a name. A name that starts with a digit "
                + "goes in double quotes, text in single quotes.",
            suggesting: "\"12abc\" or '12abc'"),
        Case(
            "FirstName does contain 'a'", at: (1, 16, 7),
            "Expected not after 'does'; found 'contain'.",
            suggesting: "not"),
        Case(
            "FirstName not 'a'", at: (1, 15, 3),
            "Expected in, between or within after 'not'; found 'a'."),
        Case(
            "FirstName = ‌'a'", at: (1, 13, 1),
            "'U+200C' is not part of the rule language. It cannot be seen; remove it."),
        Case(
            "FirstName = 'a' and 你好 = ？", at: (1, 26, 1),
            "'？' is not part of the rule language. Names with such characters go in "
                + "double quotes."),
        Case(
            "你好世界 = 'a' and 名字 ＝ 'b'", at: (1, 19, 1),
            "'＝' is not part of the rule language; write =.",
            suggesting: "="),
        Case(
            "HomeOwner = null", at: (1, 13, 4),
            "There is no value for an absent one. Write is empty or is not empty "
                + "after the attribute.",
            suggesting: "is empty"),
        Case(
            "not", at: (1, 4, 1),
            "The rule ends here; expected a condition such as Age >= 18."),
        Case(
            "()", at: (1, 2, 1),
            "Expected a condition such as Age >= 18; found ')'."),
        Case(
            "in", at: (1, 3, 1),
            "The rule ends here; expected segment after 'in' here: in segment 'Home "
                + "owners'. For a list, the attribute comes first: City in ('Oslo', "
                + "'Bergen')."),
        Case(
            "FirstName in ()", at: (1, 15, 1),
            "Expected a value in the list; found ')'."),
        Case(
            "FirstName in ('a' 'b')", at: (1, 19, 3),
            "Expected a comma or ) in the list; found 'b'."),
        Case(
            "FirstName in ('a',)", at: (1, 19, 1),
            "Expected a value in the list; found ')'."),
        Case(
            "today = BirthDate", at: (1, 1, 5),
            "An attribute was expected here, and 'today' is a word of the rule "
                + "language. An attribute of that name goes in double quotes.",
            suggesting: "\"today\""),
        Case(
            "\"\" = 3", at: (1, 1, 2),
            "The name between the quotes is empty; write an attribute's name."),
        Case(
            "AnnualIncome = 1__0", at: (1, 16, 4),
            "In '1__0' an underscore does not stand between two digits; write 90_000 "
                + "or 90000.",
            suggesting: "10"),
        Case(
            " ", at: (1, 2, 1),
            "The rule is empty. Write a condition such as Age >= 18, or everyone.",
            suggesting: "everyone"),
        Case(
            "HomeOwner = true,", at: (1, 17, 1),
            "Expected and, or, or the end of the rule; found ','."),
        Case(
            "[] = 1", at: (1, 1, 2),
            "The name between the quotes is empty; write an attribute's name."),
        Case(
            "LastOrder = 2024-01-01X", at: (1, 13, 10),
            "After the date 2024-01-01 a time starts with T, as in 2024-01-01T08:30."),
        Case(
            "FirstName is Anna", at: (1, 14, 4),
            "Expected empty or not empty after 'is'. To compare with a value, write "
                + "=; found 'Anna'.",
            suggesting: "is empty"),
        Case(
            "FirstName equals 'Anna'", at: (1, 11, 6),
            "Expected a comparison after 'FirstName': =, !=, <, <=, >, >=, in, "
                + "between, contains, starts with, ends with, within, or is empty; found "
                + "'equals'.",
            suggesting: "="),
        Case(
            "FirstName = 'a' | FirstName = 'b'", at: (1, 17, 1),
            "'|' is not part of the rule language; write or.",
            suggesting: "or"),
        Case(
            "FirstName ≠ 'a'", at: (1, 11, 1),
            "'≠' is not part of the rule language; write !=.",
            suggesting: "!="),
        Case(
            "FirstName = 'a", at: (1, 13, 2),
            "The text that starts here has no closing '."),
        Case(
            "FirstName = 'a' or\nPhone = 'b", at: (2, 9, 2),
            "The text that starts here has no closing '."),
        Case(
            "\"FirstName = 'a'", at: (1, 1, 16),
            "The name that starts here has no closing \"."),
    ]

    @Test(arguments: cases)
    func `a mistake of form has a place, a message and what to write instead`(_ example: Case) {
        let error = #expect(throws: RuleTextError.self) { try Rule(parsing: example.text) }
        #expect(error?.place == example.place)
        #expect(error?.message == example.message)
        #expect(error?.suggestion == example.suggestion)
        #expect(error?.text == example.text)
    }

    @Test func `an error shows its line with carets below the mistake`() {
        let error = #expect(throws: RuleTextError.self) {
            try Rule(parsing: "FirstName = 'a' and\n\tCity == 'b'")
        }
        #expect(error?.excerpt == "\tCity == 'b'\n\t     ^^")
        #expect(
            error?.report == """
                line 2, column 7: '==' is not part of the rule language; write =.
                \tCity == 'b'
                \t     ^^
                Did you mean: =
                """)
    }

    @Test func `carets stand below wide characters and ignore combining marks`() {
        let wide = #expect(throws: RuleTextError.self) { try Rule(parsing: "名字 == 'a'") }
        #expect(wide?.excerpt == "名字 == 'a'\n     ^^")
        let combining = #expect(throws: RuleTextError.self) {
            try Rule(parsing: "e\u{301}te\u{301} == 'a'")
        }
        #expect(combining?.place?.column == 7)
        #expect(combining?.excerpt == "e\u{301}te\u{301} == 'a'\n    ^^")
    }

    @Test func `only the neighbourhood of a mistake in a long line is shown`() throws {
        let text =
            Array(repeating: "A = 1", count: 1_000).joined(separator: " and ") + " and B == 2"
        let error = #expect(throws: RuleTextError.self) { try Rule(parsing: text) }
        let lines = try #require(error?.excerpt).split(separator: "\n")
        #expect(lines[0].hasPrefix("…") && lines[0].count < 130)
        #expect(Array(lines[0])[lines[1].count - 2..<lines[1].count] == ["=", "="])
    }

    @Test func `text over the limit is refused`() {
        let text = "A = '" + String(repeating: "x", count: RuleLimits.textLengthMax) + "'"
        let error = #expect(throws: RuleTextError.self) { try Rule(parsing: text) }
        #expect(error?.message.hasPrefix("The rule is longer than 100000 characters.") == true)
    }

    @Test func `nesting over the limit is refused where it begins`() throws {
        let depth = RuleLimits.depthMax
        _ = try Rule(
            parsing: String(repeating: "(", count: depth) + "A = 1"
                + String(repeating: ")", count: depth))
        let error = #expect(throws: RuleTextError.self) {
            try Rule(parsing: String(repeating: "(", count: depth + 1) + "A = 1")
        }
        #expect(error?.place == RulePlace(line: 1, column: depth + 1, length: 1))
        #expect(error?.message.hasPrefix("The rule is nested deeper than 100 levels.") == true)
    }

    @Test func `a list over the limit is refused`() throws {
        let count = RuleLimits.listCountMax
        func list(of count: Int) -> String {
            "A in (" + Array(repeating: "1", count: count).joined(separator: ",") + ")"
        }
        _ = try Rule(parsing: list(of: count))
        let error = #expect(throws: RuleTextError.self) { try Rule(parsing: list(of: count + 1)) }
        #expect(error?.place == RulePlace(line: 1, column: 6, length: 1))
        #expect(error?.message.hasPrefix("The list has more than 10000 values.") == true)
    }
}
