import Acts
import Foundation
import Phrases
import Profiles
import Web

/// Results go to standard output, everything else to standard error.
enum Output {
    static func line(_ text: String = "") {
        write(text + "\n", to: .standardOutput)
    }

    static func note(_ text: String) {
        write(text + "\n", to: .standardError)
    }

    /// One JSON object on one line.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.userInfo[RemarkWords.key] = RemarkWords(PhraseBook(.en).report)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A table with aligned columns; numbers align to the right.
    static func table(_ header: [String], _ rows: [[String]]) {
        var widths = header.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        let isNumeric = header.indices.map { column in
            !rows.isEmpty
                && rows.allSatisfy { $0[column].isEmpty || $0[column].first?.isNumber == true }
        }
        for row in [header] + rows {
            let cells = row.enumerated().map { index, cell in
                let blank = String(repeating: " ", count: widths[index] - cell.count)
                return isNumeric[index] ? blank + cell : cell + blank
            }
            line(cells.joined(separator: "  ").trimmingTrailingBlanks)
        }
    }

    /// `1 request`, `2 requests`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(self.number(number)) \(noun)\(number == 1 ? "" : noun.hasSuffix("ch") ? "es" : "s")"
    }

    /// `1,234,567`.
    static func number(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var parts: [String] = []
        while digits.count > 3 {
            parts.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + parts).joined(separator: ",")
    }

    /// `2026-03-02 09:00:01` in UTC.
    static func time(_ milliseconds: Int64) -> String {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [
            .withFullDate, .withTime, .withColonSeparatorInTime, .withSpaceBetweenDateAndTime,
            .withDashSeparatorInDate,
        ]
        return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))
    }

    static func time(_ moment: Moment) -> String { time(moment.milliseconds) }

    /// `2 h 5 min`, `3 min 20 s`, `12 s`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        if whole >= 3_600 { return "\(whole / 3_600) h \(whole % 3_600 / 60) min" }
        if whole >= 60 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole) s"
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A closed pipe is the reader's decision.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}

extension String {
    fileprivate var trimmingTrailingBlanks: String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
