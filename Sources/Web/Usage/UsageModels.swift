import Phrases
import Runs
import Store

/// The page of API usage: one panel per account.
struct UsageModel: Sendable {
    let isEmpty: Bool
    let accounts: [Account]

    struct Account: Sendable {
        let id: String
        let host: String
        let connections: String
        let tableLabel: String
        let rows: [Row]
        let charts: [UsageChart]
    }

    /// A kind of thing that is counted.
    struct Row: Sendable {
        let name: String
        let limit: String
        let now: String
        let peaks: [String]
        let totals: [String]
        /// Whether it has come to its limit, or shows that something is wrong.
        let isTrouble: Bool
    }

    init(_ usage: [AccountUsage], _ book: PhraseBook) {
        isEmpty = usage.isEmpty
        accounts = usage.enumerated().map { Account($0.element, number: $0.offset + 1, book) }
    }
}

extension UsageModel.Account {
    init(_ usage: AccountUsage, number: Int, _ book: PhraseBook) {
        id = "account-\(number)"
        host = usage.host
        connections =
            usage.connections.isEmpty
            ? book.text(.usageNoConnection)
            : book.text(
                .usageConnections,
                ["names": book.list(usage.connections.map { "\u{2068}\($0)\u{2069}" })])
        tableLabel = book.text(.usageNumbers, ["host": usage.host])
        rows = Self.rows(usage, book)
        let peakHour = usage.hours.map(\.count.calls).max() ?? 0
        charts = [
            UsageChart(
                id: "\(id)-minutes", title: book.text(.usagePerMinute),
                label: book.text(
                    .usagePerMinuteLabel,
                    [
                        "host": usage.host, "count": book.number(usage.hour.total.calls),
                        "peak": book.number(usage.hour.peakRequests),
                    ]),
                points: usage.minutes, length: 1, limit: usage.requestsMax, book),
            UsageChart(
                id: "\(id)-hours", title: book.text(.usagePerHour),
                label: book.text(
                    .usagePerHourLabel,
                    [
                        "host": usage.host, "count": book.number(usage.day.total.calls),
                        "peak": book.number(peakHour),
                    ]),
                points: usage.hours, length: 60, limit: nil, book),
        ]
    }

    private static func rows(_ usage: AccountUsage, _ book: PhraseBook) -> [UsageModel.Row] {
        let spans = [usage.hour, usage.day, usage.week]
        var rows = [
            row(
                .usageRequests, usage, book, limit: usage.requestsMax,
                peaks: spans.map(\.peakRequests), \.calls),
            row(
                .usageImports, usage, book, limit: usage.importsMax,
                peaks: spans.map(\.peakImports), \.imports),
        ]
        if usage.week.total.singleImports > 0 {
            rows.append(
                row(
                    .usageSingleImports, usage, book, limit: usage.singleImportsMax, peaks: nil,
                    \.singleImports))
        }
        rows += [
            row(.usageLimited, usage, book, peaks: nil, isTrouble: true, \.limited),
            row(.usageErrors, usage, book, peaks: nil, isTrouble: true, \.errors),
            row(.usagePauses, usage, book, peaks: nil, isTrouble: true, \.pauses),
            UsageModel.Row(
                name: book.text(.usagePaused), limit: "",
                now: paused(usage.now, book), peaks: ["", "", ""],
                totals: spans.map { paused($0.total, book) }, isTrouble: false),
        ]
        return rows
    }

    private static func row(
        _ name: Phrase, _ usage: AccountUsage, _ book: PhraseBook, limit: Int?? = nil,
        peaks: [Int]?, isTrouble: Bool = false, _ count: (CallCount) -> Int
    ) -> UsageModel.Row {
        let spans = [usage.hour, usage.day, usage.week]
        // Without a limit of its own a row has nothing there; one that was lifted says so.
        let limitText = limit.map { $0.map { book.number($0) } ?? book.text(.usageNone) } ?? ""
        return UsageModel.Row(
            name: book.text(name), limit: limitText, now: book.number(count(usage.now)),
            peaks: peaks?.map { book.number($0) } ?? ["", "", ""],
            totals: spans.map { book.number(count($0.total)) },
            isTrouble: isTrouble && count(usage.hour.total) > 0)
    }

    private static func paused(_ count: CallCount, _ book: PhraseBook) -> String {
        book.duration(seconds: Double(count.paused) / 1_000)
    }
}
