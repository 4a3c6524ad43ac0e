import Profiles

/// One thing that must be known to reach an account.
package struct DestinationSetting: Sendable {
    /// What is asked for.
    package enum Kind: String, Sendable {
        /// The host name of the account; one connection leads to one host.
        case host
        case text
        /// Sealed when it arrives, and never shown again.
        case secret
    }

    /// As the API and declarations name it: `host`, `apiKey`.
    package let name: String
    package let kind: Kind
    /// Keys of phrases.
    package let label: String
    package let hint: String
    /// What is said when it is missing, and when it cannot be right.
    package let missing: String
    package let rule: String
    /// Where people find it at the vendor's; nil when nothing says.
    package let help: Help?
    /// An example of its form.
    package let placeholder: String?
    package let lengthMax: Int
    /// The stored form of what somebody typed or pasted. Throws when it cannot be one, without repeating a
    /// secret.
    private let cleaned:
        @Sendable (_ text: String, _ allowsLoopback: Bool) throws(DestinationError) -> String

    /// A page of the vendor's.
    package struct Help: Equatable, Sendable {
        package let url: String
        /// The key of the phrase that leads there.
        package let label: String

        package init(url: String, label: String) {
            self.url = url
            self.label = label
        }
    }

    package init(
        name: String, kind: Kind, label: String, hint: String, missing: String, rule: String,
        help: Help? = nil, placeholder: String? = nil, lengthMax: Int,
        cleaned:
            @escaping @Sendable (_ text: String, _ allowsLoopback: Bool) throws(DestinationError) ->
            String
    ) {
        self.name = name
        self.kind = kind
        self.label = label
        self.hint = hint
        self.missing = missing
        self.rule = rule
        self.help = help
        self.placeholder = placeholder
        self.lengthMax = lengthMax
        self.cleaned = cleaned
    }

    /// The stored form of what somebody typed or pasted. Throws `DestinationError` when it cannot be one.
    package func clean(_ text: String, allowsLoopback: Bool) throws(DestinationError) -> String {
        let clean = try cleaned(text, allowsLoopback)
        guard !clean.isEmpty, clean.utf8.count <= lengthMax else {
            throw DestinationError(
                .settingInvalid, what: "named", ["setting": .text(name)])
        }
        return clean
    }

    /// A secret as it travels in a header: printable ASCII without blanks. What surrounds it is taken off. Throws
    /// `DestinationError` for anything else.
    package static func cleanedKey(_ text: String) throws(DestinationError) -> String {
        var key = Substring(text)
        while let first = key.first, first.isWhitespace { key.removeFirst() }
        while let last = key.last, last.isWhitespace { key.removeLast() }
        guard !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw DestinationError(.settingInvalid, what: "secret")
        }
        return String(key)
    }
}

/// What is needed to reach one account: the settings of its kind, in their stored form.
package struct AccountSettings: Equatable, Sendable {
    /// The kind of destination.
    package let destination: String
    package let host: String
    /// Other settings that are no secrets, by name.
    package let values: [String: String]
    /// By name. They stand here between the form and the seal, and while an account is open.
    package let secrets: [String: String]

    package init(
        destination: String, host: String, values: [String: String] = [:],
        secrets: [String: String]
    ) {
        self.destination = destination
        self.host = host
        self.values = values
        self.secrets = secrets
    }

    /// The secrets in the form that is sealed: a single one as it is, several as one JSON object.
    package var sealable: String {
        if secrets.count == 1, let only = secrets.values.first { return only }
        return JSONText.object(secrets)
    }
}

extension AccountSettings: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(destination) at \(host)" }
    /// A dump shows no secret either.
    package var customMirror: Mirror { Mirror(self, children: ["host": host]) }
}

extension DestinationDescriptor {
    /// Settings from what somebody typed, by name. Throws `SettingFindings`, which name every setting that is
    /// missing or does not have its form.
    package func settings(
        from typed: [String: String], allowsLoopback: Bool
    ) throws(SettingFindings) -> AccountSettings {
        var findings = SettingFindings()
        var values: [String: String] = [:]
        var secrets: [String: String] = [:]
        var host = ""
        for setting in settings {
            guard let text = typed[setting.name], !text.isEmpty else {
                findings.list.append((setting.name, nil))
                continue
            }
            do throws(DestinationError) {
                let clean = try setting.clean(text, allowsLoopback: allowsLoopback)
                switch setting.kind {
                case .host: host = clean
                case .text: values[setting.name] = clean
                case .secret: secrets[setting.name] = clean
                }
            } catch {
                findings.list.append((setting.name, error))
            }
        }
        guard findings.list.isEmpty else { throw findings }
        return AccountSettings(destination: id, host: host, values: values, secrets: secrets)
    }

    /// The secrets that `AccountSettings.sealable` holds. Throws `DestinationError` when it is not this kind's.
    package func secrets(from sealable: String) throws(DestinationError) -> [String: String] {
        if secrets.count == 1 { return [secrets[0].name: sealable] }
        guard let found = JSONText.texts(sealable), Set(found.keys) == Set(secrets.map(\.name))
        else {
            throw DestinationError(.settingInvalid, what: "stored")
        }
        return found
    }
}

/// Settings that are missing (`error` is nil) or do not have their form.
package struct SettingFindings: Error, Sendable {
    package fileprivate(set) var list: [(setting: String, error: DestinationError?)] = []
}
