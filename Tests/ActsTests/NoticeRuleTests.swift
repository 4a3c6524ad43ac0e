import Foundation
import Profiles
import Store
import Testing

@testable import Acts
@testable import Service

/// A turn of a run after another run, and what is told of it.
struct NoticeCase: Sendable, CustomTestStringConvertible {
    let state: RunState
    var trigger = RunTrigger.refresh
    var reason: String?
    /// State and reason of the run before, and hours since it ended.
    var previous: (state: RunState, reason: String?, hours: Int64)?
    let event: NoticeEvent?

    var testDescription: String {
        "\(trigger) \(state) after \(previous.map { "\($0.state) \($0.hours) h ago" } ?? "none")"
    }

    static let all: [NoticeCase] = [
        NoticeCase(state: .failed, event: .runFailed),
        NoticeCase(state: .failed, previous: (.completed, nil, 1), event: .runFailed),
        NoticeCase(
            state: .failed, reason: "key-refused", previous: (.failed, "key-refused", 1),
            event: .runFailed),
        NoticeCase(
            state: .failed, trigger: .schedule, reason: "key-refused",
            previous: (.failed, "key-refused", 1), event: .runFailed),
        NoticeCase(
            state: .failed, trigger: .onDemand, reason: "key-refused",
            previous: (.failed, "key-refused", 1), event: nil),
        NoticeCase(
            state: .failed, trigger: .onDemand, reason: "key-refused",
            previous: (.failed, "key-refused", 24), event: .runFailed),
        NoticeCase(
            state: .failed, trigger: .onDemand, reason: "key-refused",
            previous: (.failed, "timeout", 1), event: .runFailed),
        NoticeCase(
            state: .failed, trigger: .onDemand, previous: (.completed, nil, 1), event: .runFailed),
        NoticeCase(state: .held, event: .runHeld),
        NoticeCase(state: .held, previous: (.failed, nil, 1), event: .runHeld),
        NoticeCase(state: .completed, event: nil),
        NoticeCase(state: .completed, previous: (.completed, nil, 1), event: nil),
        NoticeCase(state: .completed, previous: (.failed, "timeout", 1), event: .runRecovered),
        NoticeCase(
            state: .completedWithWarnings, trigger: .onDemand, previous: (.failed, nil, 99),
            event: .runRecovered),
        NoticeCase(
            state: .completed, previous: (.completedWithWarnings, nil, 1), event: nil),
        NoticeCase(state: .skipped, previous: (.failed, nil, 1), event: nil),
        NoticeCase(state: .stopped, previous: (.failed, nil, 1), event: nil),
        NoticeCase(state: .dismissed, previous: (.failed, nil, 1), event: nil),
        NoticeCase(state: .sending, event: nil),
        NoticeCase(state: .planning, event: nil),
    ]
}

struct NoticeRuleTests {
    @Test(arguments: NoticeCase.all)
    func `a turn of a run tells what the table says`(row: NoticeCase) {
        let time: Int64 = 1_767_600_000_000
        let previous = row.previous.map {
            RunEnding(state: $0.state, reason: $0.reason, endedAt: time - $0.hours * 3_600_000)
        }
        #expect(
            NoticeRule.event(
                of: row.state, trigger: row.trigger, reason: row.reason, at: time, after: previous)
                == row.event)
    }

    @Test func `pauses grow, and eight attempts take a bit more than a day`() {
        let pauses = (1...NoticeRetries.attemptsMax(.runFailed)).dropLast().map {
            NoticeRetries.pause(afterAttempts: $0)
        }
        #expect(NoticeRetries.attemptsMax(.runFailed) == 8)
        #expect(pauses == pauses.sorted() && Set(pauses).count == 7)
        #expect(pauses.first == 60_000)
        // What lies further ahead is taken for the trace of a clock that was set back.
        #expect(pauses.last == HistoryCatalog.noticePauseMax)
        #expect((24...30).contains(pauses.reduce(0, +) / 3_600_000))
        #expect(NoticeRetries.attemptsMax(.test) == 1)
    }
}

struct NoticeTests {
    @Test func `a notice is the JSON that the documentation shows`() throws {
        let notice = Notice(
            id: "0b9e", event: .runFailed, at: 1_767_600_000_000,
            run: Notice.RunPart(
                id: 12, exportId: 3, exportName: "News", state: "failed", trigger: "refresh",
                reason: nil, members: 10, unchanged: 1, delivered: 2, pending: 3, refused: 4,
                suppressed: 0, leave: 5),
            link: nil)
        let json =
            #"{"at":"2026-01-05T08:00:00.000Z","event":"run-failed","id":"0b9e","link":null,"refresh":null,"#
            + #""run":{"delivered":2,"exportId":3,"exportName":"News","id":12,"leave":5,"members":10,"#
            + #""pending":3,"reason":null,"refused":4,"state":"failed","suppressed":0,"#
            + #""trigger":"refresh","unchanged":1},"version":1}"#
        #expect(try notice.json == json)
        #expect(try Notice(json: json) == notice)
    }
}
