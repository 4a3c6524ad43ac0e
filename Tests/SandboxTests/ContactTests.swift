import Testing

@testable import Sandbox

struct ContactTests {
    @Test func `contact sync creates with 201, updates with 200 and keeps absent keys`() {
        let fixture = Fixture()
        let created = fixture.call(
            "POST", "/contact/sync",
            json: [
                "contact": [
                    "email": "Ines@shop.test", "firstName": "Ines",
                    "fieldValues": [
                        ["field": "1", "value": "gold"], ["field": "99", "value": "x"],
                    ],
                ]
            ])
        #expect(created.status == 201)
        #expect(created.json["contact"]?["id"] == "1")
        #expect(created.json["fieldValues"]?.elements.count == 1)
        #expect(
            created.json["contact"]?["links"]?["contactLists"]
                == "http://127.0.0.1:8300/api/3/contacts/1/contactLists")
        let updated = fixture.call(
            "POST", "/contact/sync", json: ["contact": ["email": "ines@shop.test", "phone": "1"]])
        #expect(updated.status == 200)
        #expect(updated.json["contact"]?["firstName"] == "Ines")
    }

    @Test func `contact sync refuses a missing and a malformed address`() {
        let fixture = Fixture()
        #expect(fixture.call("POST", "/contact/sync", json: ["contact": [:]]).status == 400)
        let malformed = fixture.call(
            "POST", "/contact/sync", json: ["contact": ["email": "nobody"]])
        #expect(malformed.status == 422)
        #expect(malformed.json["errors"]?.elements.first?["code"] == "email_invalid")
    }

    @Test func `lists and tags inside contact sync count only when the knob is on`() {
        let contact: JSONValue = [
            "contact": ["email": "a@shop.test", "tags": ["vip"], "lists": [["list": 2]]]
        ]
        let off = Fixture()
        _ = off.call("POST", "/contact/sync", json: contact)
        #expect(off.account.contact("a@shop.test")?.lists == [:])
        let on = Fixture { $0.inlineListsAndTags = true }
        _ = on.call("POST", "/contact/sync", json: contact)
        #expect(on.account.contact("a@shop.test")?.lists == [2: 1])
        #expect(on.account.contact("a@shop.test")?.tags == ["vip"])
    }

    struct OverLimit: Sendable {
        let knob: Knobs.OverLimit
        let status: Int
    }

    @Test(arguments: [
        OverLimit(knob: .accept, status: 201), OverLimit(knob: .forbidden, status: 403),
        OverLimit(knob: .unprocessable, status: 422),
    ])
    func `contact sync above the limit does what the knob says`(_ given: OverLimit) {
        let fixture = Fixture {
            $0.contactLimit = 0
            $0.overLimit = given.knob
        }
        let answer = fixture.call(
            "POST", "/contact/sync", json: ["contact": ["email": "a@shop.test"]])
        #expect(answer.status == given.status)
    }

    @Test func `an address belongs to one contact`() {
        let fixture = Fixture()
        let body: JSONValue = ["contact": ["email": "a@shop.test"]]
        #expect(fixture.call("POST", "/contacts", json: body).status == 201)
        let again = fixture.call("POST", "/contacts", json: body)
        #expect(again.status == 422)
        #expect(again.json["errors"]?.elements.first?["code"] == "duplicate")
        _ = fixture.call("POST", "/contacts", json: ["contact": ["email": "b@shop.test"]])
        #expect(fixture.call("PUT", "/contacts/2", json: body).status == 422)
    }

    @Test func `a deleted contact is gone with its memberships`() {
        var fixture = Fixture()
        _ = fixture.carryOut([row("a@shop.test"), row("b@shop.test")])
        #expect(fixture.call("DELETE", "/contacts/1").status == 200)
        let gone = fixture.call("GET", "/contacts/1")
        #expect(gone.status == 404)
        #expect(gone.json["message"] == "No Result found for Subscriber with id 1")
        #expect(fixture.account.activeCount(onList: 1) == 1)
        #expect(fixture.account.contactCount == 1)
    }

    @Test func `contacts are paged by id and filtered by list and status`() {
        var fixture = Fixture { $0.limits = false }
        for start in stride(from: 0, to: 250, by: 125) {
            _ = fixture.carryOut((start..<(start + 125)).map { row("p\($0)@shop.test") })
        }
        _ = fixture.call(
            "POST", "/contactLists",
            json: ["contactList": ["list": 1, "contact": 7, "status": 2]])
        var ids: [Int] = []
        var totals: [String] = []
        for _ in 0..<4 {
            let page = fixture.call(
                "GET", "/contacts",
                [
                    ("listid", "1"), ("status", "1"), ("limit", "500"), ("orders[id]", "ASC"),
                    ("id_greater", String(ids.last ?? 0)),
                ])
            ids += page.json["contacts"]?.elements.compactMap { $0["id"]?.wholeNumber } ?? []
            totals.append(page.json["meta"]?["total"]?.text ?? "")
        }
        #expect(ids == (1...250).filter { $0 != 7 })
        #expect(totals == ["249", "149", "49", "0"])
    }

    struct Search: Sendable, CustomTestStringConvertible {
        let name: String
        let value: String
        let ids: [Int]
        var testDescription: String { "\(name)=\(value)" }
    }

    @Test(arguments: [
        Search(name: "email", value: "ZOE@shop.test", ids: [2]),
        Search(name: "email_like", value: "@shop", ids: [1, 2]),
        Search(name: "search", value: "kovács", ids: [2]),
        Search(name: "search", value: "INES", ids: [1]),
        Search(name: "phone", value: "+49", ids: [3]),
        Search(name: "ids[]", value: "3", ids: [3]),
        Search(name: "id_less", value: "3", ids: [1, 2]),
        Search(name: "tagid", value: "1", ids: [1]),
        Search(name: "search", value: "nobody", ids: []),
    ])
    func `contacts are found`(_ search: Search) {
        var fixture = Fixture { $0.limits = false }
        _ = fixture.carryOut([
            row("ines@shop.test", ("first_name", "Ines"), ("tags", ["vip"])),
            row("zoe@shop.test", ("last_name", "KOVÁCS")), row("c@else.test", ("phone", "+4930")),
        ])
        let answer = fixture.call("GET", "/contacts", [(search.name, search.value)]).json
        #expect(answer["contacts"]?.elements.compactMap { $0["id"]?.wholeNumber } == search.ids)
        #expect(answer["meta"]?["total"] == .string(String(search.ids.count)))
    }

    @Test func `the contact endpoint puts back even a person who left, and that is noticed`() {
        let fixture = Fixture()
        _ = fixture.call(
            "POST", "/sandbox/unsubscribes", json: ["list": 1, "emails": ["a@shop.test"]])
        let lists = fixture.call("GET", "/contacts/1/contactLists").json["contactLists"]
        #expect(lists?.elements.first?["status"] == "2")
        #expect(lists?.elements.first?["unsubreason"]?.text?.isEmpty == false)
        let back = fixture.call(
            "POST", "/contactLists",
            json: ["contactList": ["list": 1, "contact": "1", "status": 1, "sourceid": 4]])
        #expect(back.status == 200)
        #expect(back.json["contactList"]?["status"] == 1)
        #expect(back.json["contactList"]?["contact"] == "1")
        #expect(fixture.account.violations[.optOutUndone] == 1)
        #expect(fixture.account.contact("a@shop.test")?.lists == [1: 1])
    }

    @Test func `an unknown list status is no valid choice`() {
        var fixture = Fixture()
        _ = fixture.carryOut([row("a@shop.test")])
        let answer = fixture.call(
            "POST", "/contactLists", json: ["contactList": ["list": 1, "contact": 1, "status": 7]])
        #expect(answer.status == 422)
    }

    @Test func `a tag goes on once and comes off by the id of its association`() {
        var fixture = Fixture { $0.limits = false }
        _ = fixture.carryOut([row("a@shop.test")])
        let tag: JSONValue = ["tag": ["tag": "vip", "tagType": "contact"]]
        #expect(fixture.call("POST", "/tags", json: tag).status == 201)
        #expect(fixture.call("POST", "/tags", json: tag).status == 200)
        let link: JSONValue = ["contactTag": ["contact": "1", "tag": "1"]]
        let first = fixture.call("POST", "/contactTags", json: link).json["contactTag"]?["id"]
        let second = fixture.call("POST", "/contactTags", json: link).json["contactTag"]?["id"]
        #expect(first == second)
        #expect(fixture.call("GET", "/tags/1").json["tag"]?["subscriber_count"] == "1")
        #expect(fixture.call("DELETE", "/contactTags/1").status == 200)
        #expect(fixture.call("DELETE", "/contactTags/1").status == 404)
        #expect(fixture.account.contact("a@shop.test")?.tags == [])
    }

    @Test func `custom field values are written by id, upserted, and empty ones too`() {
        var fixture = Fixture()
        _ = fixture.carryOut([row("a@shop.test", ("fields", [["id": "1", "value": "gold"]]))])
        let empty = fixture.call(
            "POST", "/fieldValues",
            json: ["fieldValue": ["contact": 1, "field": 1, "value": ""]])
        #expect(empty.status == 200)
        #expect(fixture.account.contact("a@shop.test")?.fields == [1: ""])
        let byName = fixture.call(
            "POST", "/fieldValues",
            json: ["fieldValue": ["contact": 1, "field": "LOYALTY_LEVEL", "value": "x"]])
        #expect(byName.status == 422)
    }
}
