import Testing

@testable import Sandbox

struct AccountTests {
    @Test(arguments: [nil, "wrong"])
    func `without the right key everything is refused with 403`(key: String?) {
        let fixture = Fixture()
        #expect(fixture.call("GET", "/users/me", key: key).status == 403)
        #expect(fixture.call("POST", "/import/bulk_import", key: key).status == 403)
        #expect(fixture.account.violations[.badKey] == 2)
    }

    @Test(arguments: ["/", "/users/me", "/settings/account", "/groupLimits", "/lists", "/fields"])
    func `the account answers`(path: String) {
        let answer = Fixture().call("GET", path)
        #expect(answer.status == 200)
        #expect(answer.header("RateLimit-Limit") == "5")
        #expect(answer.header("RateLimit-Remaining") == "4")
        #expect(answer.header("Content-Type") == "application/json")
    }

    @Test func `settings are for administrators`() {
        let fixture = Fixture { $0.adminKey = false }
        #expect(fixture.call("GET", "/settings/account").status == 403)
        #expect(fixture.call("GET", "/users/me").json["user"]?["username"] == "syncbot")
    }

    @Test func `settings tell the limit and the active contacts`() {
        var fixture = Fixture { $0.contactLimit = 9 }
        _ = fixture.carryOut([row("a@shop.test"), ["email": "b@shop.test"]])
        let settings = fixture.call("GET", "/settings/account").json
        #expect(settings["subscriber_limit"] == 9)
        #expect(settings["subscriber_total"] == 1)
    }

    @Test func `a new account has three lists and five custom fields`() {
        let fixture = Fixture()
        let lists = fixture.call("GET", "/lists").json
        #expect(
            lists["lists"]?.elements.compactMap { $0["name"]?.text }
                == ["Newsletter", "Customers", "Spring audience"])
        #expect(lists["meta"]?["total"] == "3")
        let fields = fixture.call("GET", "/fields").json
        #expect(
            fields["fields"]?.elements.compactMap { $0["type"]?.text }
                == ["text", "number", "date", "dropdown", "checkbox"])
        #expect(
            fields["fieldOptions"]?.elements.compactMap { $0["value"]?.text } == ["In", "Out"])
    }

    @Test func `a list needs its four texts and can be made and deleted`() {
        let fixture = Fixture()
        #expect(fixture.call("POST", "/lists", json: ["list": ["name": "X"]]).status == 422)
        let made = fixture.call(
            "POST", "/lists",
            json: [
                "list": [
                    "name": "Autumn", "stringid": "autumn", "sender_url": "https://shop.test",
                    "sender_reminder": "You asked.",
                ]
            ])
        #expect(made.json["list"]?["id"] == "4")
        #expect(fixture.call("DELETE", "/lists/4").status == 200)
        let gone = fixture.call("GET", "/lists/4")
        #expect(gone.status == 404)
        #expect(gone.json["message"] == "No Result found for _List with id 4")
    }

    @Test func `a field title exists once`() {
        let fixture = Fixture()
        let field: JSONValue = ["field": ["title": "loyalty LEVEL", "type": "text"]]
        let answer = fixture.call("POST", "/fields", json: field)
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.elements.first?["code"] == "duplicate")
    }

    @Test func `webhooks are kept and listed`() {
        let fixture = Fixture()
        let hook: JSONValue = ["webhook": ["name": "sync", "url": "https://sync.test"]]
        #expect(fixture.call("POST", "/webhooks", json: hook).status == 201)
        #expect(fixture.call("GET", "/webhooks").json["meta"]?["total"] == "1")
    }

    @Test func `an unknown resource is not found and a body that is no JSON is refused`() {
        let fixture = Fixture()
        #expect(fixture.call("GET", "/nothing").status == 404)
        let answer = fixture.account.answer(
            SandboxRequest("POST", "/api/3/contacts", key: "sandbox-key", body: [0x7B]),
            at: fixture.now)
        #expect(answer.status == 400)
    }
}

struct RateTests {
    private func statuses(_ fixture: Fixture, _ count: Int) -> [Int] {
        (0..<count).map { _ in fixture.call("GET", "/lists").status }
    }

    @Test func `five requests pass at once, the sixth waits`() {
        var fixture = Fixture()
        #expect(statuses(fixture, 6) == [200, 200, 200, 200, 200, 429])
        #expect(fixture.call("GET", "/lists").header("Retry-After") == "1")
        fixture.now += 0.2
        #expect(statuses(fixture, 2) == [200, 429])
        fixture.now += 10
        #expect(statuses(fixture, 6) == [200, 200, 200, 200, 200, 429])
    }

    @Test func `whole seconds may be counted instead`() {
        var fixture = Fixture { $0.rateWindow = .second }
        fixture.now += 0.9
        #expect(statuses(fixture, 6) == [200, 200, 200, 200, 200, 429])
        fixture.now += 0.2
        #expect(statuses(fixture, 6) == [200, 200, 200, 200, 200, 429])
    }

    @Test func `with the penalty nothing passes before the wait is over`() {
        var fixture = Fixture {
            $0.penalty = true
            $0.retryAfter = 30
        }
        _ = statuses(fixture, 6)
        fixture.now += 29
        #expect(statuses(fixture, 1) == [429])
        fixture.now += 1
        #expect(statuses(fixture, 1) == [200])
    }

    @Test func `the limit may speak as 503 or be off`() {
        #expect(statuses(Fixture { $0.rateLimitAs503 = true }, 6).last == 503)
        #expect(statuses(Fixture { $0.limits = false }, 20).allSatisfy { $0 == 200 })
        #expect(statuses(Fixture { $0.requestsPerSecond = 2 }, 3) == [200, 200, 429])
    }

    @Test(arguments: [true, false])
    func `an import takes a general request if the knob says so`(counts: Bool) {
        let fixture = Fixture { $0.importsCountInRate = counts }
        for index in 0..<5 { _ = fixture.submit([row("p\(index)@shop.test")]) }
        #expect(fixture.call("GET", "/lists").status == (counts ? 429 : 200))
    }
}

struct FaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let knob: String
        let status: Int
        let type: String
        var testDescription: String { knob }
    }

    @Test(arguments: [
        Fault(knob: "fault-429", status: 429, type: "application/json"),
        Fault(knob: "fault-503", status: 503, type: "text/html; charset=UTF-8"),
        Fault(knob: "fault-502", status: 502, type: "application/json"),
        Fault(knob: "fault-403", status: 403, type: "application/json"),
        Fault(knob: "fault-402", status: 402, type: "application/json"),
        Fault(knob: "fault-html", status: 200, type: "text/html; charset=UTF-8"),
        Fault(knob: "fault-empty", status: 200, type: "application/json"),
    ])
    func `a fault answers in its own way and does nothing`(_ fault: Fault) throws {
        let fixture = Fixture()
        try fixture.account.knobs.set(fault.knob, to: "1")
        let answer = fixture.call(
            "POST", "/contact/sync", json: ["contact": ["email": "a@shop.test"]])
        #expect(answer.status == fault.status)
        #expect(answer.header("Content-Type") == fault.type)
        #expect((answer.header("Retry-After") != nil) == (fault.status == 429))
        #expect(fixture.account.contactCount == 0)
    }

    @Test func `a connection is cut before the work or after it`() {
        let body: JSONValue = ["contact": ["email": "a@shop.test"]]
        let before = Fixture { $0.faultCutBefore = 1 }
        #expect(before.call("POST", "/contact/sync", json: body).connection == .cut)
        #expect(before.account.contactCount == 0)
        let after = Fixture { $0.faultCutAfter = 1 }
        #expect(after.call("POST", "/contact/sync", json: body).connection == .cut)
        #expect(after.account.contactCount == 1)
    }

    @Test func `faults reach only what they are meant for`() {
        let fixture = Fixture {
            $0.fault503 = 1
            $0.faultsOn = .imports
        }
        #expect(fixture.call("GET", "/lists").status == 200)
        #expect(
            fixture.call("POST", "/import/bulk_import", json: ["contacts": [row("a@shop.test")]])
                .status == 503)
    }

    @Test func `a share of faults comes the same way for a seed`() {
        func statuses(seed: Int) -> [Int] {
            let fixture = Fixture {
                $0.fault503 = 0.5
                $0.limits = false
                $0.seed = seed
            }
            return (0..<40).map { _ in fixture.call("GET", "/lists").status }
        }
        #expect(statuses(seed: 1) == statuses(seed: 1))
        #expect(statuses(seed: 1) != statuses(seed: 2))
        #expect(Set(statuses(seed: 1)) == [200, 503])
    }
}

struct KnobTests {
    @Test(arguments: Knob.all.map(\.name))
    func `a knob takes the value it has`(name: String) throws {
        var knobs = Knobs()
        let value = try #require(Knob.named(name)).read(knobs)
        try knobs.set(name, to: value)
        #expect(knobs == Knobs())
    }

    @Test func `an unknown knob or value is refused and nothing is changed`() {
        let fixture = Fixture()
        let refused = fixture.call(
            "PUT", "/sandbox/knobs", json: ["penalty": true, "fault-429": 2])
        #expect(refused.status == 400)
        #expect(
            refused.json["message"] == "the knob 'fault-429' takes a share from 0 to 1")
        #expect(fixture.account.knobs == Knobs())
        #expect(fixture.call("PUT", "/sandbox/knobs", json: ["nothing": 1]).status == 400)
    }

    @Test func `knobs come as JSON and go back as they came`() {
        let fixture = Fixture()
        let knobs = fixture.call("GET", "/sandbox/knobs").json
        #expect(knobs.members.count == Knob.all.count)
        #expect(knobs["limits"] == true && knobs["processing-rate"] == 500)
        #expect(fixture.call("PUT", "/sandbox/knobs", json: knobs).status == 200)
        #expect(fixture.account.knobs == Knobs())
    }
}

struct ControlTests {
    @Test func `the state counts lists, imports and what clients did wrong`() {
        var fixture = Fixture()
        _ = fixture.carryOut([row("a@shop.test"), row("b@shop.test")])
        let state = fixture.call("GET", "/sandbox/state").json
        #expect(state["contacts"] == 2)
        #expect(state["lists"]?.elements.first?["active"] == 2)
        #expect(state["imports"]?["completed"] == 1)
        #expect(state["violations"] == [:])
    }

    @Test func `a reset empties the account and keeps the knobs`() {
        var fixture = Fixture { $0.contactLimit = 7 }
        _ = fixture.carryOut([row("a@shop.test")])
        _ = fixture.call("POST", "/sandbox/reset")
        #expect(fixture.account.contactCount == 0)
        #expect(fixture.account.knobs.contactLimit == 7)
    }

    @Test func `lists and fields can be added with ids of their own`() {
        let fixture = Fixture()
        #expect(
            fixture.call("POST", "/sandbox/lists", json: ["name": "Autumn", "id": 40]).json
                == ["ids": [40]])
        #expect(
            fixture.call(
                "POST", "/sandbox/fields",
                json: ["fields": [["title": "Size", "type": "dropdown", "options": ["S"]]]]
            ).json == ["ids": [6]])
        #expect(fixture.call("POST", "/sandbox/lists", json: [:]).status == 400)
        #expect(fixture.call("GET", "/sandbox/nothing").status == 404)
    }
}
