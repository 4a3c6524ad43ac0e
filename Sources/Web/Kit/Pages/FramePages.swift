import Access
import Acts
import Foundation
import HTTPTypes
import Hummingbird
import Phrases
import Store

/// What belongs to no family of pages: the style sheet, the choice of a language.
struct FramePages: Sendable {
    func add(to routes: GuardedRoutes) {
        routes.open("/assets/{file}") { visitor, _ in
            guard let response = Assets.own.response(path: visitor.path) else {
                throw WebProblem(.notFound)
            }
            return response
        }
        let services = routes.services
        routes.openForm("/language") { visitor, fields, signedIn in
            guard let language = fields["language"].flatMap(Language.init(rawValue:)) else {
                throw WebProblem(.badRequest)
            }
            if let signedIn {
                _ = try await services.acts.perform(
                    SetLanguage(language.rawValue), by: signedIn.asker)
            }
            var response = GuardedRoutes.redirect(LocalPath.checked(fields["back"]))
            response.setCookie(
                Cookie(
                    name: Visitor.languageCookie, value: language.rawValue, maxAge: 31_536_000,
                    path: "/", secure: services.settings.isSecure, httpOnly: true,
                    sameSite: .lax))
            return response
        }
    }
}

/// Where a form or a link may send people: our own pages and nowhere else.
enum LocalPath {
    /// The path when it is one of ours, else the front door.
    static func checked(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            return "/"
        }
        return path
    }
}
