import NIOCore
import NIOHTTPTypes

/// Stands at the socket's end of a connection: counts what comes, and closes the connection when it is too slow.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let roll: ConnectionRoll
    private let ticket: ConnectionRoll.Ticket
    private var pace: ConnectionPace
    private var standing = ConnectionPace.Standing.unused
    /// Whether the service asked for bytes and has not got any yet.
    private var isRead = false
    private var context: ChannelHandlerContext?
    private var watch: (task: Scheduled<Void>, deadline: Int64)?

    init(_ ticket: ConnectionRoll.Ticket, _ roll: ConnectionRoll, _ limits: ConnectionLimits) {
        self.ticket = ticket
        self.roll = roll
        pace = ConnectionPace(limits, at: Self.now)
    }

    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        update()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        isRead = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isRead = false
        pace.received(unwrapInboundIn(data).readableBytes, at: Self.now)
        update()
        if pace.stage == .rest, closeIfFaulty() { return }
        context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            pace.taken()
        } else {
            pace.stopped(pending: pending, at: Self.now)
        }
        update()
        context.fireChannelWritabilityChanged()
    }

    // MARK: Requests

    /// Tells whether the request is taken: not while an answer is owed.
    func headEnded() -> Bool {
        guard !pace.owesAnswer else {
            roll.count(.pipelined)
            return false
        }
        pace.headEnded(at: Self.now)
        update()
        return true
    }

    func bodyEnded() {
        pace.bodyEnded(at: Self.now)
        update()
    }

    func answerEnded() {
        pace.answerEnded(at: Self.now)
        update()
    }

    // MARK: Watching

    private var pending: Int {
        let options = context?.channel.syncOptions
        return (try? options?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Tells the roll where the connection stands, and looks again when it must be further.
    private func update() {
        if pace.standing != standing {
            standing = pace.standing
            roll.note(ticket, standing)
        }
        guard let deadline = pace.deadline, let context else { return }
        // A later deadline is found when the earlier one comes.
        if let watch, watch.deadline <= deadline { return }
        watch?.task.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(
            in: .milliseconds(max(0, deadline - Self.now))
        ) { bound.value.wake() }
        watch = (task, deadline)
    }

    private func wake() {
        watch = nil
        if !closeIfFaulty() { update() }
    }

    private func closeIfFaulty() -> Bool {
        guard let context,
            let fault = pace.check(at: Self.now, isRead: isRead, pending: pending)
        else { return false }
        roll.count(fault)
        context.close(promise: nil)
        return true
    }

    private func end() {
        watch?.task.cancel()
        watch = nil
        context = nil
        roll.leave(ticket)
    }
}

/// Tells the guard of a connection where requests and answers begin and end.
final class RequestMarker: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let watch: ConnectionGuard
    /// Nothing more is taken, and the connection ends with the answer that is owed.
    private var isLast = false

    init(_ watch: ConnectionGuard) {
        self.watch = watch
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLast else { return }
        switch unwrapInboundIn(data) {
        case .head:
            guard watch.headEnded() else {
                isLast = true
                return
            }
        case .body: break
        case .end: watch.bodyEnded()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        watch.answerEnded()
        guard isLast else {
            context.write(data, promise: promise)
            return
        }
        context.writeAndFlush(data, promise: promise)
        context.close(promise: nil)
    }
}
