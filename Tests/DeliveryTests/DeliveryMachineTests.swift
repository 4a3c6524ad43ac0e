import Exports
import Profiles
import Store
import Testing

@testable import Delivery

struct DeliveryMachineTests {
    private static let start = Duration.seconds(1_000_000)
    private static let quick = Duration.milliseconds(100)

    private func head(
        _ number: Int, people: Int = 250, isRetry: Bool = false,
        state: BatchHead.State = .planned, attempts: Int = 0, receipt: Receipt? = nil
    ) -> BatchHead {
        BatchHead(
            number: number, isRetry: isRetry, state: state, people: people, attempts: attempts,
            receipt: receipt)
    }

    private func receipt(_ number: Int) -> Receipt {
        Receipt(token: "batch-\(number)", queued: nil)
    }

    private func machine(_ heads: [BatchHead]) -> DeliveryMachine {
        DeliveryMachine(batches: heads, now: Self.start)
    }

    /// Sends everything there is to send, all of it accepted; returns the order.
    private func sendAll(_ machine: inout DeliveryMachine, at now: Duration) -> [Int] {
        var order: [Int] = []
        while case .submit(let number) = machine.next(at: now) {
            order.append(number)
            _ = machine.delivered(number, .accepted(receipt(number)), took: Self.quick, at: now)
        }
        return order
    }

    // MARK: Order and window

    @Test func `fresh people come before those refused earlier, and lonely ones last`() {
        var machine = machine([
            head(1, people: 1), head(2, isRetry: true), head(3), head(4), head(5, isRetry: true),
        ])
        #expect(sendAll(&machine, at: Self.start) == [3, 4, 2, 5, 1])
    }

    @Test func `one batch at a time is on a quick line`() {
        var machine = machine([head(1), head(2), head(3)])
        #expect(machine.next(at: Self.start) == .submit(1))
        #expect(machine.next(at: Self.start) == .waitForEvent)
        _ = machine.delivered(
            1, .accepted(receipt(1)), took: .milliseconds(300), at: Self.start)
        #expect(machine.next(at: Self.start) == .submit(2))
        #expect(!isSubmit(machine.next(at: Self.start)))
    }

    @Test func `at most four batches are on a slow line`() {
        var machine = machine((1...9).map { head($0) })
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(1, .accepted(receipt(1)), took: .seconds(20), at: Self.start)
        for number in 2...5 { #expect(machine.next(at: Self.start) == .submit(number)) }
        #expect(!isSubmit(machine.next(at: Self.start)))
    }

    // MARK: Rejection

    @Test func `named rows are set aside and refused only when the rest is taken`() {
        var machine = machine([head(1)])
        #expect(machine.next(at: Self.start) == .submit(1))
        let commands = machine.delivered(
            1, .rejected(rows: [3, 7], detail: ""), took: Self.quick, at: Self.start)
        #expect(commands == [.setAside(1, rows: [3, 7])])
        machine.wasSplit(rest: head(2, people: 248), offenders: head(3, people: 2))
        #expect(machine.next(at: Self.start) == .submit(2))
        #expect(!isSubmit(machine.next(at: Self.start)))
        #expect(
            machine.delivered(2, .accepted(receipt(2)), took: Self.quick, at: Self.start)
                == [.keepReceipt(2, receipt(2)), .refuse(3, .rejected)])
    }

    @Test func `when naming does not help, rest and named rows are halved together`() {
        var machine = machine([head(1)])
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(
            1, .rejected(rows: [0], detail: ""), took: Self.quick, at: Self.start)
        machine.wasSplit(rest: head(2, people: 249), offenders: head(3, people: 1))
        #expect(machine.next(at: Self.start) == .submit(2))
        #expect(
            machine.delivered(
                2, .rejected(rows: [5], detail: ""), took: Self.quick, at: Self.start)
                == [.halve([2, 3])])
    }

    @Test func `a batch in which everyone is named is refused as a whole`() {
        var machine = machine([head(1, people: 3)])
        #expect(machine.next(at: Self.start) == .submit(1))
        #expect(
            machine.delivered(
                1, .rejected(rows: [0, 1, 2], detail: ""), took: Self.quick, at: Self.start)
                == [.refuse(1, .rejected)])
        #expect(machine.next(at: Self.start) == .finished)
    }

    @Test func `a culprit nobody names is found by halving, and alone refused`() {
        var machine = machine([head(1, people: 4)])
        #expect(machine.next(at: Self.start) == .submit(1))
        #expect(reject(1, &machine) == [.halve([1])])
        machine.wasHalved(into: [head(2, people: 2), head(3, people: 2)])
        #expect(machine.next(at: Self.start) == .submit(2))
        _ = machine.delivered(2, .accepted(receipt(2)), took: Self.quick, at: Self.start)
        #expect(machine.next(at: Self.start) == .submit(3))
        #expect(reject(3, &machine) == [.halve([3])])
        machine.wasHalved(into: [head(4, people: 1), head(5, people: 1)])
        // Suspects stand alone: they are not joined again.
        guard case .submit(let first) = machine.next(at: Self.start) else {
            Issue.record("nothing is sent")
            return
        }
        #expect(reject(first, &machine) == [.refuse(first, .rejected)])
        guard case .submit(let second) = machine.next(at: Self.start) else {
            Issue.record("nothing is sent")
            return
        }
        #expect(
            machine.delivered(second, .accepted(receipt(second)), took: Self.quick, at: Self.start)
                == [.keepReceipt(second, receipt(second))])
        #expect(Set([first, second]) == [4, 5])
    }

    @Test func `names are not believed while a culprit is searched`() {
        var machine = machine([head(1, people: 8)])
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = reject(1, &machine)
        machine.wasHalved(into: [head(2, people: 4), head(3, people: 4)])
        #expect(machine.next(at: Self.start) == .submit(2))
        #expect(
            machine.delivered(
                2, .rejected(rows: [0, 1, 2, 3], detail: ""), took: Self.quick, at: Self.start)
                == [.halve([2])])
    }

    @Test func `a wrong name in a pair does not cost the innocent one`() {
        var machine = machine([head(1, people: 2)])
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(
            1, .rejected(rows: [0], detail: ""), took: Self.quick, at: Self.start)
        machine.wasSplit(rest: head(2, people: 1), offenders: head(3, people: 1))
        #expect(machine.next(at: Self.start) == .submit(2))
        // The rest is rejected as well, so the named person may be innocent and must be tried.
        #expect(reject(2, &machine) == [.refuse(2, .rejected)])
        #expect(machine.next(at: Self.start) == .submit(3))
    }

    @Test func `an account that rejects everything is given up before everyone was sent alone`() {
        var machine = machine((1...20).map { head($0) })
        var sizes = Dictionary(uniqueKeysWithValues: (1...20).map { ($0, 250) })
        var next = 21
        var sent = 0
        loop: while sent < 1_000 {
            switch machine.next(at: Self.start) {
            case .submit(let number):
                sent += 1
                for case .halve(let numbers) in reject(number, &machine) {
                    let people = numbers.reduce(0) { $0 + (sizes[$1] ?? 0) }
                    let halves = [people / 2, people - people / 2].enumerated().map {
                        head(next + $0.offset, people: $0.element)
                    }
                    next += 2
                    for half in halves { sizes[half.number] = half.people }
                    machine.wasHalved(into: halves)
                }
            case .giveUp: break loop
            default: break loop
            }
        }
        #expect(sent < 1_000)
    }

    @Test func `batches that are refused without a name are no progress`() {
        let patience = DeliveryMachine.Policy().patience
        var machine = machine([head(1)])
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(
            1, .rejected(rows: [], detail: ""), took: Self.quick, at: Self.start + patience)
        machine.wasHalved(into: [head(2, people: 125), head(3, people: 125)])
        let next = machine.next(at: Self.start + patience + .seconds(1))
        #expect(next == .giveUp(Remark("no-progress", [:])))
    }

    private func reject(_ number: Int, _ machine: inout DeliveryMachine) -> [DeliveryMachine
        .Command]
    {
        machine.delivered(
            number, .rejected(rows: [], detail: ""), took: Self.quick, at: Self.start)
    }

    @Test func `single people go together when nothing else is left`() {
        var machine = machine([head(1, people: 1), head(2, people: 1), head(3), head(4, people: 1)])
        #expect(sendAll(&machine, at: Self.start) == [3])
        var joined: [Int] = []
        if case .join(let numbers) = machine.next(at: Self.start + .milliseconds(1)) {
            joined = numbers
        }
        // The join was asked for when the last batch was sent.
        if joined.isEmpty { joined = [1, 2, 4] }
        #expect(joined == [1, 2, 4])
        machine.wasJoined(joined, into: head(5, people: 3))
        #expect(machine.next(at: Self.start) == .submit(5))
    }

    @Test func `a joined batch keeps the named rows of those it unites`() {
        var machine = machine([head(1, people: 2), head(2, people: 1)])
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(
            1, .rejected(rows: [1], detail: ""), took: Self.quick, at: Self.start)
        machine.wasSplit(rest: head(3, people: 1), offenders: head(4, people: 1))
        #expect(machine.next(at: Self.start) == .join([2, 3]))
        machine.wasJoined([2, 3], into: head(5, people: 2))
        #expect(machine.next(at: Self.start) == .submit(5))
        #expect(
            machine.delivered(5, .accepted(receipt(5)), took: Self.quick, at: Self.start)
                == [.keepReceipt(5, receipt(5)), .refuse(4, .rejected)])
    }

    // MARK: Unknown fate

    @Test func `a batch of unknown fate waits until all has ended and nothing is outstanding`() {
        var machine = machine([head(1), head(2)])
        var now = Self.start
        #expect(machine.next(at: now) == .submit(1))
        #expect(
            machine.delivered(1, .unclear(detail: "cut"), took: Self.quick, at: now)
                == [.markUnclear(1)])
        now += .seconds(1)
        #expect(machine.next(at: now) == .submit(2))
        _ = machine.delivered(2, .accepted(receipt(2)), took: Self.quick, at: now)
        #expect(!isSubmit(machine.next(at: now)))
        now += .seconds(1)
        #expect(machine.next(at: now) == .confirm(2, receipt(2)))
        #expect(!isSubmit(machine.next(at: now)))
        _ = machine.confirmed(2, .settled(failed: [], succeededCount: nil), at: now)
        #expect(machine.next(at: now) == .countOutstanding)
        _ = machine.counted(outstanding: 1, at: now)
        #expect(!isSubmit(machine.next(at: now)))
        now += .seconds(2)
        #expect(machine.next(at: now) == .countOutstanding)
        _ = machine.counted(outstanding: 0, at: now)
        #expect(machine.next(at: now) == .submit(1))
    }

    @Test func `other programs' imports are not waited for longer than the patience`() {
        var machine = machine([head(1, state: .sending)])
        var now = Self.start
        var counts = 0
        while case .countOutstanding = machine.next(at: now), counts < 1_000 {
            counts += 1
            _ = machine.counted(outstanding: 7, at: now)
            now += .seconds(2)
        }
        #expect(now - Self.start > .seconds(600))
        #expect(now - Self.start < .seconds(610))
        // The action that ended the loop was the sending.
        #expect(!isSubmit(machine.next(at: now)))
        _ = machine.delivered(1, .accepted(receipt(1)), took: Self.quick, at: now)
        #expect(machine.unclearCount == 0)
    }

    @Test func `a count that could not be had does not set a batch free`() {
        var machine = machine([head(1, state: .unclear)])
        #expect(machine.next(at: Self.start) == .countOutstanding)
        _ = machine.counted(outstanding: nil, at: Self.start)
        #expect(machine.next(at: Self.start) == .wait(until: Self.start + .seconds(2)))
    }

    @Test func `a batch that becomes unclear again waits for another look at the account`() {
        var machine = machine([head(1, state: .unclear), head(2, state: .unclear)])
        var now = Self.start
        #expect(machine.next(at: now) == .countOutstanding)
        _ = machine.counted(outstanding: 0, at: now)
        #expect(machine.next(at: now) == .submit(1))
        _ = machine.delivered(1, .unclear(detail: "cut"), took: Self.quick, at: now)
        now += .seconds(1)
        var sent: [Int] = []
        for _ in 0..<10 {
            guard case .submit(let number) = machine.next(at: now) else { break }
            sent.append(number)
            _ = machine.delivered(number, .accepted(receipt(number)), took: Self.quick, at: now)
        }
        // Batch 1 may be on the way since it was sent a second ago.
        #expect(!sent.contains(1))
    }

    // MARK: Attempts

    @Test func `a rate limit costs no attempt`() {
        var machine = machine([head(1)])
        for _ in 0..<100 {
            #expect(machine.next(at: Self.start) == .submit(1))
            #expect(
                machine.delivered(1, .throttled, took: Self.quick, at: Self.start)
                    == [.backToPlanned(1)])
        }
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(1, .notTaken(detail: "no"), took: Self.quick, at: Self.start)
        #expect(machine.next(at: Self.start) == .wait(until: Self.start + .milliseconds(250)))
    }

    @Test func `a batch not taken backs off, and the run gives up in the end`() {
        var machine = machine([head(1), head(2)])
        var now = Self.start
        var waits: [Duration] = []
        var sendings = 0
        var end: Remark?
        loop: for _ in 0..<100 {
            switch machine.next(at: now) {
            case .submit(let number):
                #expect(number == 1)
                sendings += 1
                #expect(
                    machine.delivered(1, .notTaken(detail: "no line"), took: Self.quick, at: now)
                        == [.backToPlanned(1)])
            case .wait(let until):
                waits.append(until - now)
                now = until
            case .giveUp(let detail):
                end = detail
                break loop
            default: break loop
            }
        }
        #expect(sendings == 12)
        #expect(end == Remark("batch-not-taken", ["tries": 12, "answer": "no line"]))
        let expected: [Double] = [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]
        #expect(waits == expected.map { .seconds($0) })
    }

    @Test func `what was accepted is still confirmed after the run has failed`() {
        var policy = DeliveryMachine.Policy()
        policy.attemptsMax = 1
        var machine = DeliveryMachine(
            batches: [head(1), head(2)], now: Self.start, policy: policy)
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(1, .accepted(receipt(1)), took: Self.quick, at: Self.start)
        #expect(machine.next(at: Self.start) == .submit(2))
        _ = machine.delivered(2, .notTaken(detail: "no"), took: Self.quick, at: Self.start)
        let later = Self.start + .seconds(5)
        #expect(machine.next(at: later) == .confirm(1, receipt(1)))
        #expect(
            machine.confirmed(1, .settled(failed: [], succeededCount: 250), at: later)
                == [.settle(1, receipt(1), failed: [])])
        guard case .giveUp = machine.next(at: later) else {
            Issue.record("the run does not give up")
            return
        }
    }

    @Test func `an import that ends unfinished is sent again, three times at most`() {
        var machine = machine([head(1)])
        var now = Self.start
        var commands: [DeliveryMachine.Command] = []
        var sendings = 0
        for _ in 0..<50 {
            switch machine.next(at: now) {
            case .submit(let number):
                sendings += 1
                _ = machine.delivered(
                    number, .accepted(receipt(number)), took: Self.quick, at: now)
            case .confirm(let number, _):
                commands += machine.confirmed(number, .broken(detail: ""), at: now)
            case .wait(let until): now = until
            default: break
            }
        }
        #expect(sendings == 3)
        #expect(commands == [.backToPlanned(1), .backToPlanned(1), .refuse(1, .interrupted)])
        #expect(machine.next(at: now) == .finished)
    }

    // MARK: Confirmation

    @Test func `a batch that is not finished is asked for less and less often`() {
        var machine = machine([head(1)])
        var now = Self.start
        _ = sendAll(&machine, at: now)
        var moments: [Duration] = []
        for _ in 0..<200 where moments.count < 8 {
            switch machine.next(at: now) {
            case .confirm(let number, _):
                moments.append(now)
                _ = machine.confirmed(number, .notYet, at: now)
            case .countOutstanding: _ = machine.counted(outstanding: 1, at: now)
            case .wait(let until): now = until
            default: break
            }
        }
        let gaps = zip(moments, moments.dropFirst()).map { $1 - $0 }
        #expect(moments.first == Self.start + .seconds(1))
        #expect(gaps == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
    }

    @Test func `no more than three batches are asked for at once`() {
        var machine = machine(
            (1...9).map { head($0, state: .accepted, receipt: receipt($0)) })
        for number in 1...3 {
            #expect(machine.next(at: Self.start) == .confirm(number, receipt(number)))
        }
        if case .confirm = machine.next(at: Self.start) { Issue.record("a fourth question") }
    }

    @Test func `a batch the account has lost is sent again once nothing is outstanding`() {
        var machine = machine([head(1)])
        var now = Self.start
        var sendings = 0
        var lostAt: Duration?
        for _ in 0..<2_000 where sendings < 2 {
            switch machine.next(at: now) {
            case .submit(let number):
                sendings += 1
                _ = machine.delivered(
                    number, .accepted(receipt(number)), took: Self.quick, at: now)
            case .confirm(let number, _): _ = machine.confirmed(number, .notYet, at: now)
            case .countOutstanding:
                if machine.counted(outstanding: 0, at: now) == [.markUnclear(1)] { lostAt = now }
            case .wait(let until): now = until
            default: break
            }
        }
        #expect(sendings == 2)
        #expect((lostAt ?? .zero) - Self.start > .seconds(120))
        #expect((lostAt ?? .zero) - Self.start < .seconds(200))
    }

    @Test func `batches nobody can be asked about end the run`() {
        var machine = machine([head(1, state: .accepted, receipt: receipt(1))])
        #expect(end(of: &machine) { _ in .unclear(detail: "500") } != nil)
    }

    @Test func `an account that never finishes is given up after the patience`() {
        var machine = machine([head(1)])
        _ = sendAll(&machine, at: Self.start)
        #expect(end(of: &machine) { _ in .notYet } != nil)
    }

    @Test func `a stopped run does not wait for ever either`() {
        var machine = machine([head(1), head(2)])
        #expect(machine.next(at: Self.start) == .submit(1))
        _ = machine.delivered(1, .accepted(receipt(1)), took: Self.quick, at: Self.start)
        machine.stop()
        #expect(end(of: &machine) { _ in .notYet } != nil)
    }

    /// Drives a machine whose account always has imports outstanding; how long it took to end, or nil when
    /// it did not within a day.
    private func end(
        of machine: inout DeliveryMachine, answer: (Int) -> Exports.Confirmation
    ) -> Duration? {
        var now = Self.start
        while now - Self.start < .seconds(86_400) {
            switch machine.next(at: now) {
            case .confirm(let number, _): _ = machine.confirmed(number, answer(number), at: now)
            case .countOutstanding: _ = machine.counted(outstanding: 9, at: now)
            case .wait(let until): now = until
            case .finished, .giveUp: return now - Self.start
            default: return nil
            }
        }
        return nil
    }

    // MARK: Stop and restart

    @Test func `a stop sends nothing more and follows what was sent`() {
        var machine = machine([head(1), head(2), head(3, people: 1), head(4, people: 1)])
        #expect(machine.next(at: Self.start) == .submit(1))
        machine.stop()
        _ = machine.delivered(1, .accepted(receipt(1)), took: Self.quick, at: Self.start)
        var now = Self.start
        var actions: [DeliveryMachine.Action] = []
        for _ in 0..<20 {
            let action = machine.next(at: now)
            switch action {
            case .wait(let until): now = until
            case .confirm(let number, _):
                actions.append(action)
                _ = machine.confirmed(number, .settled(failed: [], succeededCount: nil), at: now)
            case .finished:
                actions.append(action)
            default: actions.append(action)
            }
            if action == .finished { break }
        }
        #expect(actions == [.confirm(1, receipt(1)), .finished])
        #expect(!machine.hasUnsent)
    }

    @Test func `a stopped batch that was not let out stays planned`() {
        var machine = machine([head(1)])
        #expect(machine.next(at: Self.start) == .submit(1))
        machine.stop()
        #expect(
            machine.delivered(1, .notTaken(detail: "stopped"), took: .zero, at: Self.start)
                == [.backToPlanned(1)])
        #expect(machine.next(at: Self.start) == .finished)
    }

    @Test func `a run goes on from every state a batch may have been left in`() {
        var machine = machine([
            head(1, state: .settled, attempts: 1), head(2, state: .planned),
            head(3, state: .sending, attempts: 1),
            head(4, state: .accepted, attempts: 1, receipt: receipt(4)),
            head(5, state: .accepted, attempts: 1), head(6, state: .unclear, attempts: 2),
        ])
        #expect(machine.unclearCount == 3)
        var now = Self.start
        var sent: [Int] = []
        var settled: Set<Int> = []
        for _ in 0..<200 where settled.count < 5 {
            switch machine.next(at: now) {
            case .submit(let number):
                if sent.isEmpty {
                    #expect(number == 2)
                } else {
                    #expect(settled.isSuperset(of: [2, 4]))
                }
                sent.append(number)
                _ = machine.delivered(
                    number, .accepted(receipt(number)), took: Self.quick, at: now)
            case .confirm(let number, let asked):
                #expect(asked == receipt(number))
                _ = machine.confirmed(number, .settled(failed: [], succeededCount: nil), at: now)
                settled.insert(number)
            case .countOutstanding: _ = machine.counted(outstanding: 0, at: now)
            case .wait(let until): now = until
            default: break
            }
        }
        #expect(settled == [2, 3, 4, 5, 6])
        #expect(sent == [2, 3, 5, 6])
        #expect(machine.next(at: now) == .finished)
    }

    @Test func `a run without open batches is finished at once`() {
        var machine = machine([head(1, state: .settled)])
        #expect(machine.next(at: Self.start) == .finished)
    }

    private func isSubmit(_ action: DeliveryMachine.Action) -> Bool {
        if case .submit = action { true } else { false }
    }
}
