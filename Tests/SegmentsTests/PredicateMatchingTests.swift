import Profiles
import Segments
import Testing

@Suite struct PredicateMatchingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let rule: String
        let holds: Bool

        init(_ rule: String, _ holds: Bool) {
            self.rule = rule
            self.holds = holds
        }

        var testDescription: String { "\(rule): \(holds)" }
    }

    /// Phone and TotalChildren are absent.
    private func profile() throws -> Profile {
        Profile(
            id: "1", changedAt: Example.now,
            values: [
                "FirstName": .text("Zoë"), "ZIP": .text("09876"), "EducationLevel": .text("ΟΔΟΣ"),
                "AnnualIncome": .number(90_000), "HomeOwner": .boolean(true),
                "BirthDate": .date(try #require(CalendarDay("1976-02-29"))),
                "LastOrder": .timestamp(try #require(Timestamp("2024-03-01T00:00:00Z"))),
            ])
    }

    static let cases: [Case] = [
        Case("everyone", true), Case("not everyone", false),
        Case("AnnualIncome >= 90000 and HomeOwner = true", true),
        Case("AnnualIncome > 90000", false), Case("AnnualIncome in (1, 90000)", true),
        Case("AnnualIncome between 90000 and 90000", true),
        Case("FirstName = 'Zoe\u{308}'", true), Case("FirstName = 'zoë'", false),
        Case("FirstName = 'ZOË' ignoring case", true), Case("FirstName starts with 'Zo'", true),
        Case("FirstName ends with 'ë'", true), Case("FirstName ends with 'e'", false),
        Case("FirstName contains 'O' ignoring case", true), Case("FirstName contains 'O'", false),
        Case("FirstName > 'a'", false), Case("FirstName < 'a'", true),
        Case("EducationLevel = 'οδος' ignoring case", true),
        Case("ZIP = '09876'", true), Case("ZIP = '9876'", false),
        Case("year of BirthDate = 1976 and month of BirthDate = 2 and day of BirthDate = 29", true),
        Case("LastOrder = 2024-03-01", true), Case("LastOrder < 2024-03-01", false),
        Case("LastOrder within last 1 month", true), Case("LastOrder within last 30 days", false),
        Case("LastOrder within last 31 days", true), Case("LastOrder within next 31 days", false),
        // Absent values: every test is false, and its opposite is true.
        Case("TotalChildren = 0", false), Case("TotalChildren != 0", true),
        Case("not (TotalChildren > 0)", true), Case("TotalChildren <= 0", false),
        Case("TotalChildren not between 0 and 9", true), Case("TotalChildren not in (1)", true),
        Case("Phone contains '5'", false), Case("Phone does not contain '5'", true),
        Case("Phone is empty", true), Case("Phone is not empty", false),
        Case("Phone is not empty and Phone != '5'", false),
        Case("in segment 'Guests'", true), Case("not in segment 'Guests'", false),
        Case("in segment 'Home owners'", true), Case("in segment 'Young owners'", false),
    ]

    @Test(arguments: cases)
    func `a rule holds for a profile, or does not`(_ example: Case) throws {
        let predicate = try Example.predicate(example.rule)
        #expect(try predicate.matches(profile(), isMember: { $0 == 2 }) == example.holds)
    }

    @Test func `text is ordered by Unicode scalars, not by Swift's characters`() throws {
        func profile(_ name: String) -> Profile {
            Profile(id: "1", changedAt: Example.now, values: ["FirstName": .text(name)])
        }
        // U+FF21 comes before U+1F600 as a scalar, and after it in UTF-16.
        let predicate = try Example.predicate("FirstName > '\u{FF21}'")
        #expect(predicate.matches(profile("\u{1F600}"), isMember: { _ in false }))
        #expect(!predicate.matches(profile("\u{FF20}"), isMember: { _ in false }))
        // The first scalar of a flag is the beginning of it for engines, though half a character
        // for Swift.
        let flag = try Example.predicate("FirstName starts with '\u{1F1F3}'")
        #expect(flag.matches(profile("\u{1F1F3}\u{1F1F4}"), isMember: { _ in false }))
    }

    @Test func `a value of another kind counts as absent`() throws {
        let profile = Profile(
            id: "1", changedAt: Example.now, values: ["AnnualIncome": .text("90000")])
        #expect(
            try !Example.predicate("AnnualIncome = 90000").matches(
                profile, isMember: { _ in false }))
        #expect(
            try Example.predicate("AnnualIncome is empty").matches(
                profile, isMember: { _ in false }))
    }
}
