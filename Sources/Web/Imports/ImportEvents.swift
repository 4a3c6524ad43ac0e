import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Phrases
import Runs
import Store

/// Server-sent events about an import: `progress` while it goes on, `done` when the page should load itself
/// anew. A stream ends with its client, with the service, or after some minutes; browsers then ask again.
struct ImportEvents: Sendable {
    let services: Services
    private let open = OpenStreams()

    private static let interval: Duration = .milliseconds(500)
    /// Looks at the import in one stream: five minutes.
    private static let looksMax = 600
    /// Looks without news until a sign of life is sent: 15 seconds.
    private static let quietLooksMax = 30

    init(services: Services) {
        self.services = services
    }

    func response(for id: FileImport.ID, _ visitor: Visitor) -> Response {
        let body = ResponseBody { [self] writer in
            guard open.begin() else {
                // The browser asks again later; the page can be loaded anew by hand meanwhile.
                try await writer.write(ByteBuffer(string: "retry: 15000\n\n"))
                return try await writer.finish(nil)
            }
            defer { open.end() }
            let connection = ConnectionWatch()
            connection.begin(on: visitor.channel)
            try await stream(id, visitor.book, connection, to: &writer)
            connection.end(on: visitor.channel)
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: body)
    }

    @concurrent
    private func stream(
        _ id: FileImport.ID, _ book: PhraseBook, _ connection: ConnectionWatch,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var last: ImportNews?
        var quietLooks = 0
        for _ in 0..<Self.looksMax where !connection.isEnding {
            let found = try services.catalog.fileImport(id: id)
            guard found.state == .waiting || found.state == .running else {
                return try await writer.write(ByteBuffer(string: "event: done\ndata: {}\n\n"))
            }
            let news = ImportNews(services.imports.standing(of: id) ?? .waiting, book)
            if news != last {
                let data = String(decoding: try encoder.encode(news), as: UTF8.self)
                try await writer.write(ByteBuffer(string: "event: progress\ndata: \(data)\n\n"))
                last = news
                quietLooks = 0
            } else {
                quietLooks += 1
                if quietLooks >= Self.quietLooksMax {
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                    quietLooks = 0
                }
            }
            try await Task.sleep(for: Self.interval)
        }
    }
}
