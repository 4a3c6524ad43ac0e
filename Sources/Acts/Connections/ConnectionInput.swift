import Access
package import Delivery
import Exports
import Profiles
import Store

/// A connection as the API takes it.
struct ConnectionBody: Encodable, Sendable {
    var name: String?
    var type: String?
    var audience: Audience?
    var settings: [String: String]?
    var agree: Bool?
    var password: String?
    var limits: QuotaLimits?

    private enum CodingKeys: String, CodingKey {
        case name, type, audience, host, apiKey, settings, agree, password, limits
    }

    /// Two settings are members of their own, the others stand together.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(name, forKey: .name)
        try container.encodeIfPresent(type, forKey: .type)
        try container.encodeIfPresent(audience, forKey: .audience)
        var others = settings ?? [:]
        try container.encodeIfPresent(others.removeValue(forKey: "host"), forKey: .host)
        try container.encodeIfPresent(others.removeValue(forKey: "apiKey"), forKey: .apiKey)
        if !others.isEmpty { try container.encode(others, forKey: .settings) }
        try container.encodeIfPresent(agree, forKey: .agree)
        try container.encodeIfPresent(password, forKey: .password)
        try container.encodeIfPresent(limits, forKey: .limits)
    }
}

/// The account that a changed connection is to have.
enum ChangedAccount {
    case settings(AccountSettings)
    case checked(ConnectionChange.CheckedAccount)

    var host: String {
        switch self {
        case .settings(let settings): settings.host
        case .checked(let account): account.host
        }
    }
}

extension DestinationDescriptor {
    /// Settings from what somebody typed. Throws `Refusal` with a finding for each that is missing, not this
    /// kind's, or does not have its form.
    func settings(
        in typed: [String: String], allowsLoopback: Bool
    ) throws -> AccountSettings {
        var findings = typed.keys.sorted().filter { name in
            !settings.contains { $0.name == name }
        }.map { Refusal.Finding($0, "no-setting") }
        do throws(SettingFindings) {
            let settings = try settings(from: typed, allowsLoopback: allowsLoopback)
            if findings.isEmpty { return settings }
        } catch {
            findings += error.list.map { name, error in
                Refusal.Finding(name, code(of: error, for: name))
            }
        }
        throw Refusal(.invalid, findings: findings)
    }

    private func code(of error: DestinationError?, for name: String) -> String {
        guard error != nil else { return "required" }
        return name == host.name ? ConnectionTrouble.hostInvalid.rawValue : "setting"
    }
}

extension ActContext {
    /// What a kind says of itself; the usual one when none is named. Throws `Refusal` for one that is not known.
    func destination(_ type: String?) throws -> DestinationDescriptor {
        guard let type else { return accounts.destinations.usual }
        if let known = accounts.destinations.descriptor(of: type) { return known }
        throw Refusal(.invalid, findings: [.init("type", "no-destination")])
    }

    /// Opens an account that is not stored, as typed. Throws `Refusal` for settings that do not fit.
    package func open(type: String?, _ typed: [String: String]) async throws -> Account {
        try await accounts.openNew(
            try destination(type).settings(
                in: typed, allowsLoopback: accounts.allowsLoopback))
    }

    static func nameFindings(_ name: String) -> [Refusal.Finding] {
        do throws(StoreError) {
            try SetupCatalog.checkConnectionName(name)
            return []
        } catch {
            return [.init("name", "name")]
        }
    }

    func requireFree(_ name: String) throws {
        guard try !catalog.setup.connections().contains(where: { $0.name == name }) else {
            throw Refusal(.nameTaken, ["noun": .word("connection"), "name": .text(name)])
        }
    }

    /// Throws `Refusal` for a password that is not the asker's own, and when there were too many such.
    func require(_ password: OwnPassword, of asker: Asker) async throws {
        guard case .typed(let text) = password else { return }
        do {
            try await confirm(password: text, of: asker)
        } catch let refusal as Refusal where refusal.code == .wrongPassword {
            throw Refusal(.wrongPassword, findings: [.init("password", "password")])
        }
    }

    /// The account, when it answers and lets import. Throws `Refusal` with the trouble.
    func checked(
        _ settings: AccountSettings
    ) async throws -> ConnectionChange.CheckedAccount {
        switch await connectionDesk.check(settings) {
        case .works(let facts):
            return ConnectionChange.CheckedAccount(
                host: settings.host, settings: settings.values,
                sealedSecret: try accounts.seal(settings), facts: facts)
        case .fails(let trouble, let told):
            let destination = try destination(settings.destination)
            let field = trouble.isOfKey ? destination.secrets[0].name : destination.host.name
            throw Refusal(
                trouble.isOfHost || trouble.isOfKey ? .invalid : .unreachable,
                told.facts, cause: told.refusalCode,
                findings: [.init(field, trouble.rawValue, told: told)])
        }
    }

    /// What a connection's account is to become; nil when it stays. What is not typed is as it was, but for the
    /// secrets of another host.
    func input(
        _ input: AccountInput?, of stored: Connection, _ destination: DestinationDescriptor,
        _ findings: inout [Refusal.Finding]
    ) throws -> ChangedAccount? {
        switch input {
        case nil: return nil
        case .checked(let known)?: return .checked(known)
        case .typed(let typed)?:
            var all = stored.settings
            all[destination.host.name] = stored.host
            all.merge(typed) { _, new in new }
            let host = try? destination.host.clean(
                all[destination.host.name] ?? "", allowsLoopback: accounts.allowsLoopback)
            let stays = host == stored.host
            if stays, typed.keys.allSatisfy({ $0 == destination.host.name }) { return nil }
            for secret in destination.secrets where all[secret.name] == nil {
                if stays {
                    all[secret.name] = try accounts.settings(stored).secrets[secret.name]
                } else {
                    findings.append(.init(secret.name, "key-for-host"))
                    // It stands for what is missing, so that the others are looked at too.
                    all[secret.name] = "-"
                }
            }
            do {
                return .settings(
                    try destination.settings(in: all, allowsLoopback: accounts.allowsLoopback))
            } catch let refusal as Refusal {
                findings += refusal.findings
                return nil
            }
        }
    }
}

extension Refusal {
    /// What the check of an account found, where that is why it was refused.
    package var trouble: ConnectionTrouble? {
        guard cause != nil else { return nil }
        return findings.lazy.compactMap { ConnectionTrouble(rawValue: $0.code) }.first
    }
}
