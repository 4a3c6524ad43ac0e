import Access
import Acts
import Hummingbird
import Phrases

/// System > API usage: requests to each account against its limits.
struct UsagePages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/system/usage", needs: .readUsage) { signedIn in
            let usage = try AccountUsage.all(services.catalog, at: services.now())
            return renderer.page(
                "usage", title: signedIn.book.text(.usageTitle),
                UsageModel(usage, signedIn.book), for: signedIn)
        }
    }
}
