import Exports
import Testing

struct PlanVerdictTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var members = 0
        var suppressed: [String: Int] = [:]
        var leave = 0
        var leftSilently = 0
        var deliveredBefore = 0
        var onLeave: LeavePolicy = .keep
        var peopleMax = Export.peopleMaxDefault
        var holdShare = Export.holdShareDefault
        let verdict: PlanVerdict

        var testDescription: String { name }
    }

    static let field = LeavePolicy.field(id: "7", inside: "in", outside: "out")

    static let limitCases = [
        Case(name: "nothing to do", verdict: .go),
        Case(name: "exactly the limit", members: 1_000_000, verdict: .go),
        Case(
            name: "one more", members: 1_000_001,
            verdict: .tooMany(people: 1_000_001, max: 1_000_000)),
        Case(
            name: "suppressed people do not count", members: 1_000_003,
            suppressed: ["no-email": 1, "duplicate-email": 2], verdict: .go),
        Case(
            name: "one more than the limit besides the suppressed", members: 1_000_004,
            suppressed: ["no-email": 1, "duplicate-email": 2],
            verdict: .tooMany(people: 1_000_001, max: 1_000_000)),
        Case(
            name: "leavers do not count", members: 1_000_000, leftSilently: 500_000,
            deliveredBefore: 900_000, verdict: .go),
        Case(
            name: "a limit of one's own", members: 11, peopleMax: 10,
            verdict: .tooMany(people: 11, max: 10)),
        Case(
            name: "the limit comes before the hold", members: 11, leave: 9, deliveredBefore: 10,
            onLeave: .unsubscribe, peopleMax: 10, verdict: .tooMany(people: 11, max: 10)),
    ]

    static let holdCases = [
        Case(
            name: "unsubscribe, exactly the share", leave: 30, deliveredBefore: 100,
            onLeave: .unsubscribe, verdict: .go),
        Case(
            name: "unsubscribe, above it", leave: 31, deliveredBefore: 100, onLeave: .unsubscribe,
            verdict: .hold(leavers: 31, delivered: 100)),
        Case(
            name: "field, above it", leave: 31, deliveredBefore: 100, onLeave: field,
            verdict: .hold(leavers: 31, delivered: 100)),
        Case(
            name: "keep never holds", leftSilently: 100, deliveredBefore: 100, verdict: .go),
        Case(
            name: "claimed elsewhere are no leavers", leftSilently: 100, deliveredBefore: 100,
            onLeave: .unsubscribe, verdict: .go),
        Case(
            name: "everybody leaves", leave: 1, deliveredBefore: 1, onLeave: .unsubscribe,
            verdict: .hold(leavers: 1, delivered: 1)),
        Case(
            name: "a share of nothing holds any leaver", leave: 1, deliveredBefore: 1_000,
            onLeave: .unsubscribe, holdShare: 0, verdict: .hold(leavers: 1, delivered: 1_000)),
        Case(
            name: "a share of nothing and no leaver", deliveredBefore: 1_000,
            onLeave: .unsubscribe, holdShare: 0, verdict: .go),
        Case(
            name: "a share of all never holds", leave: 1_000, deliveredBefore: 1_000,
            onLeave: .unsubscribe, holdShare: 1, verdict: .go),
        Case(
            name: "exactly a share that binary numbers cannot hold", leave: 29,
            deliveredBefore: 100, onLeave: .unsubscribe, holdShare: 0.29, verdict: .go),
    ]

    @Test(arguments: limitCases)
    func `R6: more people than a run may carry are too many`(given: Case) {
        check(given)
    }

    @Test(arguments: holdCases)
    func `too many leavers hold the run where leaving sends something`(given: Case) {
        check(given)
    }

    private func check(_ given: Case) {
        var summary = PlanSummary()
        summary.members = given.members
        summary.suppressed = given.suppressed
        summary.leave = given.leave
        summary.leftSilently = given.leftSilently
        summary.deliveredBefore = given.deliveredBefore
        let export = Export.sample(
            onLeave: given.onLeave, peopleMax: given.peopleMax, holdShare: given.holdShare)
        #expect(PlanVerdict(summary, export: export) == given.verdict)
    }

    @Test func `the defaults are a million people and thirty per cent`() {
        #expect(Export.peopleMaxDefault == 1_000_000)
        #expect(Export.holdShareDefault == 0.30)
    }
}
