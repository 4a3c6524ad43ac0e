import Access
import Foundation
import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import Store
import Synchronization

/// Who may use a route.
package enum Need: Equatable, Sendable {
    /// Everybody; only for what people need before they have signed in.
    case anyone
    case permission(Permission)
}

/// A route as the role matrix lists it.
package struct RouteEntry: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case page
        case form
        case api
        case open
    }

    package let method: String
    package let path: String
    package let kind: Kind
    /// Nil for everybody.
    package let permission: Permission?
}

/// The only way to add routes: each says what it needs, and the guard sits before its handler.
///
/// Handlers may assume that the one who asks has signed in and may do it. Rights on single things, exports
/// on somebody else's connection for instance, are the handlers' own to check.
package final class GuardedRoutes: Sendable {
    let services: Services
    let renderer: PageRenderer
    private let router: Router<WebContext>
    private let listed = Mutex<[RouteEntry]>([])

    /// Bytes of a form.
    static let formBytesMax = 1 << 20
    /// Bytes of a body in the API.
    static let apiBytesMax = 1 << 20

    init(services: Services, renderer: PageRenderer, router: Router<WebContext>) {
        self.services = services
        self.renderer = renderer
        self.router = router
    }

    /// Every route added so far.
    package var entries: [RouteEntry] { listed.withLock { $0 } }

    /// A page that a person reads; it changes nothing.
    func page(
        _ path: String, needs permission: Permission,
        use handler: @escaping @Sendable (SignedIn) async throws -> Response
    ) {
        add(.get, path, .page, permission) { [self] request, context in
            await answerPage(request, context) { visitor, found in
                guard let found else { return Self.signIn(for: visitor) }
                guard found.user.role.allows(permission) else { throw WebProblem(.notAllowed) }
                return try await handler(found)
            }
        }
    }

    /// A form that a person sends; it brings the token that only our own pages hold.
    func form(
        _ path: String, needs permission: Permission,
        use handler: @escaping @Sendable (SignedIn, FormFields) async throws -> Response
    ) {
        add(.post, path, .form, permission) { [self] request, context in
            await answerPage(request, context) { visitor, found in
                guard let found else { return Self.redirect("/sign-in") }
                let fields = try await Self.fields(of: request)
                guard found.visitor.isOwnOrigin,
                    CSRF.matches(fields["csrf"] ?? "", session: try sessionToken(request))
                else {
                    throw WebProblem(.formExpired)
                }
                guard found.user.role.allows(permission) else { throw WebProblem(.notAllowed) }
                return try await handler(found, fields)
            }
        }
    }

    /// A page for people who have not signed in, or need not have.
    func open(
        _ path: String,
        use handler: @escaping @Sendable (Visitor, SignedIn?) async throws -> Response
    ) {
        add(.get, path, .open, nil) { [self] request, context in
            await answerPage(request, context, handler)
        }
    }

    /// A form of such a page.
    func openForm(
        _ path: String,
        use handler: @escaping @Sendable (Visitor, FormFields, SignedIn?) async throws -> Response
    ) {
        add(.post, path, .open, nil) { [self] request, context in
            await answerPage(request, context) { visitor, found in
                guard visitor.isOwnOrigin else { throw WebProblem(.formExpired) }
                return try await handler(visitor, try await Self.fields(of: request), found)
            }
        }
    }

    /// An endpoint of the API, for programs with a token.
    func api(
        _ method: HTTPRequest.Method, _ path: String, needs permission: Permission,
        use handler: @escaping @Sendable (Caller) async throws -> Response
    ) {
        add(method, path, .api, permission) { [self] request, context in
            let visitor = Visitor(request, context, services.settings, user: nil)
            do {
                let caller = try caller(visitor)
                guard caller.role.allows(permission) else {
                    throw WebProblem(
                        .notAllowed,
                        "This needs the permission '\(permission.rawValue)', which the token's role '\(caller.role.rawValue)' has not."
                    )
                }
                return try await handler(caller)
            } catch {
                return apiProblem(error, visitor)
            }
        }
    }

    /// An endpoint that needs no token: health, the description of the API.
    func openAPI(
        _ path: String, use handler: @escaping @Sendable (Visitor) async throws -> Response
    ) {
        add(.get, path, .open, nil) { [self] request, context in
            let visitor = Visitor(request, context, services.settings, user: nil)
            do {
                return try await handler(visitor)
            } catch {
                return apiProblem(error, visitor)
            }
        }
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: String, _ kind: RouteEntry.Kind,
        _ permission: Permission?,
        _ responder: @escaping @Sendable (Request, WebContext) async throws -> Response
    ) {
        listed.withLock {
            $0.append(
                RouteEntry(
                    method: method.rawValue, path: path, kind: kind, permission: permission))
        }
        router.on(RouterPath(path), method: method, use: responder)
    }

    // MARK: Identity

    /// The name of the cookie that carries the session; bound to the host where the connection is secure.
    static func sessionCookie(_ settings: ServiceSettings) -> String {
        settings.isSecure ? "__Host-ferry" : "ferry_session"
    }

    private func sessionToken(_ request: Request) throws(WebProblem) -> SecretToken {
        guard
            let text = request.cookies[Self.sessionCookie(services.settings)]?.value,
            let token = SecretToken(text: text, kind: .session)
        else {
            throw WebProblem(.signInRequired)
        }
        return token
    }

    private func signedIn(_ request: Request, _ context: WebContext) throws -> SignedIn? {
        guard let text = request.cookies[Self.sessionCookie(services.settings)]?.value,
            let token = SecretToken(text: text, kind: .session),
            let (session, user) = try services.catalog.session(
                withToken: token, at: services.now())
        else {
            return nil
        }
        try services.catalog.touchSession(session.id, at: services.now())
        return SignedIn(
            visitor: Visitor(request, context, services.settings, user: user), user: user,
            session: session, csrf: CSRF.token(forSession: token))
    }

    private func caller(_ visitor: Visitor) throws -> Caller {
        let header = visitor.request.headers[.authorization] ?? ""
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer",
            let secret = SecretToken(text: String(parts[1]), kind: .api),
            let (token, user) = try services.catalog.token(
                withSecret: secret, at: services.now())
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

    private func answerPage(
        _ request: Request, _ context: WebContext,
        _ handler: (Visitor, SignedIn?) async throws -> Response
    ) async -> Response {
        var visitor = Visitor(request, context, services.settings, user: nil)
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

    private func apiProblem(_ error: any Error, _ visitor: Visitor) -> Response {
        ProblemDetails.response(problem(of: error, visitor), requestID: visitor.requestID)
    }

    private func problem(of error: any Error, _ visitor: Visitor) -> WebProblem {
        if let problem = WebProblem(error) { return problem }
        // Whoever asked learns the request's id and nothing else; the operator finds the rest here.
        services.logger.error(
            "A request failed.",
            metadata: [
                "request.id": "\(visitor.requestID)", "request.path": "\(visitor.path)",
                "error.type": "\(type(of: error))", "error": "\(error)",
            ])
        return WebProblem(.internalError)
    }

    static func redirect(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }

    /// Sends people to sign in and remembers where they wanted to go.
    private static func signIn(for visitor: Visitor) -> Response {
        let path = visitor.request.uri.path
        let wanted = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return redirect(path == "/" ? "/sign-in" : "/sign-in?next=\(wanted)")
    }

    private static func fields(of request: Request) async throws -> FormFields {
        do {
            let buffer = try await request.body.collect(upTo: formBytesMax)
            return FormFields(String(buffer: buffer))
        } catch is NIOTooManyBytesError {
            throw WebProblem(.tooLarge)
        }
    }
}

extension Visitor {
    /// Browsers name the origin of the page that a form stands on.
    var isOwnOrigin: Bool {
        guard let origin = request.headers[.origin], origin != "null" else {
            return request.headers[.origin] == nil
        }
        guard let authority = request.head.authority else { return true }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }
}
