import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Server-sent events about something under way: `progress` while it goes on, `done` when the page should load
/// itself anew. A stream ends with its client, with the service, or after some minutes; browsers then ask
/// again.
struct LiveStream: Sendable {
    private let open = OpenStreams()

    private static let interval: Duration = .milliseconds(500)
    /// Looks in one stream: five minutes.
    private static let looksMax = 600
    /// Looks without news until a sign of life is sent: 15 seconds.
    private static let quietLooksMax = 30

    /// `look` says how things stand; nil when the page is to load itself anew.
    func response<News: Encodable & Equatable & Sendable>(
        for visitor: Visitor, _ look: @escaping @Sendable () throws -> News?
    ) -> Response {
        let body = ResponseBody { [self] writer in
            guard open.begin() else {
                // The browser asks again later; the page can be loaded anew by hand meanwhile.
                try await writer.write(ByteBuffer(string: "retry: 15000\n\n"))
                return try await writer.finish(nil)
            }
            defer { open.end() }
            let connection = ConnectionWatch()
            connection.begin(on: visitor.channel)
            try await Self.stream(look, connection, to: &writer)
            connection.end(on: visitor.channel)
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: body)
    }

    @concurrent
    private static func stream<News: Encodable & Equatable & Sendable>(
        _ look: @escaping @Sendable () throws -> News?, _ connection: ConnectionWatch,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var last: News?
        var quietLooks = 0
        for _ in 0..<looksMax where !connection.isEnding {
            guard let news = try look() else {
                return try await writer.write(ByteBuffer(string: "event: done\ndata: {}\n\n"))
            }
            if news != last {
                let data = String(decoding: try encoder.encode(news), as: UTF8.self)
                try await writer.write(ByteBuffer(string: "event: progress\ndata: \(data)\n\n"))
                last = news
                quietLooks = 0
            } else {
                quietLooks += 1
                if quietLooks >= quietLooksMax {
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                    quietLooks = 0
                }
            }
            try await Task.sleep(for: interval)
        }
    }
}

/// Streams that are open, over all pages of one kind and all people.
final class OpenStreams: Sendable {
    private static let countMax = 256
    private let count = Mutex(0)

    func begin() -> Bool {
        count.withLock { count in
            guard count < Self.countMax else { return false }
            count += 1
            return true
        }
    }

    func end() { count.withLock { $0 -= 1 } }
}

/// Notices that a connection has been closed by its client, or is asked to end because the service does.
final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = Any

    private let ending = Mutex(false)

    var isEnding: Bool { ending.withLock { $0 } }

    /// Nobody waits until it is there: a connection that is gone already ends the stream by itself.
    func begin(on channel: any Channel) {
        _ = channel.pipeline.addHandler(self, position: .first)
    }

    func end(on channel: any Channel) {
        _ = channel.pipeline.removeHandler(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { ending.withLock { $0 = true } }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ending.withLock { $0 = true }
        context.fireChannelInactive()
    }
}
