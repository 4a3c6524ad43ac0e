import Hummingbird
import NIOCore

/// What the server keeps of a request besides the request: its id and where it came from.
struct WebContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    /// Nil in tests that have no socket.
    let remoteAddress: SocketAddress?
    /// The connection the request came on.
    let channel: any Channel
    /// Shown on error pages and in the log, so that one finds the other.
    let requestID: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        channel = source.channel
        remoteAddress = source.channel.remoteAddress
    }
}
