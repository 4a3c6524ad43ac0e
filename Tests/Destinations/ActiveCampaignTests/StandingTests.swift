import ActiveCampaign
import Exports
import Profiles
import Testing
import Transport

/// How people are read back, and who may be put back on a list.
struct StandingTests {
    private static let key = "ines+news@shop.test"

    private static func contacts(
        _ email: String = key, bouncedHard: String = #""0""#
    ) -> HTTPResponse {
        .json(
            #"{"contacts":[{"email":"other@shop.test","id":"1"},{"email":"\#(email)","bounced_hard":\#(bouncedHard),"id":"90211"}],"meta":{"total":"2"}}"#
        )
    }

    private static func memberships(_ rest: String, list: String = #""12""#) -> HTTPResponse {
        .json(
            #"{"contactLists":[{"list":"99","status":"1"},{"list":\#(list),\#(rest)}]}"#)
    }

    private static let noExclusions = HTTPResponse.json(
        #"{"exclusions":[],"meta":{"total":0}}"#)

    private func bench(
        contacts: HTTPResponse, memberships: HTTPResponse, exclusions: HTTPResponse = noExclusions
    ) -> Bench {
        Bench(
            ScriptedTransport(routes: [
                "/api/3/contacts": [contacts],
                "/api/3/contacts/90211/contactLists": [memberships],
                "/api/3/lists/exclusions": [exclusions],
                "/api/3/contactLists": [.json(#"{"contactList":{"id":"628"}}"#)],
            ]))
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var contacts = StandingTests.contacts()
        var memberships = StandingTests.memberships(#""status":"1""#)
        var exclusions = StandingTests.noExclusions
        let standing: Standing

        var testDescription: String { name }
    }

    private static func exclusion(_ phrase: String, _ type: String) -> HTTPResponse {
        .json(
            #"{"exclusions":[{"matchPhrase":"nobody@x.test","matchType":"exact"},{"matchPhrase":"\#(phrase)","matchType":"\#(type)","lists":[]}]}"#
        )
    }

    static let cases = [
        Case(name: "active", standing: .active),
        Case(
            name: "active, told in numbers",
            memberships: memberships(#""status":1"#, list: "12"), standing: .active),
        Case(
            name: "the address in capitals", contacts: contacts("Ines+News@Shop.Test"),
            standing: .active),
        Case(
            name: "unsubscribed", memberships: memberships(#""status":"2""#),
            standing: .unsubscribed),
        Case(name: "bounced", memberships: memberships(#""status":"3""#), standing: .bounced),
        Case(
            name: "active, but bounced for good", contacts: contacts(bouncedHard: #""1""#),
            standing: .bounced),
        Case(
            name: "unsubscribed and bounced for good", contacts: contacts(bouncedHard: "1"),
            memberships: memberships(#""status":"2""#), standing: .unsubscribed),
        Case(
            name: "on other lists only", memberships: memberships(#""status":1"#, list: #""13""#),
            standing: .notOnList),
        Case(
            name: "on no list", memberships: .json(#"{"contactLists":[]}"#), standing: .notOnList),
        Case(
            name: "unconfirmed", memberships: memberships(#""status":"0""#),
            standing: .notOnList),
        Case(
            name: "on no list, and bounced for good", contacts: contacts(bouncedHard: #""1""#),
            memberships: .json(#"{"contactLists":[]}"#), standing: .bounced),
        Case(name: "unknown", contacts: .json(#"{"contacts":[]}"#), standing: .unknown),
        Case(
            name: "another person found instead", contacts: contacts("ines@shop.test"),
            standing: .unknown),
        Case(
            name: "excluded by address", exclusions: exclusion("INES+news@shop.test", "exact"),
            standing: .excluded),
        Case(
            name: "excluded by domain", exclusions: exclusion("@shop.test", "end"),
            standing: .excluded),
        Case(
            name: "excluded by beginning", exclusions: exclusion("ines+", "begin"),
            standing: .excluded),
        Case(
            name: "an exclusion of others", exclusions: exclusion("@shop.test", "begin"),
            standing: .active),
        Case(name: "an exclusion of nothing", exclusions: exclusion("", "end"), standing: .active),
    ]

    @Test(arguments: cases)
    func `a person is read back as the account holds them`(given: Case) async throws {
        let bench = bench(
            contacts: given.contacts, memberships: given.memberships, exclusions: given.exclusions)
        let standings = try await bench.destination.standing(of: [Self.key], list: "12")
        #expect(standings == [Self.key: given.standing])
    }

    @Test func `exclusions are read once for many people, and addresses are escaped`() async throws
    {
        let bench = bench(contacts: .json(#"{"contacts":[]}"#), memberships: .status(404))
        let standings = try await bench.destination.standing(
            of: [Self.key, "jos\u{E9}&x@b.no"], list: "12")
        #expect(standings == [Self.key: .unknown, "jos\u{E9}&x@b.no": .unknown])
        #expect(
            bench.paths == [
                "/api/3/lists/exclusions?limit=100",
                "/api/3/contacts?email=ines%2Bnews%40shop.test",
                "/api/3/contacts?email=jos%C3%A9%26x%40b.no",
            ])
    }

    /// 2026-03-02T15:00:00Z.
    static let removedAt = Timestamp(milliseconds: 1_772_463_600_000)

    @Test func `nobody to look up needs no contact`() async throws {
        let bench = bench(contacts: .status(404), memberships: .status(404))
        #expect(try await bench.destination.standing(of: [], list: "12").isEmpty)
    }

    struct Return: CustomTestStringConvertible, Sendable {
        let name: String
        var contacts = StandingTests.contacts()
        let membership: HTTPResponse

        init(_ name: String, contacts: HTTPResponse = StandingTests.contacts(), _ rest: String) {
            self.name = name
            self.contacts = contacts
            membership = StandingTests.memberships(rest)
        }

        var testDescription: String { name }
    }

    static let returning = [
        Return("nothing said", #""status":"2""#),
        Return(
            "everything blank",
            #""status":"2","unsubreason":"","campaign":null,"message":null,"ip4Unsub":"0","unsubscribeAutomation":null"#
        ),
        Return(
            "blank as zeros",
            #""status":2,"unsubreason":null,"campaign":"0","message":"0","ip4Unsub":"0.0.0.0","unsubscribeAutomation":"0""#
        ),
        Return("zeros as numbers", #""status":2,"campaign":0,"ip4Unsub":0"#),
        Return(
            "changed when Ferry removed them",
            #""status":"2","udate":"2026-03-02T08:59:50-06:00""#),
        Return("changed at a time nobody can read", #""status":"2","udate":"0000-00-00""#),
    ]

    @Test(arguments: returning)
    func `somebody whom an import removed is put back`(given: Return) async throws {
        let bench = bench(contacts: given.contacts, memberships: given.membership)
        #expect(
            try await bench.destination.resubscribe(
                Self.key, list: "12", removedAt: Self.removedAt))
        let request = try #require(bench.transport.requests.last)
        #expect(request.method == .post)
        #expect(request.path == "/api/3/contactLists")
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == #"{"contactList":{"list":12,"contact":90211,"status":1,"sourceid":4}}"#)
    }

    static let staying = [
        Return("a reason was given", #""status":"2","unsubreason":"too many mails""#),
        Return("the link of a campaign was used", #""status":"2","campaign":"55""#),
        Return("a campaign as a number", #""status":"2","campaign":55"#),
        Return("it was done from an address", #""status":"2","ip4Unsub":"3232235777""#),
        Return("from an address with dots", #""status":"2","ip4Unsub":"198.51.100.7""#),
        Return("the link of a message was used", #""status":"2","message":"71""#),
        Return(
            "an automation of the account removed them",
            #""status":"2","unsubscribeAutomation":"8""#),
        Return(
            "unsubscribed again after Ferry removed them",
            #""status":"2","udate":"2026-03-02T11:00:00-06:00""#),
        Return(
            "had unsubscribed long before Ferry removed them",
            #""status":"2","udate":"2026-02-20T09:00:00-06:00""#),
        Return("is active", #""status":"1""#),
        Return("has bounced", #""status":"3""#),
        Return("has not confirmed", #""status":"0""#),
        Return("no status is told", #""campaign":null"#),
        Return("is not known", contacts: .json(#"{"contacts":[]}"#), #""status":"2""#),
        Return(
            "somebody else was found", contacts: contacts("ines@shop.test"), #""status":"2""#),
    ]

    @Test(arguments: staying)
    func `anybody else is left alone`(given: Return) async throws {
        let bench = bench(contacts: given.contacts, memberships: given.membership)
        #expect(
            try await bench.destination.resubscribe(
                Self.key, list: "12", removedAt: Self.removedAt) == false)
        #expect(bench.transport.requests.allSatisfy { $0.method == .get })
    }

    @Test func `somebody unsubscribed from another list only is left alone`() async throws {
        let bench = bench(
            contacts: Self.contacts(),
            memberships: Self.memberships(#""status":"2""#, list: #""13""#))
        #expect(
            try await bench.destination.resubscribe(
                Self.key, list: "12", removedAt: Self.removedAt) == false)
        #expect(bench.transport.requests.allSatisfy { $0.method == .get })
    }
}
