import Foundation
import Testing

@testable import Transport

/// What a server asks for with `Retry-After`.
struct RetryAfterTests {
    @Test(arguments: [
        ("0", Duration.zero), ("1", .seconds(1)), (" 30 ", .seconds(30)),
        ("1.5", .milliseconds(1_500)), ("86400", .seconds(86_400)), ("86401", .seconds(86_400)),
        ("1e30", .seconds(86_400)),
    ])
    func `seconds are taken as they are, up to a day`(value: String, rest: Duration) {
        #expect(LiveTransport.retryAfter(value) == rest)
    }

    @Test(arguments: ["", "soon", "-1", "-0.5", "nan", "12 s", "2026-01-05T08:00:00Z"])
    func `what is neither seconds nor a date asks for nothing`(value: String) {
        #expect(LiveTransport.retryAfter(value) == nil)
    }

    @Test func `no header asks for nothing`() {
        #expect(LiveTransport.retryAfter(nil) == nil)
    }

    /// A date as HTTP writes it.
    private func date(_ seconds: Double) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSinceNow: seconds))
    }

    @Test func `a date is waited for`() throws {
        let rest = try #require(LiveTransport.retryAfter(date(600)))
        #expect(rest > .seconds(540) && rest <= .seconds(600))
    }

    @Test func `a date that has passed asks for no rest, and one far away for a day`() {
        #expect(LiveTransport.retryAfter(date(-600)) == .zero)
        #expect(LiveTransport.retryAfter(date(10 * 86_400)) == .seconds(86_400))
    }
}
