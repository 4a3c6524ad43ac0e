import Acts
import Exports
import Foundation
import Logging
import Profiles
import SQLiteEngine
import Sandbox
import Service
import Store
import TestSupport
import Testing
import Transport

struct RefreshFlowTests {
    @Test
    func `one refresh carries a new source file through its segment to the account`() async throws {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(2))
            let export = try world.addExport()
            let source = world.folder.appending(path: "shop.csv")
            try Data(
                """
                id,email,name,city,points,note
                1,person1@example.com,Ada,Oslo,10,private
                2,person2@example.com,Bob,Oslo,0,private
                3,person3@example.com,Eve,Oslo,10,private

                """.utf8
            ).write(to: source)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let now: @Sendable () -> Int64 = { world.time.now().milliseconds }
            var work = RefreshWork.evaluating(
                SegmentDesk(catalog: world.catalog, engine: world.engine, now: now))
            work.sources = { [.init(id: 1, name: "Shop")] }
            work.importSource = { _, progress, isCancelled in
                var options = ImportOptions(key: "id")
                options.removeMissing = true
                let result = try world.engine.importProfiles(
                    try ImportFile(path: source.path()), options: options,
                    now: Timestamp(milliseconds: now()), progress: { _ in progress(1) },
                    isCancelled: isCancelled)
                _ = result
                return .done(count: 3)
            }
            let runs = RunCenter(runner: world.runner, logger: logger)
            let refreshes = RefreshCenter(
                catalog: world.catalog, runs: runs, work: work, logger: logger, now: now)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await runs.run() }
                group.addTask { try await refreshes.run() }
                let refresh = try refreshes.start(trigger: .schedule, dueAt: 1, by: world.actor)
                try await eventually {
                    try !world.catalog.history.refresh(id: refresh.id).state.isOpen
                }
                let tasks = try world.catalog.history.tasks(ofRefresh: refresh.id)
                #expect(tasks.map(\.stage) == [.source, .segment, .export])
                #expect(tasks.map(\.state) == [.done, .done, .done])
                #expect(tasks.map(\.count) == [3, 2, 2])
                let run = try world.catalog.ledger.run(id: try #require(tasks.last?.run))
                #expect(run.export == export.id)
                let delivered = try world.outcomes(of: run)
                    .filter { $0.outcome == .delivered }.map(\.key).sorted()
                #expect(delivered == ["person1@example.com", "person3@example.com"])
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(world.spy.imports.count == 1)
        }
    }
}
