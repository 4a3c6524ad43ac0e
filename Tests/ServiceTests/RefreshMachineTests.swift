import Access
import Exports
import Profiles
import Segments
import TestSupport
import Testing

@testable import Service
@testable import Store

struct RefreshMachineTests {
    private func source(_ position: Int) -> RefreshTask {
        RefreshTask(position: position, stage: .source, thing: 1, name: "Shop")
    }

    private func segment(
        _ position: Int, after: [Int], state: RefreshTaskState = .waiting, reason: String? = nil
    ) -> RefreshTask {
        RefreshTask(
            position: position, stage: .segment, thing: 2, name: "Buyers", dependsOn: after,
            state: state, reason: reason)
    }

    private func export(_ position: Int, after: [Int]) -> RefreshTask {
        RefreshTask(
            position: position, stage: .export, thing: 3, name: "News", dependsOn: after)
    }

    private func chain() -> RefreshMachine {
        RefreshMachine(
            [source(0), segment(1, after: [0]), export(2, after: [0, 1])], at: 1)
    }

    @Test func `a task begins when everything it depends on has ended`() {
        var machine = chain()
        #expect(machine.begin(at: 2) == [0])
        #expect(machine.begin(at: 2) == [])
        #expect(machine.isUpstreamBusy)
        machine.end(0, with: .done(count: 10), at: 3)
        #expect(machine.begin(at: 3) == [1])
        machine.end(1, with: .unchanged(count: 4), at: 4)
        #expect(!machine.isUpstreamBusy)
        #expect(machine.begin(at: 4) == [2])
        machine.end(2, with: .done(count: 4), at: 9)
        #expect(machine.isEnded)
        #expect(machine.verdict == .completed)
        #expect(machine.tasks.map(\.startedAt) == [2, 3, 4])
        #expect(machine.tasks.map(\.endedAt) == [3, 4, 9])
        #expect(machine.tasks.map(\.count) == [10, 4, 4])
    }

    @Test(arguments: [RefreshOutcome.failed(reason: "bad-file", detail: "It broke."), .cancelled])
    func `what cannot be done without a failed task is skipped, and says because of which`(
        end: RefreshOutcome
    ) {
        var machine = chain()
        _ = machine.begin(at: 2)
        #expect(machine.end(0, with: end, at: 3) == [1, 2])
        #expect(machine.tasks.map(\.state) == [end.state, .skipped, .skipped])
        #expect(machine.tasks[2].reason == "upstream-failed")
        #expect(machine.tasks[2].cause == 0)
        #expect(machine.tasks[2].detail?.facts["name"] == "Shop")
        #expect(machine.isEnded)
        #expect(machine.begin(at: 4) == [])
        #expect(machine.verdict == (end.state == .failed ? .failed : .completedWithWarnings))
    }

    @Test func `two sources are imported one after the other`() {
        var machine = RefreshMachine([source(0), source(1)], at: 1)
        #expect(machine.begin(at: 2) == [0])
        #expect(machine.begin(at: 2) == [])
        machine.end(0, with: .done(count: 1), at: 3)
        #expect(machine.begin(at: 3) == [1])
    }

    @Test func `warnings of a source let what follows pass`() {
        var machine = chain()
        _ = machine.begin(at: 2)
        machine.end(0, with: .doneWithWarnings(count: 9), at: 3)
        #expect(machine.begin(at: 3) == [1])
        machine.end(1, with: .done(count: 1), at: 3)
        _ = machine.begin(at: 3)
        machine.end(2, with: .done(count: 1), at: 3)
        #expect(machine.verdict == .completedWithWarnings)
    }

    @Test func `an export of an inactive segment is skipped for that reason, others run`() {
        var machine = RefreshMachine(
            [
                segment(0, after: [], state: .skipped, reason: "segment-inactive"),
                segment(1, after: []), export(2, after: [0, 1]), export(3, after: [1]),
            ], at: 1)
        #expect(machine.tasks[2].state == .waiting)
        _ = machine.begin(at: 2)
        machine.end(1, with: .done(count: 1), at: 3)
        #expect(machine.tasks[2].state == .skipped)
        #expect(machine.tasks[2].reason == "segment-inactive")
        #expect(machine.tasks[2].cause == 0)
        #expect(machine.begin(at: 3) == [3])
        machine.end(3, with: .done(count: 1), at: 4)
        #expect(machine.verdict == .completedWithWarnings)
    }

    @Test func `a segment that is switched off is no trouble by itself`() {
        let machine = RefreshMachine(
            [segment(0, after: [], state: .skipped, reason: "segment-inactive")], at: 1)
        #expect(machine.isEnded)
        #expect(machine.verdict == .completed)
    }

    @Test func `cancelling ends what waits and asks what runs`() {
        var machine = chain()
        _ = machine.begin(at: 2)
        #expect(machine.cancel(at: 3) == [0])
        #expect(machine.tasks.map(\.state) == [.running, .cancelled, .cancelled])
        #expect(machine.tasks[1].startedAt == nil)
        #expect(!machine.isEnded)
        // It may be too late to stop it.
        machine.end(0, with: .done(count: 5), at: 4)
        #expect(machine.isEnded)
        #expect(machine.begin(at: 4) == [])
        #expect(machine.verdict == .cancelled)
    }

    @Test func `what an earlier process left running begins again, and what had ended does not`() {
        var machine = chain()
        _ = machine.begin(at: 2)
        machine.end(0, with: .done(count: 10), at: 3)
        _ = machine.begin(at: 3)
        var next = RefreshMachine(machine.tasks, at: 100)
        #expect(next.begin(at: 101) == [1])
        #expect(next.tasks[0].endedAt == 3)
        var cancelled = RefreshMachine(machine.tasks, isCancelled: true, at: 100)
        #expect(cancelled.isEnded)
        #expect(cancelled.begin(at: 101) == [])
    }

    @Test func `a refresh of nothing is complete`() {
        let machine = RefreshMachine([], at: 1)
        #expect(machine.isEnded)
        #expect(machine.verdict == .completed)
    }

    /// Random graphs, outcomes and moments of cancelling.
    @Test(arguments: 0..<300)
    func `every task ends, none begins before what it depends on, and none runs twice`(seed: UInt64)
    {
        var random = SeededRandom(seed: seed)
        var machine = RefreshMachine(Self.graph(&random), at: 0)
        let cancelAt = Bool.random(using: &random) ? nil : Int.random(in: 0..<20, using: &random)
        var begun: Set<Int> = []
        var running: [Int] = []
        var isCancelled = false
        for step in 0..<1_000 where !machine.isEnded {
            if step == cancelAt {
                #expect(Set(machine.cancel(at: 0)) == Set(running))
                isCancelled = true
            }
            for position in machine.begin(at: 0) {
                #expect(!isCancelled)
                #expect(begun.insert(position).inserted, "runs twice")
                for other in machine.tasks[position].dependsOn {
                    #expect(machine.tasks[other].state.letsPass)
                }
                running.append(position)
            }
            for stage in RefreshStage.allCases {
                #expect(
                    running.count { machine.tasks[$0].stage == stage }
                        <= RefreshMachine.atOnceMax(stage))
            }
            guard !running.isEmpty else { break }
            let position = running.remove(at: .random(in: running.indices, using: &random))
            machine.end(position, with: Self.outcome(&random), at: 0)
        }
        #expect(machine.isEnded)
        #expect(!machine.verdict.isOpen)
        for task in machine.tasks where task.state == .skipped && task.reason == "upstream-failed" {
            let cause = task.cause.map { machine.tasks[$0] }
            #expect(cause?.state.letsPass == false)
            #expect(cause?.cause == nil, "the first cause is named")
        }
    }

    private static func graph(_ random: inout SeededRandom) -> [RefreshTask] {
        let stages = (0..<Int.random(in: 0..<30, using: &random))
            .map { _ in RefreshStage.allCases.randomElement(using: &random) ?? .source }.sorted()
        return stages.enumerated().map { position, stage in
            // Some claim to depend on themselves or on later ones.
            let dependsOn = (0..<stages.count).filter { other in
                (stage != .source || other >= position)
                    && Int.random(in: 0..<4, using: &random) == 0
            }
            let isOff = stage == .segment && Int.random(in: 0..<5, using: &random) == 0
            return RefreshTask(
                position: position, stage: stage, thing: Int64(position), name: "T\(position)",
                dependsOn: dependsOn, state: isOff ? .skipped : .waiting,
                reason: isOff ? "segment-inactive" : nil)
        }
    }

    private static func outcome(_ random: inout SeededRandom) -> RefreshOutcome {
        let outcomes: [RefreshOutcome] = [
            .done(count: 1), .done(count: nil), .doneWithWarnings(count: 2),
            .unchanged(count: nil), .failed(reason: "x", detail: "X."), .cancelled,
            .skipped(reason: "x", detail: nil),
        ]
        return outcomes.randomElement(using: &random) ?? .cancelled
    }
}

struct RefreshPlanTests {
    private func segment(
        _ id: Segment.ID, _ name: String, _ rule: String?, _ state: SegmentState = .active
    ) -> Segment {
        Segment(
            id: id, name: name, definition: rule.map { .dynamic(rule: $0) } ?? .static,
            state: state)
    }

    private func entry(
        _ id: Export.ID, _ segments: [String], schedule: ExportSchedule = .refresh,
        audience: Audience? = .administrators
    ) -> ExportEntry {
        ExportEntry(
            export: Export(
                id: id, name: "Export \(id)", connection: audience.map { _ in 1 },
                list: ListReference(id: "1", name: nil), segments: segments,
                mapping: Mapping(email: "email"), schedule: schedule),
            connection: audience.map {
                ExportConnection(
                    id: 1, name: "acme", destination: "activecampaign", audience: $0)
            }, lastRun: nil)
    }

    private func names(_ tasks: [RefreshTask], _ task: RefreshTask?) -> [String] {
        (task?.dependsOn ?? []).map { tasks[$0].name }
    }

    @Test func `segments come after those that their rules use, and after all sources`() {
        let tasks = RefreshPlan.tasks(
            sources: [.init(id: 1, name: "Shop"), .init(id: 2, name: "Till")],
            segments: [
                segment(1, "A", "in segment 'B'"), segment(2, "B", "in segment 'C'"),
                segment(3, "C", "points > 0"),
            ], exports: [entry(9, ["A"])], for: nil)
        #expect(tasks.map(\.name) == ["Shop", "Till", "C", "B", "A", "Export 9"])
        #expect(tasks.map(\.position) == Array(0...5))
        #expect(names(tasks, tasks[3]) == ["Shop", "Till", "C"])
        #expect(names(tasks, tasks[5]) == ["Shop", "Till", "A"])
    }

    @Test func `a circle of rules is no circle of tasks`() {
        let tasks = RefreshPlan.tasks(
            sources: [],
            segments: [segment(1, "A", "in segment 'B'"), segment(2, "B", "in segment 'A'")],
            exports: [], for: nil)
        #expect(tasks.allSatisfy { task in task.dependsOn.allSatisfy { $0 < task.position } })
    }

    @Test func `an inactive segment holds up what exports it, and no segment that speaks of it`() {
        let tasks = RefreshPlan.tasks(
            sources: [],
            segments: [
                segment(1, "A", "in segment 'B'"), segment(2, "B", "in segment 'C'", .inactive),
                segment(3, "C", "points > 0"),
            ], exports: [entry(9, ["A"]), entry(10, ["B"])], for: nil)
        let inner = tasks.first { $0.name == "B" }
        #expect(inner?.state == .skipped)
        #expect(inner?.reason == "segment-inactive")
        #expect(names(tasks, tasks.first { $0.name == "A" }) == ["C"])
        #expect(names(tasks, tasks.first { $0.name == "Export 10" }) == ["B"])
    }

    @Test func `only exports that follow the schedule are part of it`() {
        let tasks = RefreshPlan.tasks(
            sources: [], segments: [segment(1, "A", "points > 0")],
            exports: [entry(1, ["A"]), entry(2, ["A"], schedule: .manual)], for: nil)
        #expect(tasks.filter { $0.stage == .export }.map(\.thing) == [1])
    }

    @Test func `an export without a connection is skipped, which is no trouble by itself`() {
        let tasks = RefreshPlan.tasks(
            sources: [], segments: [], exports: [entry(1, ["A"], audience: nil)], for: nil)
        #expect(tasks.map(\.reason) == ["no-connection"])
        #expect(RefreshMachine(tasks, at: 1).verdict == .completed)
    }

    @Test func `exports that a contributor may not run are skipped, and run for others`() {
        func states(_ role: Role?) -> [RefreshTaskState] {
            RefreshPlan.tasks(
                sources: [], segments: [],
                exports: [
                    entry(1, ["A"], audience: .administrators),
                    entry(2, ["A"], audience: .contributors), entry(3, ["A"], audience: nil),
                ], for: role
            ).map(\.state)
        }
        #expect(states(.contributor) == [.skipped, .waiting, .skipped])
        #expect(states(.administrator) == [.waiting, .waiting, .skipped])
        #expect(states(nil) == [.waiting, .waiting, .skipped])
    }
}
