import HTTPTypes
import Hummingbird

/// Answers for paths and methods that no route has: a page under most paths, a problem under `/api/v1`.
struct NotFound: RouterMiddleware {
    typealias Context = WebContext

    let doorkeeper: Doorkeeper

    func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            let code: WebProblem.Code =
                error.status == .methodNotAllowed
                ? .methodNotAllowed : error.status == .contentTooLarge ? .tooLarge : .notFound
            if request.uri.path.hasPrefix("/api/v1") {
                return await doorkeeper.answerAPI(request, context) { _ in
                    throw WebProblem(code)
                }
            }
            return await doorkeeper.answerPage(request, context) { _, _ in
                throw WebProblem(code)
            }
        }
    }
}
