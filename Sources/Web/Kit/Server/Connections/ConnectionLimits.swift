/// How many connections the service holds, and what pace it asks of them.
package struct ConnectionLimits: Equatable, Sendable {
    /// Connections at one time.
    package var connectionsMax = 4_096
    /// Connections of one address at one time.
    package var perAddressMax = 512
    /// How long a head may take, from its first byte, or from the beginning of the connection.
    package var head: Int64 = 20_000
    /// How long a connection may say nothing between two requests.
    package var idle: Int64 = 60_000
    /// How long a body may take, and an answer may wait to be taken, before the pace counts.
    package var grace: Int64 = 30_000
    /// The pace of bodies and answers after that, in bytes a second.
    package var bytesPerSecond = 1_024
    /// How long what is left of a body is taken whose request is answered already.
    package var rest: Int64 = 5_000
    /// How many bytes of such a body are taken.
    package var restBytesMax = 1 << 18

    package init() {}

    /// Limits for a process that may hold that many descriptors. An eighth of them, and never fewer than 128, is left to
    /// databases, uploads and connections to accounts. Behind a proxy that is trusted all connections come from its
    /// address, so that only their number in all counts.
    package init(descriptors: Int, trustsProxy: Bool = false) {
        let kept = max(128, descriptors / 8)
        connectionsMax = min(connectionsMax, max(16, descriptors - kept))
        perAddressMax = trustsProxy ? connectionsMax : min(perAddressMax, connectionsMax / 2)
    }
}
