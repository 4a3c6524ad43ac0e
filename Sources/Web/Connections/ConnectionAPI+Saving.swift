import Access
import Acts
import Delivery
import Exports

/// Reading what is to be added or changed. Settings of the usual kind are members of their own, and so is the host of
/// every kind; what else a kind asks for stands under `settings`.
extension ConnectionAPI {
    /// Scalars of a key and of a password.
    private static let secretLength = 1...500
    private static let limitRange: ClosedRange<Int64> = 1...10_000_000

    func readNew(_ caller: Caller) async throws -> AddConnection {
        var body = try await caller.body()
        let name = body.text("name")
        let type = body.text("type", isRequired: false)
        let audience = body.choice("audience", of: Audience.allCases)
        let destination = type.map { destinations.descriptor(of: $0) } ?? destinations.usual
        if destination == nil {
            let known = destinations.descriptors.map { "'\($0.id)'" }.joined(separator: ", ")
            body.find("type", "choice", "It is one of \(known).")
        }
        let settings = read(
            (destination ?? destinations.usual).settings, in: &body, areRequired: true)
        let agrees = body.flag("agree", isRequired: true)
        let password = body.text("password", length: Self.secretLength)
        try body.end()
        guard let name, let audience, let agrees, let password else { throw WebProblem(.invalid) }
        return AddConnection(
            name: name, type: type, audience: audience, account: .typed(settings), agrees: agrees,
            password: .typed(password))
    }

    func readChange(_ caller: Caller) async throws -> ChangeConnection {
        var body = try await caller.body()
        var change = ChangeConnection(.id(try caller.id()))
        change.name = body.text("name", isRequired: false)
        change.audience = body.choice("audience", of: Audience.allCases, isRequired: false)
        let settings = read(
            destinations.descriptors.flatMap(\.settings), in: &body, areRequired: false)
        if !settings.isEmpty { change.account = .typed(settings) }
        change.agrees = body.flag("agree")
        let password = body.text("password", isRequired: false, length: Self.secretLength)
        change.limits =
            body.object("limits", isRequired: false, limits(in:)) ?? QuotaLimits()
        try body.end()
        change.password = password.map { .typed($0) }
        return change
    }

    /// What is given of some settings; those of one name are read once.
    private func read(
        _ settings: [DestinationSetting], in body: inout APIBody, areRequired: Bool
    ) -> [String: String] {
        var found: [String: String] = [:]
        func read(_ setting: DestinationSetting, _ body: inout APIBody) {
            let most = min(setting.lengthMax, Self.secretLength.upperBound)
            found[setting.name] = body.text(
                setting.name, isRequired: areRequired, length: 1...most)
        }
        let own = Set(destinations.usual.settings.map(\.name))
        var names: Set<String> = []
        let once = settings.filter { names.insert($0.name).inserted }
        for setting in once where own.contains(setting.name) { read(setting, &body) }
        let others = once.filter { !own.contains($0.name) }
        guard !others.isEmpty else { return found }
        let _: Bool? = body.object("settings", isRequired: areRequired) { inner in
            for setting in others { read(setting, &inner) }
            return true
        }
        return found
    }

    /// Limits by their members: null lifts one, what is not given stays.
    private func limits(in body: inout APIBody) -> QuotaLimits? {
        var limits = QuotaLimits()
        for member in destinations.descriptors.flatMap(\.quotas).map(\.member) {
            if body.isNull(member) {
                limits[member] = nil
            } else if let limit = body.integer(member, isRequired: false, in: Self.limitRange) {
                limits[member] = Int(limit)
            }
        }
        return limits
    }
}
