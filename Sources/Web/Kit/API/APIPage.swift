import Access
import Hummingbird
import Phrases

/// The readable page of the API.
struct APIPage: Sendable {
    private let document: APIDocument
    private let services: Services
    private let renderer: PageRenderer

    init(document: APIDocument, _ routes: GuardedRoutes) {
        self.document = document
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/api", needs: .useAPI) { signedIn in
            renderer.page(
                "api", title: signedIn.book.text(.apiTitle),
                APIModel(baseURL: services.baseURL(signedIn.request), document),
                for: signedIn)
        }
    }
}

/// What the page of the API shows. Operations are in English, as in the description.
struct APIModel: Sendable {
    let baseURL: String
    let operations: [Operation]

    struct Operation: Sendable {
        let group: String
        let method: String
        let path: String
        let summary: String
    }

    init(baseURL: String, _ document: APIDocument) {
        self.baseURL = baseURL
        operations = document.operations.map {
            Operation(group: $0.tag, method: $0.method, path: $0.path, summary: $0.summary)
        }
    }
}
