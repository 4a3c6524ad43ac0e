import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Store

/// Finds out who asks, and turns what goes wrong into an answer.
struct Doorkeeper: Sendable {
    let services: Services
    let renderer: PageRenderer

    /// Bytes of a form that a person sends who has signed in.
    static let formBytesMax = 1 << 20
    /// Bytes of a form that anybody may send: names, passwords, a language.
    static let openFormBytesMax = 1 << 14

    func sessionToken(_ request: Request) throws(WebProblem) -> SecretToken {
        guard
            let text = request.cookies[GuardedRoutes.sessionCookie(services.settings)]?.value,
            let token = SecretToken(text: text, kind: .session)
        else {
            throw WebProblem(.signInRequired)
        }
        return token
    }

    private func signedIn(_ request: Request, _ context: WebContext) throws -> SignedIn? {
        guard let text = request.cookies[GuardedRoutes.sessionCookie(services.settings)]?.value,
            let token = SecretToken(text: text, kind: .session),
            let (session, user) = try services.acts.session(withToken: token)
        else {
            return nil
        }
        return SignedIn(
            visitor: Visitor(request, context, services, user: user), user: user,
            session: session, csrf: CSRF.token(forSession: token))
    }

    func caller(_ visitor: Visitor) throws -> Caller {
        let header = visitor.request.headers[.authorization] ?? ""
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer",
            let secret = SecretToken(text: String(parts[1]), kind: .api),
            let (token, user) = try services.acts.apiToken(withSecret: secret)
        else {
            throw WebProblem(
                .signInRequired,
                "Send 'Authorization: Bearer TOKEN' with a token that is neither expired nor revoked; people make them on their account page."
            )
        }
        return Caller(
            visitor: visitor, user: user, token: token, role: min(token.role, user.role))
    }

    // MARK: Answers

    func answerPage(
        _ request: Request, _ context: WebContext,
        _ handler: (Visitor, SignedIn?) async throws -> Response
    ) async -> Response {
        var visitor = Visitor(request, context, services, user: nil)
        var found: SignedIn?
        do {
            found = try signedIn(request, context)
            if let found { visitor = found.visitor }
            return try await handler(visitor, found)
        } catch {
            let problem = problem(of: error, visitor)
            return renderer.problem(problem, visitor, found)
        }
    }

    func answerAPI(
        _ request: Request, _ context: WebContext, _ handler: (Visitor) async throws -> Response
    ) async -> Response {
        let visitor = Visitor(request, context, services, user: nil)
        do {
            return try await handler(visitor)
        } catch {
            return ProblemDetails.response(
                problem(of: error, visitor), requestID: visitor.requestID)
        }
    }

    private func problem(of error: any Error, _ visitor: Visitor) -> WebProblem {
        if let problem = WebProblem(error) { return problem }
        // Whoever asked learns the request's id and nothing else; the operator finds the rest here.
        var metadata: Logger.Metadata = [
            "request.id": "\(visitor.requestID)", "request.route": "\(visitor.route)",
            "error.type": "\(type(of: error))",
        ]
        if let code = Self.code(of: error) { metadata["error.code"] = "\(code)" }
        services.logger.error("A request failed.", metadata: metadata)
        return WebProblem(.internalError)
    }

    /// What the database, the catalog or the engine calls the trouble: a code without statement, value or path.
    private static func code(of error: any Error) -> String? {
        switch error {
        case let error as StoreError: error.code.rawValue
        case let error as StoredValueError:
            "\(error.refusalCode) \(error.table).\(error.column)"
        case let error as EngineError:
            [error.code.rawValue, error.detail].compactMap(\.self).joined(separator: " ")
        default: StoreError.storageCode(of: error)
        }
    }

    /// Sends people to sign in and remembers where they wanted to go.
    static func signIn(for visitor: Visitor) -> Response {
        let path = visitor.request.uri.path
        let wanted = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return GuardedRoutes.redirect(path == "/" ? "/sign-in" : "/sign-in?next=\(wanted)")
    }

    func fields(of request: Request, upTo bytesMax: Int) async throws -> FormFields {
        try await services.bodies.read(request, upTo: bytesMax) { FormFields(String(buffer: $0)) }
    }

    /// Browsers name the origin of the page that a form stands on.
    func isOwnOrigin(_ request: Request) -> Bool {
        guard let origin = request.headers[.origin] else { return true }
        if let url = services.settings.publicURL {
            return url == origin || url.hasPrefix("\(origin)/")
        }
        guard let authority = request.head.authority else { return true }
        return origin == "http://\(authority)"
    }
}
