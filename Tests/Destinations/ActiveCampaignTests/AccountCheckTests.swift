import ActiveCampaign
import Exports
import Testing
import Transport

/// What a connection's check makes of the answers it gets.
struct AccountCheckTests {
    private static let user = HTTPResponse.json(
        #"{"user":{"username":"syncbot","email":"sync@acme.test","id":"4"}}"#)
    private static let account = HTTPResponse.json(
        #"{"account":"acme.activehosted.com","status":"active","subscriber_limit":1000,"subscriber_total":"812"}"#
    )

    @Test func `a check tells the user and how many contacts fit`() async throws {
        let bench = Bench(
            ScriptedTransport(routes: [
                "/api/3/users/me": [Self.user], "/api/3/settings/account": [Self.account],
            ]))
        let facts = try await bench.destination.check()
        #expect(facts == AccountFacts(user: "syncbot", contactsMax: 1_000, contacts: 812))
        #expect(facts.room == 188)
    }

    @Test(arguments: [403, 404])
    func `a key that may not read the account is good enough`(status: Int) async throws {
        let bench = Bench(
            ScriptedTransport(routes: [
                "/api/3/users/me": [Self.user], "/api/3/settings/account": [.status(status)],
            ]))
        let facts = try await bench.destination.check()
        #expect(facts == AccountFacts(user: "syncbot", contactsMax: nil, contacts: nil))
        #expect(facts.room == nil)
    }

    @Test func `403 twice means that the key is refused`() async throws {
        let bench = Bench(ScriptedTransport([.status(403)]))
        let error = try await complaint { _ = try await bench.destination.check() }
        #expect(error.code == .keyRefused)
        #expect(bench.transport.requests.count == 2)
    }

    @Test func `403 once is passing`() async throws {
        let bench = Bench(
            ScriptedTransport(routes: [
                "/api/3/users/me": [.status(403), Self.user],
                "/api/3/settings/account": [.status(403), Self.account],
            ]))
        let facts = try await bench.destination.check()
        #expect(facts == AccountFacts(user: "syncbot", contactsMax: 1_000, contacts: 812))
        #expect(bench.transport.requests.count == 4)
    }

    static let checkFailures = [
        Failure(name: "401", response: .status(401), code: .keyRefused, requests: 1),
        Failure(name: "402", response: .status(402), code: .accountInactive, requests: 1),
        Failure(name: "404", response: .status(404), code: .notThisProduct, requests: 1),
        Failure(name: "302", response: .status(302), code: .notThisProduct, requests: 1),
        Failure(name: "a page", response: .page, code: .notThisProduct, requests: 5),
        Failure(name: "other JSON", response: .json("{}"), code: .notThisProduct, requests: 5),
    ]

    @Test(arguments: checkFailures)
    func `a check says what is wrong with the account`(given: Failure) async throws {
        let bench = Bench(ScriptedTransport([given.response]))
        let error = try await complaint { _ = try await bench.destination.check() }
        #expect(error.code == given.code)
        #expect(bench.transport.requests.count == given.requests)
    }

    @Test(arguments: [TransportError.Code.hostNotFound, .addressForbidden, .tls])
    func `a host that cannot be reached is not asked again`(code: TransportError.Code) async throws
    {
        let bench = Bench(
            ScriptedTransport { _, _ in
                throw TransportError(code, "No way there.", mayHaveArrived: false)
            })
        let error = try await complaint { _ = try await bench.destination.check() }
        #expect(error.code == .unreachable)
        #expect(bench.transport.requests.count == 1)
    }

    static let causes: [(TransportError.Code, DestinationError.Cause)] = [
        (.hostNotFound, .hostNotFound), (.addressForbidden, .addressForbidden), (.tls, .tls),
        (.notConnected, .notConnected), (.timeout, .timeout), (.cut, .cut),
    ]

    @Test(arguments: causes)
    func `a check tells why no answer came`(
        code: TransportError.Code, cause: DestinationError.Cause
    ) async throws {
        let bench = Bench(
            ScriptedTransport { _, _ in
                throw TransportError(code, "No way there.", mayHaveArrived: false)
            })
        let error = try await complaint { _ = try await bench.destination.check() }
        #expect(error.cause == cause)
        #expect(error.code != .notThisProduct)
    }

    @Test func `an endless rate limit, and errors of the account's own, are told as such`()
        async throws
    {
        for (status, cause) in [
            (429, DestinationError.Cause.rateLimited), (500, .serverTrouble),
        ] {
            let bench = Bench(ScriptedTransport([.status(status)]))
            let error = try await complaint { _ = try await bench.destination.check() }
            #expect(error.code == .unavailable)
            #expect(error.cause == cause)
        }
    }

    @Test func `a key that may not see the importer has no right to import`() async throws {
        let refused = Bench(
            ScriptedTransport(routes: ["/api/3/import/bulk_import": [.status(403)]]))
        let error = try await complaint { try await refused.destination.checkImportRight() }
        #expect(error.cause == .noImportRight)
        for answer in [HTTPResponse.outstanding, .status(404), .status(500)] {
            let bench = Bench(ScriptedTransport(routes: ["/api/3/import/bulk_import": [answer]]))
            try await bench.destination.checkImportRight()
            #expect(bench.transport.requests.allSatisfy { $0.method == .get })
        }
    }
}
