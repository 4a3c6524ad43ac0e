import Access
import Acts
import Delivery
import Exports
import Hummingbird
import Store

/// Adding and changing connections: name, consent, a check that worked and the caller's own password, before
/// anything is stored.
extension ConnectionAPI {
    /// Scalars of a key and of a password.
    private static let secretLength = 1...500

    func add(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
        let name = name(in: &body, isRequired: true)
        let audience = body.choice("audience", of: Audience.allCases)
        let host = host(in: &body, isRequired: true)
        let key = body.text("apiKey", length: Self.secretLength)
        if let agrees = body.flag("agree", isRequired: true), !agrees { noteConsent(&body) }
        let password = body.text("password", length: Self.secretLength)
        try body.end()
        guard let name, let audience, let host, let key, let password else {
            throw WebProblem(.invalid)
        }
        try requireFree(name)
        try await confirm(password, of: caller)
        let account = try await checked(host, key)
        let connection = try services.catalog.setup.add(
            NewConnection(
                name: name, destination: services.accounts.destinations.usual.id,
                host: account.host, sealedSecret: account.sealedSecret,
                pace: services.accounts.limits(services.accounts.destinations.usual),
                facts: account.facts, audience: audience, consentBy: caller.actor,
                exportUser: caller.actor),
            by: caller.actor)
        return .created(
            try value(connection, for: caller), at: "/api/v1/connections/\(connection.id)")
    }

    /// A key opens at one host only: another host takes the key and the consent anew.
    func change(_ caller: Caller) async throws -> Response {
        let stored = try services.usableConnection(try caller.id(), by: caller)
        var body = try await APIBody.read(caller.request)
        var change = ConnectionChange()
        change.name = name(in: &body, isRequired: false)
        change.audience = body.choice("audience", of: Audience.allCases, isRequired: false)
        let host = host(in: &body, isRequired: false) ?? stored.host
        let key = body.text("apiKey", isRequired: false, length: Self.secretLength)
        let agrees = body.flag("agree")
        let password = body.text("password", isRequired: false, length: Self.secretLength)
        let pace = body.object("limits", isRequired: false) { limits in
            Self.pace(in: &limits, besides: stored.pace)
        }
        if host != stored.host {
            if key == nil { body.find("apiKey", "required", "Another host takes its key.") }
            if agrees != true { noteConsent(&body) }
            change.renewsConsent = true
        }
        try body.end()
        if let name = change.name, name != stored.name { try requireFree(name) }
        if let password {
            try await confirm(password, of: caller)
            change.exportUser = caller.actor
        }
        if let key { change.account = try await checked(host, key) }
        if let pace, pace != stored.pace {
            try services.catalog.setup.setPace(pace, ofConnection: stored.name, by: caller.actor)
        }
        let changed = try services.catalog.setup.change(
            change, ofConnection: stored.id, by: caller.actor)
        if change.account != nil { services.exports.forget(stored.id) }
        return .json(try value(changed, for: caller))
    }

    /// Limits of the account: null lifts one, what is not given stays.
    private static func pace(
        in body: inout APIBody, besides stored: QuotaLimits
    ) -> QuotaLimits? {
        func limit(_ name: String, _ now: Int?) -> Int? {
            if body.isNull(name) { return nil }
            return body.integer(name, isRequired: false, in: 1...10_000_000).map { Int($0) } ?? now
        }
        return QuotaLimits([
            ("requests", limit("requestsPerSecond", stored["requests"])),
            ("imports", limit("importsPerMinute", stored["imports"])),
            ("single-imports", limit("singleImportsPerMinute", stored["single-imports"])),
        ])
    }

    private func noteConsent(_ body: inout APIBody) {
        body.find(
            "agree", "consent", "Data leaves the system: it takes true, for those who agree.")
    }

    private func name(in body: inout APIBody, isRequired: Bool) -> String? {
        guard let name = body.text("name", isRequired: isRequired) else { return nil }
        do {
            try SetupCatalog.checkConnectionName(name)
            return name
        } catch {
            body.find("name", "name", error.description)
            return nil
        }
    }

    private func host(in body: inout APIBody, isRequired: Bool) -> String? {
        guard let text = body.text("host", isRequired: isRequired, length: 1...300) else {
            return nil
        }
        do {
            return try services.accounts.destinations.usual.host.clean(
                text, allowsLoopback: services.accounts.allowsLoopback)
        } catch {
            body.find("host", ConnectionTrouble.hostInvalid.rawValue, "It takes a host name.")
            return nil
        }
    }

    private func requireFree(_ name: String) throws {
        guard try !services.catalog.setup.connections().contains(where: { $0.name == name }) else {
            throw WebProblem(.nameTaken, "There is already a connection '\(name)'.")
        }
    }

    private func confirm(_ password: String, of caller: Caller) async throws {
        switch try await signInDesk.confirm(
            password: password, of: caller.user, visitor: caller.visitor)
        {
        case .confirmed: return
        case .refused:
            throw WebProblem(
                .invalid, "The password is not yours.",
                findings: [
                    .init(field: "password", code: "password", detail: "It is not yours.")
                ])
        case .wait(let seconds):
            var problem = WebProblem(.tooManyRequests, "There were too many wrong passwords.")
            problem.retryAfterSeconds = seconds
            throw problem
        }
    }

    /// The account, when it answers and the key may import.
    private func checked(
        _ host: String, _ key: String
    ) async throws -> ConnectionChange.CheckedAccount {
        let usual = services.accounts.destinations.usual
        let settings = AccountSettings(
            destination: usual.id, host: host, secrets: [usual.secrets[0].name: key])
        switch await desk.check(settings) {
        case .works(let facts):
            return ConnectionChange.CheckedAccount(
                host: host, sealedSecret: try services.accounts.seal(settings), facts: facts)
        case .fails(let trouble, let detail):
            throw WebProblem(
                trouble.isOfHost || trouble.isOfKey ? .invalid : .unreachable, detail,
                findings: [
                    .init(
                        field: trouble.isOfKey ? "apiKey" : "host", code: trouble.rawValue,
                        detail: detail)
                ])
        }
    }
}
