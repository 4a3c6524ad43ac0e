import Access
import Acts
import Delivery
import Exports
import Foundation
import HTTPTypes
import Phrases
import Profiles
import SQLiteEngine
import Sandbox
import Segments
import Store
import TestSupport
import Testing

@testable import Web

/// A service with an export to a real sandbox.
final class RehearsalPagesWorld: Sendable {
    let world: WebWorld
    let sandbox: SandboxServer
    let export: Export

    private init(onLeave: LeavePolicy, peopleMax: Int) async throws {
        var knobs = Knobs()
        knobs.limits = false
        knobs.importDelay = 0
        knobs.processingRate = 0
        world = try WebWorld()
        sandbox = try await SandboxServer.start(port: 0, knobs: knobs, apiKey: "key")
        let connection = try world.catalog.setup.add(
            NewConnection(
                name: "Sandbox", destination: "activecampaign",
                host: "127.0.0.1:\(sandbox.port)", sealedSecret: Array("key".utf8),
                pace: TestAccounts.pace,
                facts: AccountFacts(user: "admin", contactsMax: nil, contacts: nil)),
            by: WebWorld.actor)
        _ = try world.catalog.setup.addSegment(
            named: "All", definition: .dynamic(rule: "points > 0"), by: WebWorld.actor)
        let export = Export(
            id: 0, name: "News <b>weekly</b>", connection: connection.id,
            list: ListReference(id: "1", name: "Readers & friends"), segments: ["All"],
            mapping: Mapping(
                email: "email", firstName: "name",
                fields: [MappedField(id: "1", title: "Home <i>town</i>", attribute: "city")]),
            onLeave: onLeave, peopleMax: peopleMax)
        self.export = try world.catalog.setup.add(export, by: WebWorld.actor)
    }

    /// Runs a test in a world in which rehearsals and runs are carried out.
    static func with(
        onLeave: LeavePolicy = .keep, peopleMax: Int = Export.peopleMaxDefault,
        _ body: (RehearsalPagesWorld) async throws -> Void
    ) async throws {
        let pages = try await RehearsalPagesWorld(onLeave: onLeave, peopleMax: peopleMax)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let services = pages.world.services
                group.addTask { await services.rehearsals.run() }
                try await body(pages)
                group.cancelAll()
            }
        } catch {
            await pages.sandbox.stop()
            throw error
        }
        await pages.sandbox.stop()
    }

    func load(_ lines: [String]) throws {
        let file = world.folder.appending(path: "people.csv")
        try Data((["id,email,name,city,points"] + lines).joined(separator: "\n").utf8)
            .write(to: file)
        var options = ImportOptions(key: "id")
        options.removeMissing = true
        options.kinds = [
            "email": .text, "name": .text, "city": .text, "points": .number,
        ]
        _ = try world.engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: world.now), progress: { _ in }, isCancelled: { false })
    }

    /// Sends everyone, as a run does.
    func deliver() async throws {
        let runner = ExportRunner(
            catalog: world.catalog, engine: world.engine, time: TestAccounts.time,
            openAccount: world.services.accounts.open)
        let run = try await runner.run(
            export,
            ExportRunner.Request(
                trigger: .onDemand, actor: WebWorld.actor, isApproved: true, stop: StopSignal(),
                progress: { _ in }))
        #expect([.completed, .completedWithWarnings].contains(run.state), "\(run)")
    }

    /// Asks for a rehearsal and waits for it. Returns its path.
    func rehearse(_ browser: Browser) async throws -> String {
        let answer = try await browser.post("/exports/\(export.id)/rehearsals")
        #expect(answer.status == .seeOther)
        let path = try #require(answer.location)
        #expect(path.hasPrefix("/rehearsals/"))
        let id = String(path.dropFirst("/rehearsals/".count))
        try await eventually { world.services.rehearsals.rehearsal(id)?.isUnderWay != true }
        return path
    }
}

struct RehearsalPagesTests {
    @Test func `a finished rehearsal says in one sentence what a run would do`() async throws {
        try await RehearsalPagesWorld.with { pages in
            try pages.load(["1,a@example.com,Ada,Oslo,5", "2,b@example.com,Bob,Rome,5"])
            try await pages.world.browse(as: .contributor) { browser in
                let page = try await browser.get(try await pages.rehearse(browser))
                #expect(page.status == .ok)
                #expect(
                    page.text.contains(
                        "A run now would bring the list \u{2068}Readers &amp; friends\u{2069} up to date for 2 people."
                    ))
                #expect(page.text.contains("No automation in ActiveCampaign starts"))
                #expect(page.text.contains("The account has room: it holds 0 of 2,000,000"))
                #expect(page.text.contains("action=\"/exports/\(pages.export.id)/run\""))
                #expect(page.text.contains("action=\"/exports/\(pages.export.id)/rehearsals\""))
                #expect(page.text.contains("width=\"100%\""))
            }
            // It sends nothing and changes nothing, so there is nothing to write down.
            #expect(try pages.world.audit() == [])
            #expect(try pages.world.catalog.ledger.openRun(ofExport: pages.export.id) == nil)
        }
    }

    @Test func `changed values stand beside those delivered before, and are escaped`()
        async throws
    {
        try await RehearsalPagesWorld.with { pages in
            try pages.load(["1,a@example.com,Ada,<b>Oslo</b>,5", "2,b@example.com,Bob,Rome,5"])
            try await pages.deliver()
            try pages.load(["1,a@example.com,Ada,<i>Bergen</i>,5", "2,b@example.com,Bob,Rome,5"])
            try await pages.world.browse(as: .viewer) { browser in
                let path = try await pages.rehearse(browser)
                let page = try await browser.get(path).text
                #expect(page.contains("<bdi>&lt;b&gt;Oslo&lt;/b&gt;</bdi></del>"))
                #expect(page.contains("<bdi>&lt;i&gt;Bergen&lt;/i&gt;</bdi></ins>"))
                #expect(page.contains("<del class=\"was\"><span class=\"unseen\">before </span>"))
                #expect(page.contains("Home &lt;i&gt;town&lt;/i&gt;: "))
                #expect(page.contains("News &lt;b&gt;weekly&lt;/b&gt;"))
                #expect(!page.contains("<b>Oslo") && !page.contains("<b>weekly"))
                #expect(page.contains("1 other value stays"))
                #expect(!page.contains("b@example.com"))
            }
        }
    }

    @Test func `a rehearsal sends nobody`() async throws {
        try await RehearsalPagesWorld.with { pages in
            try pages.load(["1,a@example.com,Ada,Oslo,5"])
            try await pages.world.browse(as: .contributor) { browser in
                _ = try await browser.get(try await pages.rehearse(browser))
            }
            let account = try await pages.world.services.accounts.open(
                try #require(try pages.world.catalog.setup.connections().first), false)
            let facts = try await account.closing { try await $0.check() }
            #expect(facts.contacts == 0)
        }
    }

    @Test func `suppressed people are listed with their reasons`() async throws {
        try await RehearsalPagesWorld.with { pages in
            try pages.load([
                "1,a@example.com,Ada,Oslo,5", "2,A@example.com,Ada,Oslo,5", "3,,Cy,Rome,5",
                "4,nobody,Dan,Rome,5",
            ])
            try await pages.world.browse(as: .viewer) { browser in
                let path = try await pages.rehearse(browser)
                let page = try await browser.get("\(path)?show=suppressed").text
                for reason in ["no-email", "duplicate-email", "invalid-email"] {
                    let words = try #require(pages.world.reason(reason))
                    #expect(page.components(separatedBy: words).count == 3, "\(reason)")
                }
                #expect(page.contains("Profile \u{2068}1\u{2069} is sent instead"))
                #expect(page.contains("No address"))
            }
        }
    }

    @Test func `more people than a page has are paged, and the file has those beyond the report`()
        async throws
    {
        try await RehearsalPagesWorld.with { pages in
            try pages.load((1...230).map { "\($0),p\(1_000 + $0)@example.com,Ada,Oslo,5" })
            try await pages.world.browse(as: .viewer) { browser in
                let path = try await pages.rehearse(browser)
                let page = try await browser.get("\(path)?show=enter&page=4").text
                #expect(page.contains("p1200@example.com"))
                #expect(!page.contains("p1150@example.com") && !page.contains("p1201@example.com"))
                #expect(page.contains("151 to 200 of 200"))
                #expect(page.contains("The first 200 of 230 are listed here."))
                #expect(page.contains("\(path)?show=enter&amp;page=3#list"))
                // A page that does not exist is the last one.
                #expect(
                    try await browser.get("\(path)?show=enter&page=99").text.contains(
                        "p1200@example.com"))
                let file = try await browser.get("\(path)/plan.csv")
                #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
                #expect(
                    file.headers[.contentDisposition] == "attachment; filename=\"plan.csv\"")
                let lines = file.text.components(separatedBy: "\r\n")
                #expect(lines.first == "group,email,profile,reason,winner,changes")
                #expect(lines.count == 232)
                #expect(lines.contains { $0.contains("p1230@example.com") })
            }
        }
    }

    @Test func `the file holds everyone, and no formula`() async throws {
        try await RehearsalPagesWorld.with { pages in
            try pages.load([
                "=1+1,a@example.com,Ada,\"Oslo, Norway\",5", "2,+b@example.com,Bob,Rome,5",
                "3,,Cy,Rome,5",
            ])
            try await pages.world.browse(as: .viewer) { browser in
                let file = try await browser.get("\(try await pages.rehearse(browser))/plan.csv")
                #expect(file.status == .ok)
                #expect(file.text.contains("enter,a@example.com,'=1+1,"))
                #expect(file.text.contains("enter,'+b@example.com,2,"))
                #expect(file.text.contains("suppressed,,3,no-email,,"))
                #expect(file.text.contains("Home <i>town</i>: – → Oslo, Norway"))
            }
        }
    }

    @Test func `people who leave have a part of their own`() async throws {
        try await RehearsalPagesWorld.with(onLeave: .unsubscribe) { pages in
            try pages.load((1...4).map { "\($0),p\($0)@example.com,Ada,Oslo,5" })
            try await pages.deliver()
            try pages.load((1...2).map { "\($0),p\($0)@example.com,Ada,Oslo,5" })
            try await pages.world.browse(as: .contributor) { browser in
                let path = try await pages.rehearse(browser)
                let page = try await browser.get(path).text
                #expect(page.contains("2 people would be unsubscribed from the list."))
                #expect(page.contains("The importer cannot put them back"))
                #expect(
                    page.contains("A run now would wait for approval before it brings the list"))
                #expect(
                    page.contains(
                        "2 of 4 people delivered would leave at once, more than the 30% that the export allows"
                    ))
                #expect(page.contains("Is unsubscribed from the list"))
                #expect(page.contains("p3@example.com"))
            }
        }
    }

    @Test func `too many people are said, and there is nothing to run`() async throws {
        try await RehearsalPagesWorld.with(peopleMax: 1) { pages in
            try pages.load(["1,a@example.com,Ada,Oslo,5", "2,b@example.com,Bob,Rome,5"])
            try await pages.world.browse(as: .contributor) { browser in
                let page = try await browser.get(try await pages.rehearse(browser)).text
                #expect(page.contains("A run now would be skipped and send nothing"))
                #expect(
                    page.contains(
                        "The segments hold 2 people with a usable address, and a run of this export carries 1 at most."
                    ))
                #expect(!page.contains("/run\""))
            }
        }
    }

    @Test func `a viewer sees a rehearsal and cannot run it, a stranger sees nothing`()
        async throws
    {
        try await RehearsalPagesWorld.with { pages in
            try pages.load(["1,a@example.com,Ada,Oslo,5"])
            let path = try await pages.world.browse(as: .viewer) { browser in
                let path = try await pages.rehearse(browser)
                let page = try await browser.get(path)
                #expect(page.status == .ok)
                #expect(page.text.contains("a@example.com"))
                #expect(!page.text.contains("/exports/\(pages.export.id)/run\""))
                return path
            }
            try await pages.world.browse { browser in
                for path in [path, "\(path)/plan.csv"] {
                    let answer = try await browser.get(path)
                    #expect(answer.status == .seeOther)
                    #expect(answer.location?.hasPrefix("/sign-in") == true)
                }
            }
        }
    }

    @Test func `a rehearsal under way reloads by itself and can be cancelled`() async throws {
        let world = try WebWorld()
        _ = try world.catalog.setup.addSegment(
            named: "All", definition: .dynamic(rule: "points > 0"), by: WebWorld.actor)
        let export = try world.catalog.setup.add(
            Export(
                id: 0, name: "News", connection: nil, list: ListReference(id: "1", name: nil),
                segments: ["All"], mapping: Mapping(email: "email")), by: WebWorld.actor)
        // Nobody carries it out, so it stays under way.
        let path = try await world.browse(as: .contributor) { browser in
            let path = try #require(
                try await browser.post("/exports/\(export.id)/rehearsals").location)
            let page = try await browser.get(path).text
            #expect(page.contains("<noscript><meta http-equiv=\"refresh\" content=\"2\">"))
            #expect(page.contains("data-refresh=\"2\""))
            #expect(page.contains("0 members read so far"))
            #expect(page.contains("action=\"\(path)/cancel\""))
            #expect(try await browser.get("\(path)/plan.csv").status == .notFound)
            return path
        }
        try await world.browse(as: .viewer) { browser in
            let page = try await browser.get(path).text
            #expect(!page.contains("\(path)/cancel"))
            #expect(try await browser.post("\(path)/cancel").status == .forbidden)
        }
        try await world.browse(as: .contributor) { browser in
            #expect(
                try await browser.post("\(path)/cancel", withToken: false).status == .forbidden)
            #expect(try await browser.post("\(path)/cancel").location == path)
            let page = try await browser.get(path).text
            #expect(page.contains("The rehearsal was cancelled. Nothing was sent."))
            #expect(!page.contains("http-equiv=\"refresh\"") && !page.contains("data-refresh"))
            #expect(page.contains("/exports/\(export.id)/rehearsals"))
        }
    }

    @Test func `a rehearsal that cannot be made says what to do`() async throws {
        try await RehearsalPagesWorld.with { pages in
            var export = pages.export
            export.connection = nil
            try pages.world.catalog.setup.update(
                export, by: WebWorld.actor, changes: ["connection"])
            try await pages.world.browse(as: .viewer) { browser in
                let page = try await browser.get(try await pages.rehearse(browser))
                #expect(page.status == .ok)
                #expect(page.text.contains("The export has no connection. Choose one"))
            }
        }
    }

    @Test func `what nobody rehearsed is not found`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser in
            let answers = [
                try await browser.post("/exports/77/rehearsals"),
                try await browser.get("/rehearsals/77"),
                try await browser.get("/rehearsals/77/plan.csv"),
                try await browser.post("/rehearsals/77/cancel"),
            ]
            #expect(answers.allSatisfy { $0.status == .notFound })
        }
    }

    @Test func `R41: rehearsals render in every language without a gap`() async throws {
        try await RehearsalPagesWorld.with(onLeave: .field(id: "1", inside: "in", outside: "out")) {
            pages in
            try pages.load((1...70).map { "\($0),p\($0)@example.com,Ada,Oslo,5" })
            try await pages.deliver()
            try pages.load(
                (20...90).map { "\($0),p\($0)@example.com,Ada,Rome,5" } + ["99,,Ada,Oslo,5"])
            let paths = try await pages.world.browse(as: .administrator) { browser in
                let path = try await pages.rehearse(browser)
                var paths = RehearsalRow.Kind.allCases.map { "\(path)?show=\($0.rawValue)" }
                var export = pages.export
                export.segments = ["Nobody"]
                for export in [export, pages.export] {
                    let id = pages.world.services.rehearsals.start(export, by: WebWorld.actor)
                    if export == pages.export { pages.world.services.rehearsals.cancel(id) }
                    try await eventually {
                        pages.world.services.rehearsals.rehearsal(id)?.isUnderWay != true
                    }
                    paths.append("/rehearsals/\(id)")
                }
                return paths
            }
            try await pages.world.expectNoGaps(paths)
        }
    }
}

extension WebWorld {
    /// A reason in English, as it stands in a page.
    fileprivate func reason(_ code: String) -> String? {
        PhraseBook(.en).text(at: "reason.\(code)")?.replacing("'", with: "&#39;")
    }
}
