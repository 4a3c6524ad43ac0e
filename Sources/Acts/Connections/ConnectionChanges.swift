package import Access
import Delivery
package import Exports
package import Store

/// The account of a connection that is to be stored: as somebody typed it, or as a check found it a moment ago in
/// this process.
package enum AccountInput: Codable, Sendable {
    /// Settings by their names.
    case typed([String: String])
    case checked(ConnectionChange.CheckedAccount)
}

/// How somebody who signed in proves once more who they are.
package enum OwnPassword: Codable, Sendable {
    /// As it travels to a service.
    case typed(String)
    /// They did so a moment ago in this process, or need not: whoever can open the data directory.
    case confirmed
}

/// Tries an account that is not stored, and whether its key may import.
package struct CheckAccount: Act {
    package static let needs = Permission.manageConnections
    /// The kind of destination; nil for the usual one.
    package let type: String?
    package let settings: [String: String]
    /// The connection whose account is to be another one: what is not given is as it has it.
    package let changing: Connection.ID?

    package init(type: String?, settings: [String: String], changing: Connection.ID? = nil) {
        self.type = type
        self.settings = settings
        self.changing = changing
    }

    package func perform(
        by asker: Asker, in acts: ActContext
    ) async throws -> ConnectionChange.CheckedAccount {
        let destination = try acts.destination(type)
        var findings: [Refusal.Finding] = []
        if let changing {
            let stored = try acts.usableConnection(.id(changing), by: asker)
            let input = try acts.input(.typed(settings), of: stored, destination, &findings)
            guard findings.isEmpty, case .settings(let settings)? = input else {
                throw Refusal(.invalid, findings: findings)
            }
            return try await acts.checked(settings)
        }
        return try await acts.checked(
            try destination.settings(in: settings, allowsLoopback: acts.accounts.allowsLoopback))
    }
}

/// Adds a connection: with consent, an account that answers and lets import, and the own password of whoever runs
/// will act for.
package struct AddConnection: RemoteAct {
    package static let needs = Permission.manageConnections
    package let name: String
    package let type: String?
    package let audience: Audience
    package let account: AccountInput
    package let agrees: Bool
    package let password: OwnPassword
    /// By member; what is not named is as the vendor has it.
    package let limits: QuotaLimits

    package init(
        name: String, type: String? = nil, audience: Audience, account: AccountInput,
        agrees: Bool, password: OwnPassword, limits: QuotaLimits = QuotaLimits()
    ) {
        self.name = name
        self.type = type
        self.audience = audience
        self.account = account
        self.agrees = agrees
        self.password = password
        self.limits = limits
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> ConnectionAnswer {
        let destination = try acts.destination(type)
        var findings = ActContext.nameFindings(name)
        if !agrees { findings.append(.init("agree", "consent")) }
        var settings: AccountSettings?
        if case .typed(let typed) = account {
            do {
                settings = try destination.settings(
                    in: typed, allowsLoopback: acts.accounts.allowsLoopback)
            } catch let refusal as Refusal {
                findings += refusal.findings
            }
        }
        guard findings.isEmpty else { throw Refusal(.invalid, findings: findings) }
        let pace = try destination.limits(acts.accounts.limits(destination), changedBy: limits)
        try acts.requireFree(name)
        try await acts.require(password, of: asker)
        let found: ConnectionChange.CheckedAccount
        switch (account, settings) {
        case (.checked(let known), _): found = known
        case (_, let settings?): found = try await acts.checked(settings)
        case (.typed, nil): throw Refusal(.invalid)
        }
        let connection = try acts.catalog.setup.add(
            NewConnection(
                name: name, destination: destination.id, host: found.host,
                settings: found.settings, sealedSecret: found.sealedSecret, pace: pace,
                facts: found.facts, audience: audience, consentBy: asker.actor,
                exportUser: asker.actor),
            by: asker.actor)
        return try acts.answer(connection, for: asker)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        guard case .typed(let settings) = account, case .typed(let password) = password else {
            throw Refusal(.invalid)
        }
        return APICall(
            "POST", "/api/v1/connections",
            body: ConnectionBody(
                name: name, type: type, audience: audience, settings: settings, agree: agrees,
                password: password))
    }
}

/// Changes a connection; what is nil stays. A secret opens at one host only: another host takes the secrets and the
/// consent anew.
package struct ChangeConnection: RemoteAct {
    package static let needs = Permission.manageConnections
    package let connection: Reference<ConnectionKind>
    package var name: String?
    package var audience: Audience?
    package var account: AccountInput?
    package var agrees: Bool?
    /// Makes whoever asks the one for whom runs act.
    package var password: OwnPassword?
    /// By member; what is not named stays.
    package var limits = QuotaLimits()

    package init(_ connection: Reference<ConnectionKind>) {
        self.connection = connection
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> ConnectionAnswer {
        let stored = try acts.usableConnection(connection, by: asker)
        let destination = try acts.destination(stored.destination)
        var change = ConnectionChange()
        change.name = name
        change.audience = audience
        var findings = name.map(ActContext.nameFindings) ?? []
        let input = try acts.input(account, of: stored, destination, &findings)
        if let host = input?.host, host != stored.host {
            if agrees != true { findings.append(.init("agree", "consent")) }
            change.renewsConsent = true
        }
        guard findings.isEmpty else { throw Refusal(.invalid, findings: findings) }
        let pace = try destination.limits(stored.pace, changedBy: limits)
        if let name, name != stored.name { try acts.requireFree(name) }
        if let password {
            try await acts.require(password, of: asker)
            change.exportUser = asker.actor
        }
        switch input {
        case .checked(let known)?: change.account = known
        case .settings(let settings)?: change.account = try await acts.checked(settings)
        case nil: break
        }
        if pace != stored.pace {
            try acts.catalog.setup.setPace(pace, ofConnection: stored.name, by: asker.actor)
        }
        let changed = try acts.catalog.setup.change(
            change, ofConnection: stored.id, by: asker.actor)
        if change.account != nil { acts.exports.forget(stored.id) }
        return try acts.answer(changed, for: asker)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        var body = ConnectionBody(name: name, audience: audience, agree: agrees)
        if case .typed(let settings)? = account { body.settings = settings }
        if case .typed(let text)? = password { body.password = text }
        if !limits.names.isEmpty { body.limits = limits }
        return APICall(
            "PATCH", "/api/v1/connections/\(try await things.id(ofConnection: connection))",
            body: body)
    }
}
