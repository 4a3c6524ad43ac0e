import Exports
import Foundation
import Profiles
import Transport

/// One method per API call used; decides nothing but whether to ask again.
struct ActiveCampaignClient: Sendable {
    let gate: AccountGate
    let time: Timekeeper

    /// Tries of a reading request, rate limits not counted.
    private static let attemptsMax = 5
    /// Rate-limit answers in a row before a request is given up.
    private static let rateLimitsMax = 100
    /// A second 403 decides: some accounts answer it in passing, as the Singer tap's changelog tells.
    private static let forbiddenMax = 2

    func user() async throws(DestinationError) -> UserAnswer {
        try await read(UserAnswer.self, "/api/3/users/me")
    }

    /// Only users of the Admin group may read it; nil for others.
    func account() async throws(DestinationError) -> AccountAnswer? {
        do {
            return try await read(AccountAnswer.self, "/api/3/settings/account")
        } catch {
            if error.code == .keyRefused || error.code == .notFound { return nil }
            throw error
        }
    }

    func lists(offset: Int, limit: Int) async throws(DestinationError) -> ListsAnswer {
        try await read(ListsAnswer.self, "/api/3/lists?limit=\(limit)&offset=\(offset)")
    }

    func fields(offset: Int, limit: Int) async throws(DestinationError) -> FieldsAnswer {
        try await read(FieldsAnswer.self, "/api/3/fields?limit=\(limit)&offset=\(offset)")
    }

    func info(batchID: String) async throws(DestinationError) -> ImportInfo {
        try await read(ImportInfo.self, "/api/3/import/info?batchId=\(Self.encoded(batchID))")
    }

    func aggregate() async throws(DestinationError) -> ImportAggregate {
        try await read(ImportAggregate.self, "/api/3/import/bulk_import")
    }

    func contacts(email: String) async throws(DestinationError) -> ContactsAnswer {
        try await read(ContactsAnswer.self, "/api/3/contacts?email=\(Self.encoded(email))")
    }

    func contactLists(contact id: String) async throws(DestinationError) -> ContactListsAnswer {
        try await read(
            ContactListsAnswer.self, "/api/3/contacts/\(Self.encoded(id))/contactLists")
    }

    func exclusions() async throws(DestinationError) -> ExclusionsAnswer {
        try await read(ExclusionsAnswer.self, "/api/3/lists/exclusions?limit=100")
    }

    /// Sets a person's status on a list to active again. `sourceid` 4 is what the vendor asks for on
    /// re-subscribing.
    func resubscribe(contact: String, list: String) async throws(DestinationError) {
        let body =
            "{\"contactList\":{\"list\":\(Self.number(list)),\"contact\":\(Self.number(contact)),\"status\":1,\"sourceid\":4}}"
        struct Anything: Decodable {}
        _ = try await read(
            Anything.self, HTTPRequest(.post, "/api/3/contactLists", body: Array(body.utf8)))
    }

    /// Sends an import once; what to do with the answer is the caller's business.
    func sendImport(_ body: [UInt8], count: Int) async throws -> HTTPResponse {
        try await gate.send(
            HTTPRequest(
                .post, "/api/3/import/bulk_import", body: body,
                kind: count == 1 ? .importSingle : .importMany))
    }

    private func read<Value: Decodable>(
        _ type: Value.Type, _ path: String
    ) async throws(DestinationError) -> Value {
        try await read(type, HTTPRequest(.get, path))
    }

    private func read<Value: Decodable>(
        _ type: Value.Type, _ request: HTTPRequest
    ) async throws(DestinationError) -> Value {
        var attempts = 0
        var rateLimits = 0
        var forbidden = 0
        while true {
            let cause: DestinationError.Cause
            do {
                let response = try await gate.send(request)
                if response.status == 403 {
                    forbidden += 1
                    if forbidden >= Self.forbiddenMax {
                        throw ActiveCampaignResponses.error(status: 403)
                    }
                }
                switch ActiveCampaignResponses.read(type, from: response) {
                case .value(let value): return value
                case .failure(let error): throw error
                case .again(let why):
                    cause = why
                    if why == .rateLimited { rateLimits += 1 } else { attempts += 1 }
                    if why == .rateLimited, rateLimits < Self.rateLimitsMax { continue }
                }
            } catch let error as DestinationError {
                throw error
            } catch let error as TransportError {
                if error.code == .hostNotFound || error.code == .addressForbidden
                    || error.code == .tls
                {
                    throw DestinationError(.unreachable, cause: error.cause)
                }
                attempts += 1
                cause = error.cause
            } catch {
                throw DestinationError(.unavailable, what: "stopped")
            }
            guard attempts < Self.attemptsMax, rateLimits < Self.rateLimitsMax else {
                throw DestinationError(
                    .unavailable, cause: cause, ["tries": .number(attempts + rateLimits)])
            }
            await pause(before: attempts)
        }
    }

    /// Half a second, then twice as long each time: 0.5, 1, 2, 4 seconds.
    private func pause(before attempt: Int) async {
        // Cancellation ends the pause early; the next request notices it.
        try? await time.sleep(.milliseconds(500 << max(0, attempt - 1)))
    }

    /// Percent-encodes everything but letters, digits, `-`, `.`, `_` and `~`; a plus sign too, which would
    /// be read as a space.
    private static func encoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static func number(_ id: String) -> String {
        Int(id).map(String.init) ?? "0"
    }
}

extension TransportError {
    fileprivate var cause: DestinationError.Cause {
        switch code {
        case .hostNotFound: .hostNotFound
        case .notConnected: .notConnected
        case .tls: .tls
        case .timeout: .timeout
        case .cut: .cut
        case .answerTooLarge: .otherAnswer
        case .addressForbidden: .addressForbidden
        }
    }
}
