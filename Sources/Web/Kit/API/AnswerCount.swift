import HTTPTypes
import Hummingbird

/// Counts answers by the kind of request and the class of the status.
struct AnswerCount: RouterMiddleware {
    typealias Context = WebContext

    let health: ServiceHealth

    func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        health.count(.init(path: request.uri.path), status: response.status.code)
        return response
    }
}
