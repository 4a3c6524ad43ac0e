import Profiles
import Testing

struct TimestampTests {
    @Test(
        arguments: zip(
            [
                "2026-01-31T09:30", "2026-01-31 09:30:15", "2026-01-31T09:30:15Z",
                "2026-01-31T09:30:15.5z", "2026-01-31T09:30:15,123456789Z",
                "2026-01-31T00:30:15+02:00", "2026-01-31T23:30:15-0130", "2026-01-31T09:30:15+02",
                "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z",
            ],
            [
                "2026-01-31T09:30:00.000Z", "2026-01-31T09:30:15.000Z",
                "2026-01-31T09:30:15.000Z", "2026-01-31T09:30:15.500Z",
                "2026-01-31T09:30:15.123Z", "2026-01-30T22:30:15.000Z",
                "2026-02-01T01:00:15.000Z", "2026-01-31T07:30:15.000Z",
                "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z",
            ]))
    func `the usual forms of ISO 8601 are read`(text: String, stored: String) throws {
        let timestamp = try #require(Timestamp(text))
        #expect(timestamp.description == stored)
        #expect(Timestamp(stored) == timestamp)
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31T", "2026-01-31T24:00", "2026-01-31T09:60",
        "2026-01-31T09:30:60", "2026-01-31T09:30:15.", "2026-01-31T09:30:15.1234567890",
        "2026-01-31T09:30:15 Z", "2026-01-31T09:30:15+2", "2026-01-31T09:30:15+02:0",
        "2026-01-31T09:30:15+0:200", "2026-01-31T09:30:15+:0200", "2026-02-30T09:30",
        "2026-01-31T09:30:15Zulu", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
        "2026-01-31T09:30:1", "2026-01-31t09:30",
    ])
    func `other texts are no timestamps`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `a fraction of zero is left out of the short form`() {
        #expect(Timestamp(milliseconds: 0).shortDescription == "1970-01-01T00:00:00Z")
        #expect(Timestamp(milliseconds: -1).shortDescription == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .max).description.isEmpty)
    }

    @Test func `a moment belongs to its day in UTC`() {
        #expect(Timestamp(milliseconds: -1).day?.description == "1969-12-31")
        #expect(Timestamp(milliseconds: 86_399_999).day?.description == "1970-01-01")
        #expect(Timestamp(milliseconds: .min).day == nil)
    }
}
