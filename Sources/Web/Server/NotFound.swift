import HTTPTypes
import Hummingbird

/// Answers for paths and methods that no route has: a page under most paths, a problem under `/api/v1`.
struct NotFound: RouterMiddleware {
    typealias Context = WebContext

    let services: Services
    let renderer: PageRenderer

    func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            let visitor = Visitor(request, context, services.settings, user: nil)
            let code: WebProblem.Code =
                error.status == .methodNotAllowed
                ? .methodNotAllowed : error.status == .contentTooLarge ? .tooLarge : .notFound
            let problem = WebProblem(code)
            return request.uri.path.hasPrefix("/api/v1")
                ? ProblemDetails.response(problem, requestID: visitor.requestID)
                : renderer.problem(problem, visitor, nil)
        }
    }
}
