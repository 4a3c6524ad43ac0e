package import Exports
package import Transport

extension ActiveCampaign {
    /// What ActiveCampaign says of itself.
    package static let descriptor = DestinationDescriptor(
        id: "activecampaign", title: "ActiveCampaign", isPreview: true, settings: [key, host],
        consent: DestinationDescriptor.Consent(title: "consent.title", body: "consent.body"),
        people: DestinationDescriptor.PeopleFields(
            key: DestinationDescriptor.KeyField(
                label: "exports.emailAddress", isAddress: true, rule: .email),
            optional: DestinationDescriptor.OptionalField.allCases, hasCustomFields: true),
        quotas: ActiveCampaignLimits.quotas,
        batches: BatchLimits(
            operationsMax: ActiveCampaignLimits.contactsPerImportMax,
            bytesMax: ActiveCampaignLimits.importBytesMax, envelopeBytes: 0),
        abilities: [
            .lists, .leaveByUnsubscribing, .leaveByField, .resubscribing, .tags, .automations,
            .readingBack,
        ],
        peopleMax: Export.peopleMaxDefault, timeMax: .seconds(90 * 60), words: DestinationWords(),
        listHelp: "https://help.activecampaign.com/hc/en-us/articles/360000030559")

    private static let host = DestinationSetting(
        name: "host", kind: .host, label: "connections.hostname", hint: "connections.host-hint",
        missing: "connections.host-required", rule: "trouble.host-invalid.title",
        help: DestinationSetting.Help(
            url:
                "https://help.activecampaign.com/hc/en-us/articles/207317590-Getting-started-with-the-API",
            label: "connections.help"),
        placeholder: "account.api-us1.com", lengthMax: 300
    ) { (text, allowsLoopback) throws(DestinationError) in
        try AccountHost(parsing: text, allowsLoopback: allowsLoopback).text
    }

    private static let key = DestinationSetting(
        name: "apiKey", kind: .secret, label: "connections.apiKey", hint: "connections.key-hint",
        missing: "connections.key-required", rule: "connections.key-rule", lengthMax: 4_096
    ) { (text, _) throws(DestinationError) in try DestinationSetting.cleanedKey(text) }

    /// Where an account is reached, and the header that carries its key. Throws `DestinationError` when the
    /// host is none.
    package static func link(
        _ settings: AccountSettings, allowsLoopback: Bool
    ) throws(DestinationError) -> AccountLink {
        let host = try AccountHost(parsing: settings.host, allowsLoopback: allowsLoopback)
        return AccountLink(
            endpoint: host.endpoint,
            secretHeaders: [("Api-Token", settings.secrets[key.name] ?? "")])
    }
}
