package import Exports
package import Transport

extension LoyaltyClub {
    /// Numbers of members: three to twenty small letters, digits and hyphens.
    package static let numbers = PersonKeyRule { key in
        (3...20).contains(key.count)
            && key.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
    }

    /// What the club says of itself.
    package static let descriptor = DestinationDescriptor(
        id: "loyalty-club", title: "Loyalty Club", isPreview: false,
        settings: [host, program, secret("accessKey"), secret("signingKey")],
        consent: DestinationDescriptor.Consent(title: "consent.title", body: "club.consent"),
        people: DestinationDescriptor.PeopleFields(
            key: DestinationDescriptor.KeyField(
                label: "club.number", isAddress: false, rule: numbers),
            optional: [.firstName, .lastName], hasCustomFields: true),
        quotas: [
            DestinationQuota(
                name: "calls", member: "callsPerTenSeconds", scope: .everything,
                window: .seconds(10), allowed: 30, label: "club.calls"),
            DestinationQuota(
                name: "loads", member: "loadsPerHour", scope: .deliveries,
                window: .seconds(3_600), allowed: 600, label: "club.loads"),
        ], batches: BatchLimits(operationsMax: 40, bytesMax: 20_000, envelopeBytes: 0),
        abilities: [.leaveByField], peopleMax: 5_000, timeMax: .seconds(1_800), words: words)

    /// Where an account is reached, and the headers that carry its two keys.
    package static func link(_ settings: AccountSettings, allowsLoopback: Bool) -> AccountLink {
        AccountLink(
            endpoint: LiveTransport.Endpoint(host: settings.host, port: nil, isSecure: true),
            secretHeaders: [
                ("X-Access-Key", settings.secrets["accessKey"] ?? ""),
                ("X-Signing-Key", settings.secrets["signingKey"] ?? ""),
            ])
    }

    private static let host = DestinationSetting(
        name: "host", kind: .host, label: "club.host", hint: "club.host-hint",
        missing: "club.missing", rule: "club.host-rule", placeholder: "gold.club.example",
        lengthMax: 200
    ) { (text, _) throws(DestinationError) in
        var host = text.lowercased()
        if host.hasPrefix("https://") { host.removeFirst("https://".count) }
        while host.hasSuffix("/") { host.removeLast() }
        guard host.hasSuffix(".club.example") else {
            throw DestinationError(.settingInvalid)
        }
        return host
    }

    private static let program = DestinationSetting(
        name: "program", kind: .text, label: "club.program", hint: "club.program-hint",
        missing: "club.missing", rule: "club.program-rule", lengthMax: 40
    ) { (text, _) throws(DestinationError) in
        let program = text.lowercased().filter { !$0.isWhitespace }
        guard program.allSatisfy(\.isLetter) else {
            throw DestinationError(.settingInvalid)
        }
        return program
    }

    private static func secret(_ name: String) -> DestinationSetting {
        DestinationSetting(
            name: name, kind: .secret, label: "club.\(name)", hint: "club.secret-hint",
            missing: "club.missing", rule: "club.secret-rule", lengthMax: 100
        ) { (text, _) throws(DestinationError) in try DestinationSetting.cleanedKey(text) }
    }

    private static let words = DestinationWords([
        "en": [
            "club.host": "Club server", "club.host-hint": "The name ends in .club.example.",
            "club.missing": "Fill this in.", "club.host-rule": "This is no server of the club.",
            "club.program": "Program", "club.program-hint": "The short name of the program.",
            "club.program-rule": "A program is named by letters.",
            "club.accessKey": "Access key", "club.signingKey": "Signing key",
            "club.secret-hint": "It is sealed and never shown.",
            "club.secret-rule": "A key has no spaces.", "club.number": "Member number",
            "club.calls": "Calls in ten seconds", "club.loads": "Loads an hour",
            "club.consent":
                "By agreeing you let {product} pass members on to {destination}.",
        ]
    ])
}
