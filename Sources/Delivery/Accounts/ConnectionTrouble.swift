package import Exports
import Profiles
package import Transport

/// What a check of an account can find wrong, told apart as far as people can do something about it. The
/// raw values are stable: they are stored, and `trouble.<code>` explains each of them.
package enum ConnectionTrouble: String, CaseIterable, Sendable {
    case hostInvalid = "host-invalid"
    /// The host leads to this machine or into a private network.
    case hostPrivate = "host-private"
    case hostNotFound = "host-not-found"
    case connectionFailed = "connection-failed"
    case timedOut = "timed-out"
    case tls
    case notThisProduct = "not-activecampaign"
    case keyRefused = "key-refused"
    case noImportRight = "no-import-right"
    case rateLimited = "rate-limited"
    case accountInactive = "account-inactive"
    /// The stored key cannot be opened any more.
    case keyUnreadable = "key-unreadable"
    case unavailable

    /// Whether it lies with the host's name, as opposed to the key or the account.
    package var isOfHost: Bool {
        switch self {
        case .hostInvalid, .hostPrivate, .hostNotFound, .connectionFailed, .timedOut, .tls,
            .notThisProduct:
            true
        case .keyRefused, .noImportRight, .rateLimited, .accountInactive, .keyUnreadable,
            .unavailable:
            false
        }
    }

    /// Whether it lies with the key.
    package var isOfKey: Bool {
        self == .keyRefused || self == .noImportRight || self == .keyUnreadable
    }
}

extension ConnectionTrouble {
    package init(_ error: DestinationError) {
        switch error.cause {
        case .hostNotFound: self = .hostNotFound
        case .addressForbidden: self = .hostPrivate
        case .notConnected, .cut: self = .connectionFailed
        case .tls: self = .tls
        case .timeout: self = .timedOut
        case .rateLimited: self = .rateLimited
        case .noImportRight: self = .noImportRight
        case .serverTrouble, .otherAnswer, nil: self.init(error.code)
        }
    }

    private init(_ code: DestinationError.Code) {
        switch code {
        case .unreachable: self = .connectionFailed
        case .notThisProduct, .notFound: self = .notThisProduct
        case .keyRefused: self = .keyRefused
        case .accountInactive: self = .accountInactive
        case .addressForbidden: self = .hostInvalid
        case .settingInvalid: self = .keyUnreadable
        case .refusedRequest, .unavailable: self = .unavailable
        }
    }

    package init(_ error: TransportError) {
        switch error.code {
        case .hostNotFound: self = .hostNotFound
        case .addressForbidden: self = .hostPrivate
        case .notConnected, .cut: self = .connectionFailed
        case .tls: self = .tls
        case .timeout: self = .timedOut
        case .answerTooLarge: self = .notThisProduct
        }
    }
}

extension DestinationError {
    /// What it means for an account that no answer came.
    package init(_ error: TransportError) {
        let cause: Cause =
            switch error.code {
            case .hostNotFound: .hostNotFound
            case .addressForbidden: .addressForbidden
            case .notConnected: .notConnected
            case .tls: .tls
            case .timeout: .timeout
            case .cut: .cut
            case .answerTooLarge: .otherAnswer
            }
        self.init(.unreachable, cause: cause)
    }
}
