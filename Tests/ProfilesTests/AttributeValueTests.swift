import Profiles
import Testing

struct AttributeValueTests {
    @Test(
        arguments: zip(
            [0, -0.0, 90_000, -12.1, 0.1, 9_007_199_254_740_991, 1e21],
            ["0", "0", "90000", "-12.1", "0.1", "9007199254740991", "1e+21"]))
    func `a number is exported as its shortest text`(number: Double, text: String) {
        #expect(AttributeValue.number(number).exported == text)
        #expect(Double(text) == number)
    }

    @Test func `every kind has a text that leaves the system`() throws {
        let day = try #require(CalendarDay("2026-01-31"))
        #expect(AttributeValue.text("Zoë").exported == "Zoë")
        #expect(AttributeValue.boolean(true).exported == "true")
        #expect(AttributeValue.date(day).exported == "2026-01-31")
        #expect(
            AttributeValue.timestamp(Timestamp(startOf: day)).exported == "2026-01-31T00:00:00Z")
    }
}
