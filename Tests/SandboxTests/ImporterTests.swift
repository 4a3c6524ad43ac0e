import Testing

@testable import Sandbox

struct ImporterTests {
    @Test func `an import is queued, then waits, is claimed, runs and completes`() {
        var fixture = Fixture { $0.processingRate = 1 }
        let answer = fixture.call(
            "POST", "/import/bulk_import",
            json: ["contacts": .array((0..<10).map { row("p\($0)@shop.test") })])
        #expect(answer.status == 200)
        #expect(answer.json["Success"] == 1)
        #expect(answer.json["queued_contacts"] == 10)
        let batch = answer.json["batchId"]?.text ?? ""

        #expect(fixture.info(batch)["status"] == false)
        fixture.now += 1.5
        #expect(fixture.info(batch)["status"] == "claimed")
        fixture.now += 4
        #expect(fixture.info(batch)["status"] == "active")
        #expect(fixture.account.contactCount == 0)
        fixture.now += 6
        #expect(fixture.info(batch)["status"] == "completed")
        #expect(fixture.info(batch)["success"]?.elements.count == 10)
        #expect(fixture.account.activeCount(onList: 1) == 10)
    }

    @Test func `a second batch waits while the first is worked off`() {
        var fixture = Fixture {
            $0.processingRate = 1
            $0.shuffle = false
        }
        _ = fixture.submit((0..<10).map { row("a\($0)@shop.test") })
        let second = fixture.submit((0..<10).map { row("b\($0)@shop.test") })
        fixture.now += 2
        #expect(fixture.info(second)["status"] == "waiting")
        fixture.now += 20
        #expect(fixture.info(second)["status"] == "completed")
    }

    @Test func `waiting batches are taken in another order than they came, the same for a seed`() {
        func order(seed: Int) -> [Int] {
            var fixture = Fixture {
                $0.seed = seed
                $0.limits = false
            }
            for index in 0..<20 { _ = fixture.submit([row("p\(index)@shop.test")]) }
            fixture.now += 1000
            fixture.account.advance(to: fixture.now)
            return (0..<20).compactMap { fixture.account.contact("p\($0)@shop.test")?.id }
        }
        #expect(order(seed: 3) != Array(1...20))
        #expect(order(seed: 3) == order(seed: 3))
        #expect(order(seed: 3) != order(seed: 4))
        #expect(order(seed: 3).sorted() == Array(1...20))
    }

    @Test func `a contact is written by address whatever its case, tags are added and kept`() {
        var fixture = Fixture()
        _ = fixture.carryOut([
            row(
                " Ines@Shop.Test ", ("first_name", "Ines"), ("lastName", "dropped"),
                ("tags", ["a"]),
                ("fields", [["id": 1, "value": "gold"], ["id": 99, "value": "x"]]))
        ])
        _ = fixture.carryOut([
            row("ines@shop.test", ("last_name", "Moreau"), ("tags", ["b"]))
        ])
        let contact = fixture.account.contact("INES@shop.test")
        #expect(contact?.firstName == "Ines")
        #expect(contact?.lastName == "Moreau")
        #expect(contact?.tags == ["a", "b"])
        #expect(contact?.fields == [1: "gold"])
        #expect(contact?.lists == [1: 1])
        #expect(fixture.account.violations[.camelCase] == 1)
        #expect(fixture.account.violations[.unknownField] == 1)
    }

    @Test func `one malformed contact rejects the whole batch and is named from 1`() {
        let fixture = Fixture()
        let answer = fixture.call(
            "POST", "/import/bulk_import",
            json: ["contacts": [row("a@shop.test"), ["first_name": "B"], row("c@shop")]])
        #expect(answer.status == 400)
        #expect(answer.json["success"] == 0)
        #expect(
            answer.json["failureReasons"] == [
                ["contact": 2, "failureReason": "Field 'email' not found"],
                ["contact": 3, "failureReason": "Field 'email' incorrect format"],
            ])
        #expect(fixture.account.importsSubmitted == 0)
    }

    @Test(arguments: [true, false])
    func `a poisoned address rejects the batch, named or not`(isNamed: Bool) {
        let fixture = Fixture {
            $0.poison = "+poison"
            $0.poisonNamed = isNamed
        }
        let answer = fixture.call(
            "POST", "/import/bulk_import",
            json: ["contacts": [row("a@shop.test"), row("b+poison@shop.test")]])
        #expect(answer.status == 400)
        let reason = answer.json["failureReasons"]?.elements.first
        #expect(reason?["contact"] == (isNamed ? 2 : nil))
        #expect(reason?.text == (isNamed ? nil : "Field 'email' incorrect format"))
    }

    @Test func `too many rows, too many bytes and bodies that are no JSON are refused`() {
        let fixture = Fixture()
        let rows = fixture.call(
            "POST", "/import/bulk_import",
            json: ["contacts": .array((0..<251).map { row("p\($0)@shop.test") })])
        #expect(rows.status == 400)
        let long = String(repeating: "x", count: 400_000)
        let bytes = fixture.call(
            "POST", "/import/bulk_import",
            json: ["contacts": [row("p@shop.test", ("first_name", .string(long)))]])
        #expect(bytes.status == 400)
        let text = fixture.account.answer(
            SandboxRequest(
                "POST", "/api/3/import/bulk_import", key: "sandbox-key", body: Array("{".utf8)),
            at: fixture.now)
        #expect(text.json["failureReasons"] == ["Invalid or unparsable json"])
        #expect(fixture.account.violations[.tooManyRows] == 1)
        #expect(fixture.account.violations[.tooManyBytes] == 1)
        #expect(fixture.account.violations[.malformedBody] == 1)
    }

    @Test func `imports a minute are limited, single ones apart, and the refusal is a 400`() {
        var fixture = Fixture { $0.requestsPerSecond = 0 }
        for index in 0..<100 {
            let rows = [row("a\(index)@shop.test"), row("b\(index)@shop.test")]
            #expect(
                fixture.call("POST", "/import/bulk_import", json: ["contacts": .array(rows)])
                    .status == 200)
        }
        let rows: JSONValue = ["contacts": [row("a@shop.test"), row("b@shop.test")]]
        let refusal = fixture.call("POST", "/import/bulk_import", json: rows)
        #expect(refusal.status == 400)
        #expect(refusal.json["message"] == "Rate limit exceeded.")
        #expect(refusal.json["failureReasons"]?.texts.first?.hasPrefix("Up to 100") == true)

        for index in 0..<20 { #expect(fixture.submit([row("s\(index)@shop.test")]) != "") }
        #expect(fixture.submit([row("s@shop.test")]) == "")

        fixture.now += 61
        #expect(fixture.call("POST", "/import/bulk_import", json: rows).status == 200)
        #expect(fixture.account.violations[.importRate] == 1)
        #expect(fixture.account.violations[.singleImportRate] == 1)
    }

    @Test func `excluded addresses lower the queued contacts and end in failure`() {
        var fixture = Fixture()
        _ = fixture.call(
            "POST", "/sandbox/exclusions",
            json: [
                "exclusions": ["no@shop.test", ["matchPhrase": "@spam.test", "matchType": "end"]]
            ])
        let answer = fixture.call(
            "POST", "/import/bulk_import",
            json: ["contacts": [row("no@shop.test"), row("x@spam.test"), row("yes@shop.test")]])
        #expect(answer.json["queued_contacts"] == 1)
        fixture.now += 10
        let info = fixture.info(answer.json["batchId"]?.text ?? "")
        #expect(info["failure"]?.texts == ["no@shop.test", "x@spam.test"])
        #expect(info["success"]?.elements.count == 1)
    }

    @Test func `bounced addresses fail`() {
        var fixture = Fixture()
        _ = fixture.call("POST", "/sandbox/bounces", json: ["emails": ["B@shop.test"]])
        #expect(
            fixture.carryOut([row("b@shop.test"), row("c@shop.test")])["failure"]?.texts
                == ["b@shop.test"])
    }

    struct OptOut: Sendable, CustomTestStringConvertible {
        let scope: Knobs.OptOutScope
        let effect: Knobs.OptOutEffect
        let byPerson: Bool
        let failure: Int
        let status: Int
        let firstName: String
        var testDescription: String { "\(scope), \(effect), by person: \(byPerson)" }
    }

    @Test(arguments: [
        OptOut(
            scope: .any, effect: .fail, byPerson: false, failure: 1, status: 2, firstName: ""),
        OptOut(scope: .any, effect: .fail, byPerson: true, failure: 1, status: 2, firstName: ""),
        OptOut(
            scope: .any, effect: .skip, byPerson: true, failure: 0, status: 2, firstName: "Ann"),
        OptOut(
            scope: .person, effect: .fail, byPerson: false, failure: 0, status: 1,
            firstName: "Ann"),
        OptOut(
            scope: .person, effect: .fail, byPerson: true, failure: 1, status: 2, firstName: ""),
    ])
    func `the importer does not put back who left`(_ given: OptOut) {
        var fixture = Fixture {
            $0.optOutScope = given.scope
            $0.optOutEffect = given.effect
        }
        if given.byPerson {
            _ = fixture.call(
                "POST", "/sandbox/unsubscribes", json: ["list": 1, "emails": ["ann@shop.test"]])
        } else {
            _ = fixture.carryOut([["email": "ann@shop.test", "unsubscribe": [["listid": "1"]]]])
        }
        let info = fixture.carryOut([row("ann@shop.test", ("first_name", "Ann"))])
        #expect(info["failure"]?.elements.count == given.failure)
        #expect(fixture.account.contact("ann@shop.test")?.lists == [1: given.status])
        #expect(fixture.account.contact("ann@shop.test")?.firstName == given.firstName)
    }

    @Test func `rows above the contact limit fail, contacts that are in already do not`() {
        var fixture = Fixture { $0.contactLimit = 2 }
        _ = fixture.carryOut([row("a@shop.test"), row("b@shop.test")])
        let info = fixture.carryOut([row("a@shop.test"), row("c@shop.test")])
        #expect(info["failure"]?.texts == ["c@shop.test"])
        #expect(info["success"]?.texts == ["1"])
    }

    @Test(arguments: [Knobs.DuplicateRows.last, .first])
    func `of two rows for one address one wins`(winner: Knobs.DuplicateRows) {
        var fixture = Fixture { $0.duplicateRows = winner }
        let info = fixture.carryOut([
            row("a@shop.test", ("first_name", "First")), row("a@shop.test", ("first_name", "Last")),
        ])
        #expect(info["success"]?.texts == ["1"])
        let name = fixture.account.contact("a@shop.test")?.firstName
        #expect(name == (winner == .last ? "Last" : "First"))
        #expect(fixture.account.violations[.duplicateInBatch] == 1)
    }

    @Test func `an address in two unfinished imports is noticed`() {
        var fixture = Fixture()
        _ = fixture.submit([row("a@shop.test"), row("b@shop.test")])
        _ = fixture.submit([row("b@shop.test"), row("c@shop.test")])
        #expect(fixture.account.violations[.addressInFlight] == 1)
        fixture.now += 60
        _ = fixture.submit([row("a@shop.test"), row("b@shop.test")])
        #expect(fixture.account.violations[.addressInFlight] == 1)
    }

    @Test func `failed batches write nothing, interrupted ones half`() {
        var failing = Fixture { $0.failedBatches = 1 }
        let failed = failing.carryOut([row("a@shop.test"), row("b@shop.test")])
        #expect(failed["status"] == "failed")
        #expect(failing.account.contactCount == 0)

        var interrupting = Fixture { $0.interruptedBatches = 1 }
        let interrupted = interrupting.carryOut([row("a@shop.test"), row("b@shop.test")])
        #expect(interrupted["status"] == "interrupted")
        #expect(interrupting.account.contactCount == 1)
    }

    @Test func `the status may come without its lists`() {
        var fixture = Fixture { $0.infoWithoutArrays = 1 }
        #expect(fixture.carryOut([row("a@shop.test")]) == ["status": "completed"])
    }

    @Test func `the status of no batch and of an unknown one`() {
        let fixture = Fixture()
        let missing = fixture.call("GET", "/import/info")
        #expect(missing.status == 400)
        #expect(missing.json["message"] == "'batchId' is a required field.")
        #expect(fixture.info("nobody") == ["status": false, "success": [], "failure": []])
        let strict = Fixture { $0.unknownBatch = .notFound }
        #expect(strict.call("GET", "/import/info", [("batchId", "nobody")]).status == 404)
    }

    @Test func `the summary counts batches and contacts by day, as text`() {
        var fixture = Fixture()
        _ = fixture.submit([row("a@shop.test"), row("b@shop.test")])
        let before = fixture.call("GET", "/import/bulk_import").json
        #expect(before["outstanding"]?.elements.first?["contacts"] == "2")
        fixture.now += 60
        let after = fixture.call("GET", "/import/bulk_import").json
        #expect(after["outstanding"] == [])
        #expect(after["recentlyCompleted"]?.elements.first?["batches"] == "1")
        #expect(after["recentlyCompleted"]?.elements.first?["forDate"] == "2026-02-01")
    }

    @Test func `a callback falls due once when its batch ends`() {
        var fixture = Fixture()
        _ = fixture.call(
            "POST", "/import/bulk_import",
            json: [
                "contacts": [row("a@shop.test"), row("b@shop.test")],
                "callback": [
                    "url": "http://127.0.0.1:9/done?x=1", "requestType": "GET",
                    "params": [["key": "run", "value": "4 2"]],
                    "headers": [["key": "X-Secret", "value": "s3"]],
                ],
            ])
        #expect(fixture.account.takeDueCallbacks().isEmpty)
        fixture.now += 60
        fixture.account.advance(to: fixture.now)
        let due = fixture.account.takeDueCallbacks()
        #expect(due.map(\.successCount) == [2])
        let request = due.first.flatMap(CallbackRequest.init)
        #expect(request?.text.hasPrefix("GET /done?x=1&run=4%202 HTTP/1.1\r\n") == true)
        #expect(request?.text.contains("X-Secret: s3\r\n") == true)
        #expect(fixture.account.takeDueCallbacks().isEmpty)
    }

    @Test func `a callback to another machine is never made`() {
        let due = DueCallback(
            callback: ImportCallback(url: "http://192.0.2.1/done"), batchID: "b", successCount: 0,
            failure: [])
        #expect(CallbackRequest(due) == nil)
    }
}
