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
                APIModel(
                    baseURL: services.baseURL(signedIn.request), groups: APIModel.groups(document)),
                for: signedIn)
        }
    }
}

/// What the page of the API shows. Operations are in English, as in the description.
struct APIModel: Sendable {
    let baseURL: String
    let groups: [Group]

    struct Group: Sendable {
        let name: String
        let operations: [Operation]
    }

    struct Operation: Sendable {
        let method: String
        let path: String
        let summary: String
    }

    static func groups(_ document: APIDocument) -> [Group] {
        var names: [String] = []
        for operation in document.operations where !names.contains(operation.tag) {
            names.append(operation.tag)
        }
        return names.map { name in
            Group(
                name: name,
                operations: document.operations.filter { $0.tag == name }.map {
                    Operation(method: $0.method, path: $0.path, summary: $0.summary)
                })
        }
    }
}
