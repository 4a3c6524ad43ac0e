package import Exports
package import Transport

extension DestinationDescriptor {
    /// A kind of destination for tests that speak to none: addresses, lists, three quotas.
    package static let plain = DestinationDescriptor(
        id: "activecampaign", title: "Plain", isPreview: false,
        settings: [
            DestinationSetting(
                name: "host", kind: .host, label: "", hint: "", missing: "", rule: "",
                lengthMax: 300
            ) { (text, _) throws(DestinationError) in text },
            DestinationSetting(
                name: "apiKey", kind: .secret, label: "", hint: "", missing: "", rule: "",
                lengthMax: 100
            ) { (text, _) throws(DestinationError) in text },
        ], consent: Consent(title: "", body: ""),
        people: PeopleFields(
            key: KeyField(label: "", isAddress: true, rule: .email),
            optional: OptionalField.allCases, hasCustomFields: true),
        quotas: [
            DestinationQuota(
                name: "requests", member: "requestsPerSecond", scope: .everything,
                window: .seconds(1), allowed: 5, label: ""),
            DestinationQuota(
                name: "imports", member: "importsPerMinute", scope: .severalPeople,
                window: .seconds(60), allowed: 100, label: ""),
            DestinationQuota(
                name: "single-imports", member: "singleImportsPerMinute", scope: .onePerson,
                window: .seconds(60), allowed: 20, label: ""),
        ], batches: BatchLimits(operationsMax: 250, bytesMax: 400_000, envelopeBytes: 0),
        abilities: [
            .lists, .leaveByUnsubscribing, .leaveByField, .resubscribing, .tags, .automations,
            .readingBack,
        ], peopleMax: Export.peopleMaxDefault, timeMax: .seconds(5_400),
        words: DestinationWords())
}

extension QuotaLimits {
    /// Limits of the quotas of `DestinationDescriptor.plain`.
    package init(
        requestsPerSecond: Int?, importsPerMinute: Int?, singleImportsPerMinute: Int?
    ) {
        self.init([
            ("requests", requestsPerSecond), ("imports", importsPerMinute),
            ("single-imports", singleImportsPerMinute),
        ])
    }
}

extension PaceLimits {
    /// The windows of `DestinationDescriptor.plain`.
    package init(requestsPerSecond: Int?, importsPerMinute: Int?, singleImportsPerMinute: Int?) {
        self.init([
            Window(
                name: "requests", kinds: Set(RequestKind.allCases), length: .seconds(1),
                allowed: requestsPerSecond),
            Window(
                name: "imports", kinds: [.importMany], length: .seconds(60),
                allowed: importsPerMinute),
            Window(
                name: "single-imports", kinds: [.importSingle], length: .seconds(60),
                allowed: singleImportsPerMinute),
        ])
    }
}
