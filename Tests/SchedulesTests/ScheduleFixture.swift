import Profiles
import Schedules
import Testing

@testable import Exports

/// A moment in milliseconds since 1970, written in ISO 8601 and UTC.
func moment(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Int64 {
    try #require(Timestamp(text), "\(text)", sourceLocation: sourceLocation).milliseconds
}

/// Milliseconds since 1970 in ISO 8601 and UTC.
func text(_ moment: Int64) -> String { Timestamp(milliseconds: moment).shortDescription }

extension Schedule {
    /// A schedule from words: `daily`, or weekdays with spaces; times with spaces.
    init(_ days: String, _ times: String, _ zone: String) throws {
        let days = Set(days.split(separator: " ").compactMap { Weekday(rawValue: String($0)) })
        try self.init(
            days.isEmpty ? .daily : .weekly(days),
            at: try times.split(separator: " ").map { try #require(TimeOfDay($0), "\($0)") },
            in: zone)
    }

    /// The next moments as text.
    func texts(after start: String, count: Int) throws -> [String] {
        occurrences(after: try moment(start), count: count).map { text($0.at) }
    }
}
