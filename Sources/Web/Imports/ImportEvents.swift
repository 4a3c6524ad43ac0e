import Acts
import Hummingbird
import Phrases
import Service
import Store

/// What an import's page hears while it is open.
struct ImportEvents: Sendable {
    private let services: Services
    private let live = LiveStream()

    init(services: Services) {
        self.services = services
    }

    func response(for id: FileImport.ID, _ visitor: Visitor) -> Response {
        let book = visitor.book
        return live.response(for: visitor) { [services] () throws -> ImportNews? in
            let found = try services.catalog.history.fileImport(id: id)
            guard found.state == .waiting || found.state == .running else { return nil }
            return ImportNews(services.imports.standing(of: id) ?? .waiting, book)
        }
    }
}
