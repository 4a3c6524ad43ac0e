import HTTPTypes
import Hummingbird

/// Stands before the answer for paths that no route has: a path that is there for other methods says which.
struct MethodNotAllowed: RouterMiddleware {
    typealias Context = WebContext

    /// Every route.
    let entries: [RouteEntry]

    func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let methods = methods(of: request.uri.path)
        guard !methods.isEmpty else { return try await next(request, context) }
        var problem = WebProblem(.methodNotAllowed, "This address takes \(methods).")
        problem.allowed = methods
        throw problem
    }

    /// The methods of a path as `Allow` lists them; empty for a path that is not there.
    func methods(of path: String) -> String {
        let parts = path.split(separator: "/")
        return Set(entries.filter { Self.matches(parts, $0.path) }.map(\.method)).sorted()
            .joined(separator: ", ")
    }

    private static func matches(_ parts: [Substring], _ route: String) -> Bool {
        let names = route.split(separator: "/")
        return names.count == parts.count
            && zip(names, parts).allSatisfy { name, part in name.hasPrefix("{") || name == part }
    }
}
