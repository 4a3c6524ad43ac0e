import Hummingbird
import Phrases
import Service
import Store

/// What a run's page hears while it is open.
struct RunEvents: Sendable {
    private let services: Services
    private let live = LiveStream()

    init(services: Services) {
        self.services = services
    }

    /// `shown` is the step that the page was made for; the page is loaded anew when another part of it is
    /// needed.
    func response(for id: Run.ID, shown: String?, _ visitor: Visitor) -> Response {
        let book = visitor.book
        return live.response(for: visitor) { [services] () throws -> RunNews? in
            let run = try services.catalog.ledger.run(id: id)
            guard run.state == .planning || run.state == .sending else { return nil }
            let news = RunNews(
                services.runs.progress(of: id) ?? RunNews.progress(of: run), book)
            if let shown, (shown == "planning") != (news.phase == "planning") { return nil }
            return news
        }
    }
}
