import Profiles
import Segments
import Testing

@Suite struct RuleResolutionTests {
    private let birth = Attribute(name: "BirthDate", kind: .date)
    private let order = Attribute(name: "LastOrder", kind: .timestamp)
    private let first = Attribute(name: "FirstName", kind: .text)
    private let owner = Attribute(name: "HomeOwner", kind: .boolean)

    private func moment(_ text: String) throws -> AttributeValue {
        .timestamp(try #require(Timestamp(text)))
    }

    private func day(_ text: String) throws -> AttributeValue {
        .date(try #require(CalendarDay(text)))
    }

    private func test(_ text: String) throws -> ValueTest {
        guard case .value(_, let test) = try Example.predicate(text) else {
            Issue.record("'\(text)' is more than one test")
            return .isPresent
        }
        return test
    }

    @Test func `attributes are found in any spelling of capitals`() throws {
        #expect(
            try Example.predicate("firstNAME = 'a'")
                == .value(first, .compares(.equal, .text("a"))))
        #expect(
            try Example.predicate("CODE = 'a'")
                == .value(Attribute(name: "CODE", kind: .text), .compares(.equal, .text("a"))))
    }

    @Test func `a date compared with timestamps means all moments of that day`() throws {
        let start = try moment("2024-01-01T00:00Z")
        let end = try moment("2024-01-01T23:59:59.999Z")
        let nextEnd = try moment("2024-01-02T23:59:59.999Z")
        #expect(try test("LastOrder = 2024-01-01") == .between(start, end))
        #expect(try test("LastOrder < 2024-01-01") == .compares(.less, start))
        #expect(try test("LastOrder <= 2024-01-01") == .compares(.atMost, end))
        #expect(try test("LastOrder > 2024-01-01") == .compares(.greater, end))
        #expect(try test("LastOrder >= 2024-01-01") == .compares(.atLeast, start))
        #expect(try test("LastOrder between 2024-01-01 and 2024-01-02") == .between(start, nextEnd))
        let exact = try moment("2024-01-01T10:00Z")
        #expect(try test("LastOrder = 2024-01-01T10:00") == .compares(.equal, exact))
        #expect(
            try Example.predicate("LastOrder in (2024-01-01, 2024-01-01T10:00)")
                == .any([
                    .value(order, .compares(.equal, exact)), .value(order, .between(start, end)),
                ]))
    }

    @Test func `the last day of the calendar has an end`() throws {
        let end = try moment("9999-12-31T23:59:59.999Z")
        #expect(try test("LastOrder <= 9999-12-31") == .compares(.atMost, end))
    }

    @Test func `today and within follow the moment of evaluation`() throws {
        #expect(try test("BirthDate = today") == .compares(.equal, try day("2024-03-31")))
        #expect(
            try test("BirthDate < today - 1 month") == .compares(.less, try day("2024-02-29")))
        #expect(
            try test("BirthDate <= today + 2 weeks") == .compares(.atMost, try day("2024-04-14")))
        #expect(
            try test("BirthDate within last 30 days")
                == .between(try day("2024-03-01"), try day("2024-03-31")))
        #expect(
            try test("BirthDate within next 1 year")
                == .between(try day("2024-03-31"), try day("2025-03-31")))
        #expect(
            try test("LastOrder within last 1 month")
                == .between(try moment("2024-02-29T15:30Z"), try moment("2024-03-31T15:30Z")))
        #expect(
            try test("LastOrder within next 2 days")
                == .between(try moment("2024-03-31T15:30Z"), try moment("2024-04-02T15:30Z")))
        #expect(
            try test("LastOrder > today")
                == .compares(.greater, try moment("2024-03-31T23:59:59.999Z")))
    }

    @Test func `spans that leave the calendar end at its first and last day`() throws {
        #expect(
            try test("BirthDate within last 100_000 years")
                == .between(try day("0001-01-01"), try day("2024-03-31")))
        #expect(
            try test("BirthDate < today + 100000 months")
                == .compares(.less, try day("9999-12-31")))
        #expect(
            try test("BirthDate > today - 100000 weeks")
                == .compares(.greater, try day("0107-09-18")))
    }

    @Test func `bounds that move may cross`() throws {
        #expect(
            try test("BirthDate between today and 2020-01-01")
                == .between(try day("2024-03-31"), try day("2020-01-01")))
    }

    @Test func `text becomes NFC, and folded text is folded`() throws {
        guard case .compares(.equal, .text(let text)) = try test("FirstName = 'e\u{301}'") else {
            Issue.record("expected a comparison")
            return
        }
        #expect(Array(text.utf8) == Array("\u{E9}".utf8))
        #expect(
            try test("FirstName in ('ANNA', 'ΟΔΟΣ') ignoring case")
                == .foldedOneOf(["anna", "οδοσ"]))
        #expect(try test("FirstName = 'ANNA' ignoring case") == .foldedOneOf(["anna"]))
        #expect(
            try test("FirstName starts with 'J' ignoring case") == .foldedMatches(.starts, "j"))
        #expect(try test("FirstName contains 'J'") == .matches(.contains, "J"))
    }

    @Test func `needless levels disappear`() throws {
        let isOwner = Predicate.value(owner, .compares(.equal, .boolean(true)))
        #expect(try Example.predicate("everyone and HomeOwner = yes") == isOwner)
        #expect(try Example.predicate("not everyone and HomeOwner = yes") == .never)
        #expect(try Example.predicate("not everyone or HomeOwner = yes") == isOwner)
        #expect(try Example.predicate("everyone or HomeOwner = yes") == .always)
        #expect(try Example.predicate("not (not (HomeOwner = yes))") == isOwner)
        #expect(
            try Example.predicate("Phone is not empty")
                == .value(Attribute(name: "Phone", kind: .text), .isPresent))
        #expect(
            try Example.predicate("HomeOwner = yes and (HomeOwner = yes and HomeOwner != yes)")
                == .all([isOwner, isOwner, .not(isOwner)]))
    }

    @Test func `dynamic segments are replaced by their rules, static ones stay`() throws {
        let isOwner = Predicate.value(owner, .compares(.equal, .boolean(true)))
        let isYoung = Predicate.value(birth, .compares(.atLeast, try day("1990-01-01")))
        let predicate = try Example.predicate(
            "in segment 'Young owners' or in segment 'GUESTS' or in segment 'Home owners'")
        #expect(predicate == .any([.all([isOwner, isYoung]), .memberOf(2), isOwner]))
        #expect(predicate.staticSegments == [2])
        #expect(predicate.attributes == [owner, birth])
    }

    @Test func `parts of dates are whole numbers in their range`() throws {
        #expect(try test("month of BirthDate = 3") == .part(.month, .compares(.equal, 3)))
        #expect(try test("year of LastOrder >= 2020") == .part(.year, .compares(.atLeast, 2020)))
        #expect(try test("day of BirthDate in (1, 31)") == .part(.day, .oneOf([1, 31])))
        #expect(try test("month of BirthDate between 6 and 8") == .part(.month, .between(6, 8)))
    }
}

@Suite struct SegmentReferencesTests {
    @Test func `a rule names its attributes and segments once each, in order`() throws {
        let rule = try Rule(
            parsing:
                "B = 1 and (A = 2 or not B = 3) and in segment 'S' and not in segment 'T' and in segment 'S'"
        )
        let references = SegmentReferences(of: rule)
        #expect(references.attributes == ["B", "A"])
        #expect(references.segments == ["S", "T"])
        #expect(references.mentions(attribute: "a") && !references.mentions(attribute: "C"))
        #expect(references.mentions(segment: "s") && !references.mentions(segment: "U"))
    }

    @Test func `a library follows segments, circles and unreadable rules included`() throws {
        let rule = try Rule(
            parsing:
                "ZIP = '1' and in segment 'a' and in segment 'Young owners' and in segment 'Unreadable'"
        )
        let references = Example.library.references(of: rule)
        #expect(references.attributes == ["ZIP", "BirthDate", "HomeOwner"])
        #expect(
            references.segments
                == ["a", "Young owners", "Unreadable", "B", "home owners", "A"])
    }
}
