import Foundation
import Profiles

/// A moment as the API tells it, such as `2026-03-02T09:00:01.000Z`.
struct RemoteTime: Decodable {
    let date: Date

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let whole = ISO8601DateFormatter()
        guard let date = formatter.date(from: text) ?? whole.date(from: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time")
        }
        self.date = date
    }

    /// As profiles tell theirs: `2026-03-02T09:00:01Z`.
    var iso: String {
        Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
            .shortDescription
    }

    /// As the command line shows times.
    var text: String { Output.time(Int64((date.timeIntervalSince1970 * 1_000).rounded())) }
}
