import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Phrases
import Profiles

/// Errors of the API as RFC 9457 describes them.
struct ProblemDetails: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String?
    /// The code that pages use for the same thing.
    let code: String
    let requestId: String
    let errors: [Finding]?

    struct Finding: Encodable {
        let field: String
        let code: String
        let detail: String
    }

    static func response(_ problem: WebProblem, requestID: String) -> Response {
        let status = problem.code.status
        let details = ProblemDetails(
            type: "about:blank", title: status.reasonPhrase, status: status.code,
            detail: problem.detail.isEmpty ? nil : problem.detail, code: problem.code.rawValue,
            requestId: requestID,
            errors: problem.findings.isEmpty
                ? nil
                : problem.findings.map {
                    Finding(field: $0.field, code: $0.code, detail: $0.detail)
                })
        var response = Response.json(details, status: status)
        response.headers[.contentType] = "application/problem+json"
        if let seconds = problem.retryAfterSeconds {
            response.headers[.retryAfter] = String(seconds)
        }
        if let allowed = problem.allowed { response.headers[.allow] = allowed }
        if problem.code == .signInRequired {
            response.headers[.wwwAuthenticate] = "Bearer realm=\"ferry\""
        }
        return response
    }
}

extension Response {
    /// Keys are sorted so that answers can be compared.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        let encoder = JSONEncoder()
        encoder.userInfo[RemarkWords.key] = RemarkWords(PhraseBook(.en).report)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Response(
                status: status, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
        } catch {
            // Our own answers hold nothing that JSON cannot: no infinite numbers, no odd keys.
            preconditionFailure("\(type(of: value)) cannot be written as JSON: \(error)")
        }
    }
}
