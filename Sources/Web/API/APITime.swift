import Foundation
import Profiles

/// Moments as the API writes and reads them: ISO 8601 in UTC.
enum APITime {
    static func text(_ milliseconds: Int64) -> String {
        // By whole numbers: a fraction of a second loses its last digit on the way through dates.
        Timestamp(milliseconds: milliseconds).description
    }

    /// Milliseconds since 1970 of `2026-01-05T08:00:00Z`, with or without a fraction; nil for anything else.
    static func milliseconds(_ text: String) -> Int64? {
        guard text.utf8.count <= 30 else { return nil }
        for fraction in [false, true] {
            // What cannot be read in one spelling may be read in the other.
            if let date = try? style(fraction: fraction).parse(text) {
                return Int64((date.timeIntervalSince1970 * 1_000).rounded())
            }
        }
        return nil
    }

    private static func style(fraction: Bool) -> Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(includingFractionalSeconds: fraction, timeZone: .gmt)
    }
}
