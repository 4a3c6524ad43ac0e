package import Access
import Acts
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Service
import Store

/// A route as the role matrix lists it.
package struct RouteEntry: Hashable, Sendable {
    /// Who asks, and how they prove who they are.
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
final class GuardedRoutes {
    let services: Services
    let renderer: PageRenderer
    /// Asks people for their own passwords once more.
    let signInDesk: SignInDesk
    /// Every route added so far.
    private(set) var entries: [RouteEntry] = []

    private let watch: Doorkeeper
    private let router: Router<WebContext>

    init(services: Services, renderer: PageRenderer, router: Router<WebContext>) {
        self.services = services
        self.renderer = renderer
        self.router = router
        signInDesk = SignInDesk(acts: services.acts)
        watch = Doorkeeper(services: services, renderer: renderer)
    }

    /// A page that a person reads; it changes nothing.
    func page(
        _ path: String, needs permission: Permission,
        use handler: @escaping @Sendable (SignedIn) async throws -> Response
    ) {
        add(.get, path, .page, permission) { [watch] request, context in
            await watch.answerPage(request, context) { visitor, found in
                guard let found else { return Doorkeeper.signIn(for: visitor) }
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
        add(.post, path, .form, permission) { [watch] request, context in
            await watch.answerPage(request, context) { visitor, found in
                guard let found else { return Self.redirect("/sign-in") }
                let fields = try await watch.fields(
                    of: request, upTo: Doorkeeper.formBytesMax)
                guard watch.isOwnOrigin(request),
                    CSRF.matches(
                        fields["csrf"] ?? "", session: try watch.sessionToken(request))
                else {
                    throw WebProblem(.formExpired)
                }
                guard found.user.role.allows(permission) else { throw WebProblem(.notAllowed) }
                return try await handler(found, fields)
            }
        }
    }

    /// A form with a file. The file is taken to the disk while it comes in, once the fields before it have
    /// proved who sends it.
    func upload(
        _ path: String, needs permission: Permission,
        use handler:
            @escaping @Sendable (SignedIn, FormFields, UploadedFile?) async throws ->
            Response
    ) {
        let reader = UploadReader(uploads: services.imports.uploads)
        add(.post, path, .form, permission) { [watch] request, context in
            await watch.answerPage(request, context) { visitor, found in
                guard let found else { return Self.redirect("/sign-in") }
                guard found.user.role.allows(permission) else { throw WebProblem(.notAllowed) }
                let token = try watch.sessionToken(request)
                let (fields, file) = try await reader.read(request) { fields in
                    guard watch.isOwnOrigin(request),
                        CSRF.matches(fields["csrf"] ?? "", session: token)
                    else {
                        throw WebProblem(.formExpired)
                    }
                }
                return try await handler(found, fields, file)
            }
        }
    }

    /// A page for people who have not signed in, or need not have.
    func open(
        _ path: String,
        use handler: @escaping @Sendable (Visitor, SignedIn?) async throws -> Response
    ) {
        add(.get, path, .open, nil) { [watch] request, context in
            await watch.answerPage(request, context, handler)
        }
    }

    /// A form of such a page.
    func openForm(
        _ path: String,
        use handler: @escaping @Sendable (Visitor, FormFields, SignedIn?) async throws -> Response
    ) {
        add(.post, path, .open, nil) { [watch] request, context in
            await watch.answerPage(request, context) { visitor, found in
                guard watch.isOwnOrigin(request) else { throw WebProblem(.formExpired) }
                let fields = try await watch.fields(
                    of: request, upTo: Doorkeeper.openFormBytesMax)
                return try await handler(visitor, fields, found)
            }
        }
    }

    /// An endpoint of the API, for programs with a token.
    func api(
        _ method: HTTPRequest.Method, _ path: String, needs permission: Permission,
        use handler: @escaping @Sendable (Caller) async throws -> Response
    ) {
        add(method, path, .api, permission) { [watch] request, context in
            await watch.answerAPI(request, context) { visitor in
                let caller = try watch.caller(visitor)
                guard caller.role.allows(permission) else {
                    throw WebProblem(
                        .notAllowed,
                        "This needs the permission '\(permission.rawValue)', which the token's role '\(caller.role.rawValue)' has not."
                    )
                }
                return try await handler(caller)
            }
        }
    }

    /// An endpoint that performs an act: it needs what the act needs, and answers what the act answers.
    ///
    /// `make` reads the act from the request; `answer` says more of the answer than its JSON, where there is more.
    func act<A: Act>(
        _ method: HTTPRequest.Method, _ path: String,
        _ make: @escaping @Sendable (Caller) async throws -> A,
        answer: @escaping @Sendable (A.Answer, Caller) throws -> Response = { answer, _ in
            answer is Done ? .done : .json(answer)
        }
    ) {
        api(method, path, needs: A.needs) { [acts = services.acts] caller in
            let act = try await make(caller)
            return try answer(try await acts.perform(act, by: caller.asker), caller)
        }
    }

    /// An endpoint that needs no token: health, the description of the API.
    func openAPI(
        _ path: String, use handler: @escaping @Sendable (Visitor) async throws -> Response
    ) {
        add(.get, path, .open, nil) { [watch] request, context in
            await watch.answerAPI(request, context, handler)
        }
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: String, _ kind: RouteEntry.Kind,
        _ permission: Permission?,
        _ responder: @escaping @Sendable (Request, WebContext) async throws -> Response
    ) {
        entries.append(
            RouteEntry(method: method.rawValue, path: path, kind: kind, permission: permission))
        router.on(RouterPath(path), method: method, use: responder)
    }

    /// Sends a browser to another page of ours.
    static func redirect(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }

    /// The name of the cookie that carries the session; bound to the host where the connection is secure.
    static func sessionCookie(_ settings: ServiceSettings) -> String {
        settings.isSecure ? "__Host-ferry" : "ferry_session"
    }
}
