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
        } catch let problem as WebProblem {
            return await answer(problem, request, context)
        } catch let error as any HTTPResponseError {
            return await answer(
                WebProblem(error.status == .contentTooLarge ? .tooLarge : .notFound), request,
                context)
        }
    }

    private func answer(
        _ problem: WebProblem, _ request: Request, _ context: WebContext
    ) async -> Response {
        let path = request.uri.path
        let isForPrograms =
            path == "/api/v1" || path.hasPrefix("/api/v1/") || path.hasPrefix("/health/")
            || path == "/metrics"
        guard !isForPrograms else {
            return await doorkeeper.answerAPI(request, context) { _ in throw problem }
        }
        var response = await doorkeeper.answerPage(request, context) { _, _ in throw problem }
        if let allowed = problem.allowed { response.headers[.allow] = allowed }
        return response
    }
}
