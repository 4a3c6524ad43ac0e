import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// A connection of HTTP/1.1 that is on the roll and watched for its pace.
struct GuardedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let roll: ConnectionRoll
    let limits: ConnectionLimits
    let responder: HTTPChannelHandler.Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let ticket = roll.admit(from: channel.remoteAddress?.ipAddress ?? "") {
            channel.close(promise: nil)
        }
        guard let ticket else {
            // A connection that is not set up would end the server's own stream of connections.
            return HTTP1Channel(responder: responder).setup(channel: channel, logger: logger)
                .always { _ in channel.close(promise: nil) }
        }
        return channel.eventLoop.makeCompletedFuture {
            let watch = ConnectionGuard(ticket, roll, limits)
            try channel.pipeline.syncOperations.addHandler(watch)
            return NIOLoopBound(watch, eventLoop: channel.eventLoop)
        }
        .flatMap { watch in
            HTTP1Channel(
                responder: responder,
                configuration: .init(additionalChannelHandlers: [RequestMarker(watch.value)])
            ).setup(channel: channel, logger: logger)
        }
        .flatMapErrorThrowing { error in
            roll.leave(ticket)
            throw error
        }
    }

    func handle(value: Value, logger: Logger) async {
        await HTTP1Channel(responder: responder).handle(value: value, logger: logger)
    }
}
