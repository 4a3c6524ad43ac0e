import Foundation
import Profiles

/// A moment as the API writes and reads it: ISO 8601 in UTC, to the millisecond.
package struct Moment: Hashable, Sendable {
    /// Since 1970.
    package let milliseconds: Int64

    package init(_ milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads `2026-01-05T08:00:00Z`, with or without a fraction; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count <= 30 else { return nil }
        for fraction in [false, true] {
            // What cannot be read in one spelling may be read in the other.
            if let date = try? Self.style(fraction: fraction).parse(text) {
                milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
                return
            }
        }
        return nil
    }

    /// By whole numbers: a fraction of a second loses its last digit on the way through dates.
    package var text: String { Timestamp(milliseconds: milliseconds).description }

    private static func style(fraction: Bool) -> Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(includingFractionalSeconds: fraction, timeZone: .gmt)
    }
}

extension Moment: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let moment = Moment(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "This is no moment.")
        }
        self = moment
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
