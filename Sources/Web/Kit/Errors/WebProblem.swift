import Acts
import Delivery
import Exports
import HTTPTypes
import Phrases
import Profiles
import Segments
import Store

/// Why a request gets no page or answer of its own.
///
/// The code is the same on pages, where `problem.<code>` explains it in the reader's language, and in the
/// API, whose `detail` is English.
struct WebProblem: Error, Equatable, Sendable {
    enum Code: String, CaseIterable, Sendable {
        case notFound = "not-found"
        case signInRequired = "sign-in-required"
        case notAllowed = "not-allowed"
        case formExpired = "form-expired"
        case methodNotAllowed = "method-not-allowed"
        case badRequest = "bad-request"
        case invalid
        case tooLarge = "too-large"
        case unsupportedType = "unsupported-type"
        case nameTaken = "name-taken"
        case inUse = "in-use"
        case alreadyRunning = "already-running"
        case lastAdministrator = "last-administrator"
        case tooMany = "too-many"
        case conflict
        case idempotencyMismatch = "idempotency-mismatch"
        case tooManyRequests = "too-many-requests"
        case unreachable = "destination-unreachable"
        case unavailable
        case busy
        case storageFull = "storage-full"
        case internalError = "internal-error"

        var status: HTTPResponse.Status {
            switch self {
            case .notFound: .notFound
            case .signInRequired: .unauthorized
            case .notAllowed, .formExpired: .forbidden
            case .methodNotAllowed: .methodNotAllowed
            case .badRequest: .badRequest
            case .invalid, .idempotencyMismatch: .unprocessableContent
            case .tooLarge: .contentTooLarge
            case .unsupportedType: .unsupportedMediaType
            case .nameTaken, .inUse, .alreadyRunning, .lastAdministrator, .tooMany, .conflict:
                .conflict
            case .tooManyRequests: .tooManyRequests
            case .unreachable: .badGateway
            case .unavailable, .busy: .serviceUnavailable
            case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
            case .internalError: .internalServerError
            }
        }
    }

    /// One thing that is wrong with what was sent.
    struct Finding: Equatable, Sendable {
        /// The field's name in forms and JSON.
        let field: String
        let code: String
        let detail: String
    }

    let code: Code
    /// English, for the API; pages show the phrase of the code.
    var detail: String
    var findings: [Finding] = []
    /// The methods an address takes, when the one used is none of them.
    var allowed: String?
    /// What pages say in place of the phrase of the code, where they can say it more exactly.
    var explanation: Refusal?
    /// Seconds after which it is worth another attempt.
    var retryAfterSeconds: Int?

    init(_ code: Code, _ detail: String = "", findings: [Finding] = []) {
        self.code = code
        self.detail = detail
        self.findings = findings
    }
}

extension WebProblem {
    /// What an error of the rooms below means to whoever asked; nil when it is trouble of our own.
    init?(_ error: any Error) {
        switch error {
        case let error as WebProblem: self = error
        case let error as Refusal: self.init(error)
        case let error as StoreError where error.isTrouble: return nil
        case let error as RuleRefusal: self.init(error)
        case let error as StoreError:
            self.init(Self.code(of: error.code), PhraseBook(.en).sentence(of: error))
        case let error as EngineError:
            guard let problem = Self.problem(of: error) else { return nil }
            self = problem
        case let error as DestinationError:
            self.init(.unreachable, PhraseBook(.en).sentence(of: error))
        case let error as ImportError:
            self.init(.conflict, PhraseBook(.en).sentence(of: error))
        case let error as ImportTrouble:
            self.init(.conflict, PhraseBook(.en).sentence(of: error))
        case let error as PlanRefusal:
            self.init(.conflict, PhraseBook(.en).sentence(of: error))
        case let error as RuleTextError:
            self.init(.conflict, PhraseBook(.en).report(of: error))
        case is CancellationError:
            self.init(.badRequest, "This took too long. Ask for less at once.")
        default: return nil
        }
    }

    /// The API's English for what an act refuses.
    private init(_ refusal: Refusal) {
        let book = PhraseBook(.en)
        self.init(
            Self.code(of: refusal.code), book.sentence(of: refusal),
            findings: refusal.findings.map {
                Finding(field: $0.field, code: $0.code, detail: book.sentence(of: $0))
            })
        if case .number(let seconds) = refusal.facts["seconds"] { retryAfterSeconds = seconds }
        if refusal.cause == EngineError.Code.unavailable.rawValue { explanation = refusal }
    }

    /// A rule that was brought in a body, or as a parameter of an address.
    private init(_ refusal: RuleRefusal) {
        let mistake = PhraseBook(.en).sentence(of: refusal.mistake)
        let advice = refusal.mistake.suggestion.map { " Write '\($0)'." } ?? ""
        let finding = Finding(
            field: refusal.field.rawValue, code: "rule", detail: mistake + advice)
        switch refusal.field {
        case .rule: self.init(.invalid, "The rule cannot be understood.", findings: [finding])
        case .filter:
            self.init(
                .badRequest, "The parameter 'filter' does not fit. \(mistake)",
                findings: [finding])
        }
    }

    private static func code(of code: Refusal.Code) -> Code {
        switch code {
        case .invalid, .wrongPassword: .invalid
        case .unreadable: .badRequest
        case .notAllowed: .notAllowed
        case .notFound: .notFound
        case .nameTaken: .nameTaken
        case .inUse: .inUse
        case .alreadyRunning: .alreadyRunning
        case .tooMany: .tooMany
        case .lastAdministrator: .lastAdministrator
        case .conflict: .conflict
        case .unreachable: .unreachable
        case .wait: .tooManyRequests
        }
    }

    private static func problem(of error: EngineError) -> WebProblem? {
        if error.code == .unavailable { return Refusal(error).map { WebProblem($0) } }
        return switch error.code {
        case .columnGone:
            WebProblem(
                .notFound, "Profiles have no attribute '\(error.subject ?? "")' of that kind.")
        case .timedOut:
            WebProblem(.badRequest, "This took too long. Ask for less at once.")
        case .badCursor: APIQuery.badCursor
        case let code where code.isStorage: nil
        default:
            WebProblem(.unreachable, "The profiles could not be read (\(error.code.rawValue)).")
        }
    }

    private static func code(of code: StoreError.Code) -> Code {
        switch code {
        case .notFound: .notFound
        case .nameTaken: .nameTaken
        case .inUse: .inUse
        case .alreadyRunning: .alreadyRunning
        case .lastAdministrator: .lastAdministrator
        case .tooMany: .tooMany
        case .invitationEnded: .notFound
        case .userDisabled, .passwordChanged: .signInRequired
        case .roleTooHigh: .notAllowed
        case .badName: .invalid
        default: .conflict
        }
    }
}
