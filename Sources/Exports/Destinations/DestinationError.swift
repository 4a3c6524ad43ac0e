/// A destination that cannot go on, as opposed to one person or batch that it did not take.
package struct DestinationError: Error, Equatable, Sendable {
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
    /// English, safe to log: no profile value, no secret.
    package let detail: String
    /// What a person can do about it.
    package let hint: String?
    package let cause: Cause?

    /// Whether the destination could not be asked at all, so that asking later may help.
    package var isPassing: Bool { code == .unavailable || code == .unreachable }

    package init(_ code: Code, _ detail: String, hint: String? = nil, cause: Cause? = nil) {
        self.code = code
        self.detail = detail
        self.hint = hint
        self.cause = cause
    }
}

extension DestinationError: CustomStringConvertible {
    package var description: String { hint.map { "\(detail) \($0)" } ?? detail }
}
