import Testing

@testable import Web

/// Moments are milliseconds since the connection began.
struct ConnectionPaceTests {
    private static let limits = ConnectionLimits()

    private func pace() -> ConnectionPace { ConnectionPace(Self.limits, at: 0) }

    /// A pace whose first head came at that moment.
    private func reading(at now: Int64) -> ConnectionPace {
        var pace = pace()
        pace.received(10, at: now)
        pace.headEnded(at: now)
        return pace
    }

    @Test func `the first head is there within twenty seconds, whatever comes before its end`() {
        var silent = pace()
        #expect(silent.deadline == 20_000)
        #expect(silent.check(at: 19_999, isRead: true, pending: 0) == nil)
        #expect(silent.check(at: 20_000, isRead: true, pending: 0) == .slowHead)
        var dripping = pace()
        for moment in stride(from: Int64(1_000), to: 20_000, by: 1_000) {
            dripping.received(1, at: moment)
            #expect(dripping.check(at: moment, isRead: true, pending: 0) == nil)
        }
        #expect(dripping.stage == .head)
        #expect(dripping.check(at: 20_000, isRead: true, pending: 0) == .slowHead)
    }

    @Test func `between two requests a connection may say nothing for a minute`() {
        var pace = reading(at: 5)
        pace.bodyEnded(at: 5)
        pace.answerEnded(at: 100)
        #expect(pace.stage == .waiting)
        #expect(pace.deadline == 60_100)
        #expect(pace.check(at: 60_099, isRead: true, pending: 0) == nil)
        #expect(pace.check(at: 60_100, isRead: true, pending: 0) == .idle)
    }

    @Test func `a later head has twenty seconds from its first byte`() {
        var pace = reading(at: 5)
        pace.bodyEnded(at: 5)
        pace.answerEnded(at: 100)
        pace.received(1, at: 50_000)
        #expect(pace.deadline == 70_000)
        pace.received(1, at: 69_000)
        #expect(pace.check(at: 69_999, isRead: true, pending: 0) == nil)
        #expect(pace.check(at: 70_000, isRead: true, pending: 0) == .slowHead)
    }

    @Test func `after thirty seconds a body brings a kilobyte a second`() {
        var slow = reading(at: 0)
        slow.received(10 * 1_024 - 1, at: 1_000)
        #expect(slow.check(at: 39_000, isRead: true, pending: 0) == nil)
        #expect(slow.check(at: 40_000, isRead: true, pending: 0) == .slowBody)
        var quick = reading(at: 0)
        quick.received(11 * 1_024, at: 1_000)
        #expect(quick.check(at: 40_999, isRead: true, pending: 0) == nil)
        #expect(quick.check(at: 41_000, isRead: true, pending: 0) == .slowBody)
    }

    @Test func `a body that the service does not take is not slow`() {
        var pace = reading(at: 0)
        #expect(pace.check(at: 30_000, isRead: false, pending: 0) == nil)
        #expect(pace.deadline == 60_000)
        #expect(pace.check(at: 60_000, isRead: true, pending: 0) == .slowBody)
    }

    @Test func `an answer may take as long as the service needs`() {
        var pace = reading(at: 0)
        pace.bodyEnded(at: 10)
        #expect(pace.stage == .answering)
        #expect(pace.deadline == nil)
        #expect(pace.check(at: 3_600_000, isRead: false, pending: 0) == nil)
        #expect(pace.standing == .served)
    }

    @Test func `an answer that nobody takes ends the connection after thirty seconds`() {
        var pace = reading(at: 0)
        pace.bodyEnded(at: 10)
        pace.stopped(pending: 100_000, at: 1_000)
        #expect(pace.standing == .held)
        #expect(pace.deadline == 31_000)
        #expect(pace.check(at: 30_999, isRead: false, pending: 100_000) == nil)
        #expect(pace.check(at: 31_000, isRead: false, pending: 100_000) == .notTaken)
    }

    @Test func `an answer that is taken at a kilobyte a second goes on`() {
        var pace = reading(at: 0)
        pace.bodyEnded(at: 10)
        pace.stopped(pending: 100_000, at: 1_000)
        let rest = 100_000 - 30 * 1_024
        #expect(pace.check(at: 31_000, isRead: false, pending: rest) == nil)
        #expect(pace.deadline == 61_000)
        #expect(
            pace.check(at: 61_000, isRead: false, pending: rest - 30 * 1_024 + 1) == .notTaken)
        pace.taken()
        #expect(pace.standing == .served)
        #expect(pace.deadline == nil)
    }

    @Test func `of a body whose request is answered little is taken, and not for long`() {
        var pace = reading(at: 0)
        pace.answerEnded(at: 100)
        #expect(pace.stage == .rest)
        #expect(pace.deadline == 5_100)
        pace.received(1 << 18, at: 200)
        #expect(pace.check(at: 200, isRead: true, pending: 0) == nil)
        pace.received(1, at: 300)
        #expect(pace.check(at: 300, isRead: true, pending: 0) == .rest)
        var late = reading(at: 0)
        late.answerEnded(at: 100)
        #expect(late.check(at: 5_099, isRead: true, pending: 0) == nil)
        #expect(late.check(at: 5_100, isRead: true, pending: 0) == .rest)
        late.bodyEnded(at: 5_000)
        #expect(late.stage == .waiting)
    }

    @Test func `requests that follow without a pause are answered one after another`() {
        var pace = reading(at: 0)
        pace.bodyEnded(at: 0)
        pace.headEnded(at: 1)
        pace.bodyEnded(at: 1)
        pace.answerEnded(at: 50)
        #expect(pace.stage == .answering)
        pace.headEnded(at: 60)
        #expect(pace.stage == .body)
        pace.answerEnded(at: 70)
        #expect(pace.stage == .body)
        #expect(pace.deadline == 30_070)
        pace.bodyEnded(at: 80)
        pace.answerEnded(at: 90)
        #expect(pace.stage == .waiting)
    }
}
