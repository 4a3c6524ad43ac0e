import Access
import Exports
import Foundation
import HTTPTypes
import Phrases
import Profiles
import Schedules
import Service
import Store
import Testing

@testable import Web

struct ScheduleTests {
    /// What a person fills in who wants it on weekdays.
    private func fields(
        active: Bool = true, rhythm: String = "weekly", days: [String] = ["monday", "thursday"],
        times: [String] = ["18:00", "06:00"], zone: String = "Europe/Berlin", act: String = "save"
    ) -> [(String, String)] {
        (active ? [("active", "on")] : []) + [("rhythm", rhythm), ("zone", zone), ("act", act)]
            + days.map { ("weekday", $0) } + times.map { ("time", $0) }
    }

    @Test func `L8: the schedule is off by default, and says so`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            let page = try await browser.get("/system/schedule")
            #expect(page.says("id=\"active\" name=\"active\" aria-describedby=\"active-hint\">"))
            #expect(page.says("value=\"weekly\" checked"))
            #expect(page.says("data-open"))
        }
        try await world.browse(as: .viewer) { browser in
            let page = try await browser.get("/system/schedule")
            #expect(
                page.says("The schedule is off. A refresh begins only when somebody starts it."))
            #expect(!page.says("<select"))
        }
    }

    @Test func `L8: it is turned on weekly, on weekdays, in a time zone, several times a day`()
        async throws
    {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            let answer = try await browser.post("/system/schedule", fields())
            #expect(answer.location == "/system/schedule?notice=schedule-on")
            let page = try await browser.get(answer.location ?? "")
            #expect(page.says("The schedule was saved. It is on."))
            #expect(page.says("<option value=\"Europe/Berlin\" selected>"))
            #expect(
                page.says("value=\"monday\" checked") && page.says("value=\"thursday\" checked"))
            #expect(!page.says("value=\"friday\" checked"))
            // The world begins on Monday, 5 January 2026, at 08:00 UTC.
            #expect(page.says("<time datetime=\"2026-01-05T17:00:00Z\">Monday, January 5, 2026 at"))
            #expect(page.says("(Europe/Berlin), in 9 hours</time>"))
            #expect(page.says("datetime=\"2026-01-08T05:00:00Z\">Thursday, January 8, 2026 at"))
            #expect(page.says("in 3 days</time>"))
            #expect(page.text.components(separatedBy: "<li><time").count == 6)
        }
        let stored = try #require(try world.catalog.setup.systemSchedule())
        #expect(stored.isActive)
        #expect(stored.schedule.weekdays == [.monday, .thursday])
        #expect(stored.schedule.times.map(\.description) == ["06:00", "18:00"])
        #expect(
            try world.audit() == [
                "user:administrator-user set schedule refresh [isActive days times timeZone]"
            ])
        try await world.browse(as: .contributor) { browser in
            let page = try await browser.get("/system/schedule")
            #expect(page.says("Weekly: Monday and Thursday at"))
            #expect(page.says("datetime=\"2026-01-05T17:00:00Z\""))
            let refused = try await browser.post("/system/schedule", fields())
            #expect(refused.status == .forbidden)
        }
    }

    @Test func `L8: it is daily as well, and turned off again it keeps what was entered`()
        async throws
    {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            _ = try await browser.post(
                "/system/schedule", fields(rhythm: "daily", days: [], times: ["23:30"], zone: "UTC")
            )
            let off = try await browser.post(
                "/system/schedule",
                fields(active: false, rhythm: "daily", days: [], times: ["23:30"], zone: "UTC"))
            #expect(off.location == "/system/schedule?notice=schedule-off")
            let page = try await browser.get("/system/schedule")
            #expect(page.says("name=\"time\" dir=\"ltr\" value=\"23:30\""))
            #expect(page.says("value=\"daily\" checked"))
        }
        #expect(try world.catalog.setup.systemSchedule()?.isActive == false)
        #expect(try world.catalog.setup.systemSchedule()?.schedule.rhythm == .daily)
    }

    @Test func `what cannot be is said beside its field, and everything entered stays`()
        async throws
    {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            let page = try await browser.post(
                "/system/schedule", fields(days: [], times: ["25:00", ""], zone: "Mars/Olympus"))
            #expect(page.status == .unprocessableContent)
            #expect(page.says("3 things need your attention"))
            #expect(page.says("href=\"#weekdays\">Choose at least one weekday, or run daily."))
            #expect(page.says("href=\"#times-part\">Write each time as hours and minutes"))
            #expect(page.says("href=\"#zone\">Choose the time zone."))
            #expect(page.says("value=\"25:00\""))
            #expect(page.says("name=\"active\" aria-describedby=\"active-hint\" checked"))
            let empty = try await browser.post(
                "/system/schedule", fields(times: ["", " "]))
            #expect(empty.says("1 thing needs your attention"))
            #expect(empty.says("Give at least one time of the day."))
            let many = try await browser.post(
                "/system/schedule", fields(times: (0..<13).map { "\($0):00" }))
            #expect(many.says("Give at most twelve times of the day."))
        }
        #expect(try world.catalog.setup.systemSchedule() == nil)
        #expect(try world.audit() == [])
    }

    @Test func `without script, buttons add and remove times and show the next runs`() async throws
    {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            func times(_ act: String) async throws -> Int {
                let page = try await browser.post("/system/schedule", fields(act: act))
                #expect(page.status == .ok)
                // One more stands in the template that a script copies.
                return page.text.components(separatedBy: "type=\"time\"").count - 2
            }
            #expect(try await times("add-time") == 3)
            #expect(try await times("remove-time-0") == 1)
            #expect(try await times("remove-time-9") == 2)
            let shown = try await browser.post("/system/schedule", fields(act: "show-next"))
            #expect(shown.says("datetime=\"2026-01-05T17:00:00Z\""))
            let nothing = try await browser.post(
                "/system/schedule", fields(zone: "", act: "show-next"))
            #expect(nothing.status == .ok)
            #expect(nothing.says("The next runs are shown here when"))
        }
        #expect(try world.catalog.setup.systemSchedule() == nil)
    }

    @Test func `a change of the clocks is told where it moves a run`() throws {
        let book = PhraseBook(.en)
        let half = try #require(TimeOfDay("02:30"))
        let schedule = try Schedule(.weekly([.sunday]), at: [half], in: "Europe/Berlin")
        // 2026-03-28T12:00Z, and 2026-10-24T12:00Z.
        let spring = try #require(NextRuns(schedule, now: 1_774_699_200_000, book).rows.first)
        #expect(spring.machine == "2026-03-29T01:00:00Z")
        #expect(spring.note?.hasPrefix("The clocks go forward and leave out 2:30") == true)
        #expect(spring.note?.contains("so it begins at 3:00") == true)
        let autumn = NextRuns(schedule, now: 1_792_843_200_000, book).rows
        #expect(autumn.first?.machine == "2026-10-25T00:30:00Z")
        #expect(autumn.first?.note?.contains("twice. It begins the first time.") == true)
        #expect(autumn.dropFirst().allSatisfy { $0.note == nil })
    }

    @Test(arguments: [
        (Language.en, "Sunday"), (.he, "יום ראשון"), (.pl, "poniedziałek"), (.bg, "понеделник"),
        (.hu, "hétfő"),
    ])
    func `weekdays stand in the order and the words of the language`(
        language: Language, first: String
    ) {
        let book = PhraseBook(language)
        #expect(book.weekdaysInOrder.first.map(book.weekday) == first)
        #expect(Set(book.weekdaysInOrder).count == 7)
    }

    @Test func `an export gets a schedule of its own, which its list and page tell in words`()
        async throws
    {
        try await ExportFixture.with { fixture in
            try await fixture.world.browse(as: .contributor) { browser in
                let wrong = try await browser.post(
                    "/exports",
                    fixture.fields(["schedule": "own", "rhythm": "weekly", "zone": "", "time": ""]))
                #expect(wrong.status == .unprocessableContent)
                #expect(wrong.says("href=\"#zone\">Choose the time zone."))
                #expect(wrong.says("id=\"schedule-own\" name=\"schedule\" value=\"own\" checked"))
                let more = try await browser.post(
                    "/exports",
                    fixture.fields([
                        "schedule": "refresh", "rhythm": "daily", "zone": "UTC", "time": "06:00",
                        "act": "add-time",
                    ]))
                #expect(more.text.components(separatedBy: "type=\"time\"").count == 4)
                let saved = try await browser.post(
                    "/exports",
                    fixture.fields([
                        "schedule": "own", "rhythm": "daily", "zone": "Asia/Jerusalem",
                        "time": "06:00",
                    ]))
                #expect(saved.location == "/exports?notice=export-added")
                let list = try await browser.get("/exports")
                #expect(list.says("Every day at 6:00"))
                #expect(list.says("(Asia/Jerusalem)"))
            }
            let export = try #require(try fixture.world.catalog.setup.exports().first)
            let six = try #require(TimeOfDay("06:00"))
            #expect(
                export.schedule == .own(try Schedule(.daily, at: [six], in: "Asia/Jerusalem")))
            try await fixture.world.browse(as: .viewer) { browser in
                let page = try await browser.get("/exports/\(export.id)")
                #expect(page.says("Every day at 6:00"))
            }
            try await fixture.world.browse(as: .contributor) { browser in
                let form = try await browser.get("/exports/\(export.id)")
                #expect(form.says("<option value=\"Asia/Jerusalem\" selected>"))
                let copy = try await browser.get("/exports/\(export.id)/duplicate")
                #expect(copy.says("<option value=\"Asia/Jerusalem\" selected>"))
            }
        }
    }

    @Test func `an active schedule refreshes exports when its time comes`() async throws {
        try await ExportFixture.with { fixture in
            let world = fixture.world
            let export = try fixture.addExport()
            try await world.browse(as: .administrator) { browser in
                _ = try await browser.post(
                    "/system/schedule",
                    fields(rhythm: "daily", days: [], times: ["09:00"], zone: "UTC"))
            }
            world.services.scheduler.tick(now: world.now)
            #expect(try world.catalog.history.openRefresh() == nil)
            world.pass(.seconds(3_600))
            world.services.scheduler.tick(now: world.services.scheduler.now())
            let refresh = try #require(try world.catalog.history.openRefresh())
            let tasks = try world.catalog.history.tasks(ofRefresh: refresh.id)
            #expect(tasks.filter { $0.stage == .export }.map(\.thing) == [export.id.rawValue])
        }
    }

    @Test func `the pages of schedules render in every language without a gap`() async throws {
        let world = try WebWorld()
        try await world.expectNoGaps(["/system/schedule"])
        try await world.expectNoGaps(["/system/schedule"], as: .viewer)
        try world.catalog.setup.setSystemSchedule(
            try Schedule(
                .weekly([.monday]), at: [try #require(TimeOfDay("06:00"))], in: "US/Eastern"),
            isActive: true, by: WebWorld.actor)
        try await world.expectNoGaps(["/system/schedule"])
        try await world.expectNoGaps(["/system/schedule"], as: .viewer)
        try await ExportFixture.with { fixture in
            try await fixture.world.expectNoGaps(["/exports/new"])
        }
    }

    // MARK: API

    private struct Answer: Decodable {
        let isActive: Bool
        let rhythm: String
        let weekdays: [String]
        let times: [String]
        let timeZone: String
        let changedAt: String?
        let next: [String]
    }

    @Test func `programs read the schedule, and administrators' programs set it`() async throws {
        let world = try WebWorld()
        try await world.call(as: .viewer) { client in
            let answer = try await client.get("/api/v1/schedule").json(Answer.self)
            #expect(!answer.isActive && answer.next == [] && answer.changedAt == nil)
        }
        try await world.call(as: .administrator) { client in
            let answer = try await client.json(
                .put, "/api/v1/schedule",
                """
                {"isActive":true,"rhythm":"weekly","weekdays":["thursday","monday"],
                "times":["18:00","6:00"],"timeZone":"Europe/Berlin"}
                """)
            #expect(answer.status == .ok, "\(answer.text)")
            let schedule = try answer.json(Answer.self)
            #expect(schedule.isActive && schedule.weekdays == ["monday", "thursday"])
            #expect(schedule.times == ["06:00", "18:00"])
            #expect(
                schedule.next == [
                    "2026-01-05T17:00:00.000Z", "2026-01-08T05:00:00.000Z",
                    "2026-01-08T17:00:00.000Z", "2026-01-12T05:00:00.000Z",
                    "2026-01-12T17:00:00.000Z",
                ])
        }
        #expect(
            try world.audit().filter { $0.contains(" set schedule ") }.map {
                $0.replacing(#/ \(token [^)]*\)/#, with: "")
            } == [
                "user:administrator-user set schedule refresh [isActive days times timeZone]"
            ])
    }

    @Test(arguments: [
        (#"{"isActive":true,"rhythm":"weekly","times":["06:00"],"timeZone":"UTC"}"#, ["weekdays"]),
        (
            #"{"isActive":true,"rhythm":"weekly","weekdays":["mon"],"times":["06:00"],"timeZone":"UTC"}"#,
            ["weekdays"]
        ),
        (
            #"{"isActive":true,"rhythm":"daily","weekdays":["monday"],"times":["06:00"],"timeZone":"UTC"}"#,
            ["weekdays"]
        ),
        (#"{"isActive":true,"rhythm":"daily","times":["24:00"],"timeZone":"UTC"}"#, ["times"]),
        (#"{"isActive":true,"rhythm":"daily","times":[],"timeZone":"UTC"}"#, ["times"]),
        (#"{"isActive":true,"rhythm":"daily","times":["06:00"],"timeZone":"CET"}"#, ["timeZone"]),
        (#"{"rhythm":"daily","times":["06:00"],"timeZone":"UTC"}"#, ["isActive"]),
        (#"{"isActive":true,"rhythm":"hourly","times":["06:00"],"timeZone":"UTC"}"#, ["rhythm"]),
    ])
    func `a body that is no schedule is refused with the member that does not fit`(
        body: String, members: [String]
    ) async throws {
        let world = try WebWorld()
        try await world.call(as: .administrator) { client in
            let answer = try await client.json(.put, "/api/v1/schedule", body)
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.problem().errors?.map(\.field) == members, "\(answer.text)")
        }
        #expect(try world.catalog.setup.systemSchedule() == nil)
    }

    private struct ExportAnswer: Decodable {
        struct Own: Decodable {
            let rhythm: String
            let times: [String]
        }
        let id: Int64
        let schedule: String
        let ownSchedule: Own?
    }
    private struct Saved: Decodable { let export: ExportAnswer }

    @Test func `an export's own schedule goes over the API both ways`() async throws {
        try await ExportFixture.with { fixture in
            let export = try fixture.addExport()
            let shared = fixture.shared.id
            @Sendable func body(_ schedule: String) -> String {
                """
                {"name":"News","connectionId":\(shared),"list":"1",
                "segments":["With points"],"mapping":{"email":"email"},
                "startsAutomations":false,\(schedule)}
                """
            }
            let own = #""ownSchedule":{"rhythm":"daily","times":["06:00"],"timeZone":"UTC"}"#
            try await fixture.world.call(as: .contributor) { client in
                let path = "/api/v1/exports/\(export.id)"
                let saved = try await client.json(
                    .put, path, body("\"schedule\":\"own\",\(own)"))
                #expect(saved.status == .ok, "\(saved.text)")
                let answer = try await client.get(path).json(ExportAnswer.self)
                #expect(answer.schedule == "own" && answer.ownSchedule?.times == ["06:00"])
                let back = try await client.json(
                    .put, path, body("\"schedule\":\"manual\",\"ownSchedule\":null"))
                #expect(try back.json(Saved.self).export.ownSchedule == nil)
                for wrong in [
                    "\"schedule\":\"own\"", "\"schedule\":\"own\",\"ownSchedule\":null",
                    "\"schedule\":\"refresh\",\(own)", own,
                ] {
                    let refused = try await client.json(.put, path, body(wrong))
                    #expect(refused.status == .unprocessableContent, "\(wrong)")
                    #expect(
                        try refused.problem().errors?.map(\.field) == ["ownSchedule"], "\(wrong)")
                }
            }
            #expect(try fixture.world.catalog.setup.export(id: export.id)?.schedule == .manual)
        }
    }
}
