import Access
import Delivery
import Exports
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Phrases
import Sandbox
import Service
import Store
import Testing

@testable import Web

struct RunEventTests {
    @Test func `a live page hears of progress in its language and then of the end`() async throws {
        var knobs = RunWorld.quick
        knobs.importDelay = 2
        try await RunWorld.with(knobs) { world in
            let cookies = "\(try world.signedIn(.viewer)); \(Visitor.languageCookie)=en"
            let text = try await world.web.app.test(.live) { client in
                // A very busy machine may ask only after the end; then it asks about another run.
                for _ in 1...5 {
                    let run = try world.web.services.runs.start(
                        world.export.id, trigger: .onDemand, by: WebWorld.actor)
                    let response = try await client.execute(
                        uri: "/runs/\(run.id)/events", method: .get,
                        headers: [.cookie: cookies, .accept: "text/event-stream"])
                    #expect(response.status == .ok)
                    #expect(
                        response.headers[.contentType] == "text/event-stream; charset=utf-8")
                    let text = String(buffer: response.body)
                    if text.contains("event: progress") { return text }
                    _ = try await world.end(of: run)
                    // Everyone is sent once more.
                    try RunWorld.load(["\(run.id)@shop.test"], into: world.web)
                }
                return ""
            }
            #expect(text.hasPrefix("retry: "))
            #expect(text.contains("event: progress\ndata: {"))
            #expect(text.contains("\"statusText\":\""))
            #expect(text.hasSuffix("event: done\ndata: {}\n\n"))
        }
    }

    @Test func `a page that shows another step is told to load itself anew`() async throws {
        try await RunWorld.with(isServing: false) { world in
            let run = try world.planned { $0.enter = 1 }
            try world.web.catalog.ledger.beginSending(run.id)
            try await world.web.browse(as: .viewer) { browser in
                let events = try await browser.get("/runs/\(run.id)/events?shown=planning")
                #expect(events.text.hasSuffix("event: done\ndata: {}\n\n"))
                #expect(!events.text.contains("event: progress"))
            }
        }
    }

    @Test func `a run that has ended says so at once`() async throws {
        try await RunWorld.with { world in
            let run = try await world.carryOut()
            try await world.web.browse(as: .viewer) { browser in
                let events = try await browser.get("/runs/\(run.id)/events")
                #expect(events.text == "retry: 2000\n\nevent: done\ndata: {}\n\n")
            }
        }
    }

    @Test func `a stream ends with its client, and the service with it`() async throws {
        try await RunWorld.with(isServing: false) { world in
            // Nobody carries this run out, so its stream would go on for minutes.
            let run = try world.planned { $0.enter = 1 }
            try world.web.catalog.ledger.beginSending(run.id)
            let jar = try world.signedIn(.viewer)
            let clock = ContinuousClock()
            let begun = clock.now
            let watching = try await world.web.app.test(.ahc(.http)) { client in
                let watching = Task {
                    _ = try? await client.execute(
                        uri: "/runs/\(run.id)/events", method: .get, headers: [.cookie: jar])
                }
                let page = try await client.execute(
                    uri: "/runs", method: .get, headers: [.cookie: jar])
                #expect(page.status == .ok)
                return watching
            }
            await watching.value
            // Of its own accord it would end after five minutes.
            #expect(clock.now - begun < .seconds(150))
        }
    }

    @Test func `news is worded for people and counted for the script`() {
        var progress = RunProgress(phase: .sending)
        progress.people = 2_000
        progress.settled = 500
        progress.delivered = 480
        progress.refused = 20
        progress.pending = 1_500
        progress.rate = 1_200
        progress.secondsLeft = 75
        progress.wait = .paced
        progress.waitingSince = 1_767_600_000_000
        let news = RunNews(progress, PhraseBook(.en))
        #expect(news.phase == "sending")
        #expect(news.percent == 25)
        #expect(news.statusText == "Sending: 500 of 2,000 people have an outcome")
        #expect(news.rateText == "1,200 people a minute")
        #expect(news.timeLeftText.contains("1"))
        #expect(news.waitText.hasPrefix("Requests wait for the limits of the account, since"))
    }
}

extension RunWorld {
    /// The cookie of a new session.
    func signedIn(_ role: Role) throws -> String {
        let token = SecretToken.new(.session)
        _ = try web.catalog.people.beginSession(
            of: try web.user(role), token: token, agent: "test", address: "127.0.0.1", at: web.now)
        return "\(GuardedRoutes.sessionCookie(web.services.settings))=\(token.text)"
    }
}
