import Exports
import Foundation
import Profiles
import Transport

/// Response → outcome, error or another try: every status and odd body in one place.
enum ActiveCampaignResponses {
    /// What a request that only reads is to make of its answer.
    enum Reading<Value> {
        case value(Value)
        /// Passing trouble; worth another try. A rate limit costs no attempt.
        case again(DestinationError.Cause)
        case failure(DestinationError)
    }

    /// Reads an answer as `Value`. An HTML page or an empty body with status 200 is no answer: an expired
    /// key produced a sign-in page on one endpoint, seen in RudderStack's fixtures.
    static func read<Value: Decodable>(_ type: Value.Type, from response: HTTPResponse) -> Reading<
        Value
    > {
        switch response.status {
        case 200..<300:
            do {
                return .value(try JSONDecoder().decode(type, from: Data(response.body)))
            } catch {
                return .again(.otherAnswer)
            }
        case 429:
            return .again(.rateLimited)
        case 403:
            return .again(.serverTrouble)
        case 500...:
            return .again(
                response.status == 503 && response.retryAfter != nil
                    ? .rateLimited : .serverTrouble)
        default:
            return .failure(error(status: response.status))
        }
    }

    /// Reads the importer's answer to a batch of `count` contacts.
    static func delivery(
        _ response: HTTPResponse, count: Int
    ) throws(DestinationError) -> DeliveryAnswer {
        switch response.status {
        case 200..<300:
            guard let answer = decode(response.body) else {
                return .unclear(detail: "answered \(response.status) without the expected JSON")
            }
            if let batchID = answer.batchID, !batchID.isEmpty {
                return .accepted(Receipt(token: batchID, queued: answer.queued?.value))
            }
            if answer.success?.value == 0 { return rejection(answer, count: count) }
            return .unclear(detail: "answered \(response.status) without a batch id")
        case 400, 422:
            // Something in between answers in its own words; only the importer can reject people.
            guard let answer = decode(response.body) else {
                return .notTaken(detail: "answered \(response.status) without the importer's words")
            }
            return rejection(answer, count: count)
        case 413:
            return .rejected(rows: [], detail: "answered 413: too large")
        case 403:
            return .notTaken(detail: "answered 403")
        case 408, 425:
            return .unclear(detail: "answered \(response.status)")
        case 429:
            return .throttled
        case 503 where response.retryAfter != nil:
            // Older accounts answered 503 where they now answer 429; whether the batch was taken is not said.
            return .unclear(detail: "answered 503")
        case 500...:
            return .unclear(detail: "answered \(response.status)")
        default:
            throw error(status: response.status)
        }
    }

    private static func decode(_ body: [UInt8]) -> ImportAnswer? {
        // An answer that is not JSON is reported by the caller with its status.
        try? JSONDecoder().decode(ImportAnswer.self, from: Data(body))
    }

    private static func rejection(_ answer: ImportAnswer, count: Int) -> DeliveryAnswer {
        let reasons = answer.reasons ?? []
        if isRateLimit(answer, reasons) { return .throttled }
        var rows: Set<Int> = []
        for case .contact(let position, _) in reasons where position >= 1 && position <= count {
            rows.insert(position - 1)
        }
        return .rejected(rows: rows.sorted(), detail: "rejected the batch")
    }

    /// The importer's own limit is a 400 with a text: "Up to 100 imports may be requested per minute".
    private static func isRateLimit(_ answer: ImportAnswer, _ reasons: [FailureReason]) -> Bool {
        if let message = answer.message?.lowercased(), message.contains("rate limit") {
            return true
        }
        return reasons.contains { reason in
            if case .general(let text) = reason { return text.lowercased().contains("per minute") }
            return false
        }
    }

    /// What a key that the account knows gets from the importer when its user may not import.
    static let noImportRight = DestinationError(.keyRefused, cause: .noImportRight)

    static func error(status: Int) -> DestinationError {
        let facts: Facts = ["status": .digits(status)]
        return switch status {
        case 401, 403: DestinationError(.keyRefused, what: "answer", facts)
        case 402: DestinationError(.accountInactive, facts)
        case 404: DestinationError(.notFound, facts)
        case 300..<400: DestinationError(.notThisProduct, what: "redirection", facts)
        default: DestinationError(.refusedRequest, what: "answer", facts)
        }
    }
}
