package import Profiles

/// A destination that cannot go on, as opposed to one person or batch that it did not take.
package struct DestinationError: Refusing, Equatable {
    /// Stable codes: metric labels and phrase keys.
    package enum Code: String, CaseIterable, Sendable {
        case unreachable = "destination-unreachable"
        case notThisProduct = "not-activecampaign"
        case keyRefused = "key-refused"
        case accountInactive = "account-inactive"
        case notFound = "not-found"
        case refusedRequest = "request-refused"
        case unavailable = "destination-unavailable"
        case addressForbidden = "address-forbidden"
        /// A setting that does not have its form.
        case settingInvalid = "setting-invalid"
    }

    /// What lies behind a code, where it is known: for people who have to mend it.
    package enum Cause: String, CaseIterable, Sendable {
        case hostNotFound = "host-not-found"
        case addressForbidden = "address-forbidden"
        case notConnected = "not-connected"
        case tls
        case timeout
        case cut
        case rateLimited = "rate-limited"
        case serverTrouble = "server-trouble"
        case otherAnswer = "other-answer"
        case noImportRight = "no-import-right"
    }

    package let code: Code
    package let cause: Cause?
    /// Free of profile values and secrets.
    package let facts: Facts

    /// Whether the destination could not be asked at all, so that asking later may help.
    package var isPassing: Bool { code == .unavailable || code == .unreachable }

    package var refusalCode: String { "account-\(code.rawValue)" }

    /// A cause is also the variant of the code's sentence.
    package init(_ code: Code, cause: Cause? = nil, _ facts: Facts = [:]) {
        self.code = code
        self.cause = cause
        var facts = facts
        facts["what"] = facts["what"] ?? cause.map { .word($0.rawValue) }
        self.facts = facts
    }

    /// One of the variants that the code has sentences for.
    package init(_ code: Code, what: String, _ facts: Facts = [:]) {
        self.init(code, facts.merging(["what": .word(what)]) { $1 })
    }
}
