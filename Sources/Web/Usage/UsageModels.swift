import Acts
import Delivery
import Phrases
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
        let columns: [String]
        let rows: [Row]
        let charts: [UsageChart]
    }

    /// A stretch of time with its numbers, or the limits of a minute.
    struct Row: Sendable {
        let name: String
        let cells: [String]
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
        // Few accounts import people one by one.
        let hasSingles = usage.week.total.singleImports > 0
        columns = Self.columns(hasSingles: hasSingles, book)
        rows = Self.rows(usage, hasSingles: hasSingles, book)
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

    private static func columns(hasSingles: Bool, _ book: PhraseBook) -> [String] {
        let phrases: [Phrase] =
            [.usageRequests, .usagePeak, .usageImports, .usagePeak]
            + (hasSingles ? [.usageSingleImports] : [])
            + [.usageLimited, .usageErrors, .usagePauses, .usagePaused]
        return phrases.map { book.text($0) }
    }

    private static func rows(
        _ usage: AccountUsage, hasSingles: Bool, _ book: PhraseBook
    ) -> [UsageModel.Row] {
        let limit = { (max: Int?) in max.map { book.number($0) } ?? book.text(.usageNone) }
        let limits =
            [limit(usage.requestsMax), "", limit(usage.importsMax), ""]
            + (hasSingles ? [limit(usage.singleImportsMax)] : []) + ["", "", "", ""]
        let cells = { (count: CallCount, peaks: (requests: Int, imports: Int)) in
            [
                book.number(count.calls), book.number(peaks.requests),
                book.number(count.imports), book.number(peaks.imports),
            ] + (hasSingles ? [book.number(count.singleImports)] : [])
                + [
                    book.number(count.limited), book.number(count.errors),
                    book.number(count.pauses),
                    book.duration(seconds: Double(count.paused) / 1_000),
                ]
        }
        let spans = [
            (Phrase.usageHour, usage.hour), (.usageDay, usage.day), (.usageWeek, usage.week),
        ]
        return [
            UsageModel.Row(name: book.text(.usageLimit), cells: limits),
            UsageModel.Row(
                name: book.text(.usageNow),
                cells: cells(usage.now, (usage.now.calls, usage.now.imports))),
        ]
            + spans.map { name, span in
                UsageModel.Row(
                    name: book.text(name),
                    cells: cells(span.total, (span.peakRequests, span.peakImports)))
            }
    }
}
