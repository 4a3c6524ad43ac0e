import Access
import Acts
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Phrases
import Profiles
import Store

/// Whoever asks, before it is known who they are.
struct Visitor: Sendable {
    let request: Request
    /// Parts of the path that the route names.
    let parameters: Parameters
    let query: FormFields
    let language: Language
    let address: String
    /// The connection the request came on.
    let channel: any Channel
    /// Shown on error pages and in the log, so that one finds the other.
    let requestID: String
    /// Where the room for its body comes from.
    let bodies: BodyBudget
    /// The path as the route has it. Unlike the path itself it holds no link's secret, so it may be logged.
    let route: String

    var book: PhraseBook { PhraseBook(language) }
    /// As the sign-in desk knows whoever asks.
    var browser: Browser {
        Browser(agent: agent, address: address) { [request] name in
            request.cookies[DeviceCookie.name(ofUserNamed: name)].flatMap {
                SecretToken(text: $0.value, kind: .device)
            }
        }
    }

    var agent: String? { request.headers[.userAgent].map { String($0.prefix(200)) } }
    var path: String { request.uri.path }

    /// An id in the path; anything that is none is a page that does not exist.
    func id<Thing>(_ name: String = "id") throws(WebProblem) -> Identifier<Thing> {
        guard let text = parameters.get(name), let id = Identifier<Thing>(text), id > 0 else {
            throw WebProblem(.notFound)
        }
        return id
    }
}

extension Visitor {
    static let languageCookie = "ferry_language"

    init(_ request: Request, _ context: WebContext, _ services: Services, user: User?) {
        self.request = request
        bodies = services.bodies
        parameters = context.parameters
        query = FormFields(request.uri.query ?? "")
        requestID = context.requestID
        route = context.endpointPath ?? "none"
        channel = context.channel
        address = Self.address(request, context, services.settings)
        language =
            user?.language.flatMap(Language.init(rawValue:))
            ?? request.cookies[Self.languageCookie].flatMap { Language(rawValue: $0.value) }
            ?? Language(acceptLanguage: request.headers[.acceptLanguage])
    }

    private static func address(
        _ request: Request, _ context: WebContext, _ settings: ServiceSettings
    ) -> String {
        // The last entry is the one that our own proxy added; those before it are the client's word.
        if settings.trustsProxy, let name = HTTPField.Name("X-Forwarded-For"),
            let last = request.headers[name]?.split(separator: ",").last
        {
            return last.trimmingCharacters(in: .whitespaces)
        }
        return context.remoteAddress?.ipAddress ?? "unknown"
    }
}

/// A person who has signed in, and their request.
struct SignedIn: Sendable {
    let visitor: Visitor
    let user: User
    let session: Session
    /// Every form brings it back.
    let csrf: String

    var actor: Actor { Actor(user: user.name) }
    var role: Role { user.role }
    var book: PhraseBook { visitor.book }
    var language: Language { visitor.language }
    var query: FormFields { visitor.query }
    var request: Request { visitor.request }

    /// As acts know them.
    var asker: Asker {
        Asker(
            actor: actor, role: role, user: user, means: .page(session: session.id),
            browser: visitor.browser)
    }

    func id<Thing>(_ name: String = "id") throws(WebProblem) -> Identifier<Thing> {
        try visitor.id(name)
    }
}

/// A program that brought an API token, and its request.
struct Caller: Sendable {
    let visitor: Visitor
    let user: User
    let token: APIToken
    /// The lower one of the token's and its owner's.
    let role: Role

    var actor: Actor { Actor(token: token.name, ofUser: user.name) }
    var query: FormFields { visitor.query }
    var request: Request { visitor.request }

    /// As acts know them.
    var asker: Asker {
        Asker(
            actor: actor, role: role, user: user, means: .token(token.id), browser: visitor.browser)
    }

    /// The page of a list that is asked for, when nothing else is.
    func page(_ kind: Cursor.Kind) throws(WebProblem) -> PageRequest {
        try APIQuery(self, names: PageRequest.names).page(kind)
    }

    func id<Thing>(_ name: String = "id") throws(WebProblem) -> Identifier<Thing> {
        try visitor.id(name)
    }

    /// The id in the path of a request whose body says nothing.
    func idAlone<Thing>() async throws -> Identifier<Thing> {
        try await readNothing()
        return try id()
    }

    /// Reads the JSON object that the request brought. `isOptional` lets an empty body stand for an empty object.
    func body(isOptional: Bool = false) async throws -> APIBody {
        try await visitor.bodies.read(request, upTo: APIBody.bytesMax) {
            try APIBody($0, type: request.headers[.contentType], isOptional: isOptional)
        }
    }

    /// Reads a body that says nothing: an empty one, or an object without members.
    func readNothing() async throws {
        var body = try await body(isOptional: true)
        try body.end()
    }
}
