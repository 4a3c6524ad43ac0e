import Foundation
import Logging
import NIOCore
import NIOPosix

/// Tells the sender of an import that it ended, over plain HTTP and to this machine only: a sandbox
/// must never call out.
struct CallbackSender: Sendable {
    let logger: Logger

    /// Sends one callback; one that cannot be sent is logged and forgotten, as nobody retries them.
    func send(_ due: DueCallback) async {
        guard let request = CallbackRequest(due) else {
            logger.warning(
                "A callback was not sent: its address is expected to be http on this machine",
                metadata: ["import.id": "\(due.batchID)"])
            return
        }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(5))
                .connect(host: request.host, port: request.port).get()
            try await channel.writeAndFlush(channel.allocator.buffer(string: request.text)).get()
            // The answer does not matter. The other side closes, since it was asked to; if it does
            // not, this side does.
            let deadline = channel.eventLoop.scheduleTask(in: .seconds(5)) {
                channel.close(mode: .all, promise: nil)
            }
            try await channel.closeFuture.get()
            deadline.cancel()
        } catch {
            logger.warning(
                "A callback was not delivered",
                metadata: ["import.id": "\(due.batchID)", "error": "\(error)"])
        }
    }
}

/// A callback as the text of an HTTP request.
struct CallbackRequest: Sendable {
    let host: String
    let port: Int
    let text: String

    /// Nil when the address is not `http` on the loopback interface.
    init?(_ due: DueCallback) {
        let callback = due.callback
        guard let url = URLComponents(string: callback.url), url.scheme == "http",
            let host = url.host, ["127.0.0.1", "localhost", "[::1]", "::1"].contains(host)
        else { return nil }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = url.port ?? 80
        var called = url
        if !callback.isPost {
            let added = callback.params.map { URLQueryItem(name: $0.0, value: $0.1) }
            called.queryItems = (url.queryItems ?? []) + added
            if called.queryItems?.isEmpty == true { called.queryItems = nil }
        }
        var path = called.percentEncodedPath.isEmpty ? "/" : called.percentEncodedPath
        if let query = called.percentEncodedQuery { path += "?" + query }
        let body = callback.isPost ? Self.body(of: due) : []
        var lines = [
            "\(callback.isPost ? "POST" : "GET") \(path) HTTP/1.1", "Host: \(host):\(port)",
            "Content-Type: application/json", "Content-Length: \(body.count)",
            "Connection: close",
        ]
        for (name, value) in callback.headers where Self.isPlain(name) && Self.isPlain(value) {
            lines.append("\(name): \(value)")
        }
        text = lines.joined(separator: "\r\n") + "\r\n\r\n" + String(decoding: body, as: UTF8.self)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }

    /// What a callback really holds is written down nowhere; this is a guess.
    private static func body(of due: DueCallback) -> [UInt8] {
        var members: [JSONValue.Member] = []
        if due.callback.isDetailed {
            members = [
                .init(name: "success", value: .integer(due.successCount)),
                .init(name: "failure", value: .integer(due.failure.count)),
                .init(
                    name: "errors",
                    value: .array(
                        due.failure.map {
                            ["email": .string($0.address), "message": .string($0.reason)]
                        })),
            ]
        }
        members.append(.init(name: "batchId", value: .string(due.batchID)))
        for (name, value) in due.callback.params {
            members.append(.init(name: name, value: .string(value)))
        }
        return JSONValue.object(members).bytes
    }
}
