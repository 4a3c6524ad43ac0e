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

    @Test(arguments: [
        0, 0.1, 12.1, 12.5, 0.0001, 0.00001, 99.99, -3.75, 1234567.8901, 1e10 + 0.25, 1e11 + 0.5,
        0.1 + 0.2, 1.0 / 3, 1e300, -0.0, 5, 4.35, 0.07, 149.48,
    ])
    func `numbers have the same text as bytes`(number: Double) {
        var bytes: [UInt8] = []
        AttributeValue.appendText(of: number, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == AttributeValue.text(of: number))
    }

    @Test func `money has the same text as bytes`() {
        let wrong = (0..<200_000).filter { cents in
            let number = Double(cents * 37) / 100
            var bytes: [UInt8] = []
            AttributeValue.appendText(of: number, to: &bytes)
            return String(decoding: bytes, as: UTF8.self) != AttributeValue.text(of: number)
        }
        #expect(wrong.isEmpty)
    }
}
