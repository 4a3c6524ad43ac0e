import Dispatch

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Looks a host up and refuses addresses that no account of a destination can have: those of this
/// machine and of private networks. Otherwise a connection could be used to reach inside.
package enum HostAddress {
    private static let lookups = DispatchQueue(
        label: "ferry.host-lookup", attributes: .concurrent)

    /// The same as `resolve`, on a thread of its own: a name service that does not answer blocks for many
    /// seconds, and requests are answered on few threads.
    package static func lookUp(
        _ host: String, allowsLoopback: Bool
    ) async throws(TransportError) -> String {
        let found: Result<String, TransportError> = await withCheckedContinuation { continuation in
            lookups.async {
                let found = Result { () throws(TransportError) in
                    try resolve(host, allowsLoopback: allowsLoopback)
                }
                continuation.resume(returning: found)
            }
        }
        return try found.get()
    }

    /// The first address of a host, as text. The caller pins it, so that a later answer of the name
    /// service cannot lead elsewhere.
    package static func resolve(_ host: String, allowsLoopback: Bool) throws(TransportError)
        -> String
    {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else {
            throw TransportError(
                .hostNotFound, "The host '\(host)' was not found.", mayHaveArrived: false)
        }
        defer { freeaddrinfo(first) }
        var address: String?
        var entry: UnsafeMutablePointer<addrinfo>? = first
        while let info = entry {
            let found = bytes(of: info.pointee)
            if !isAllowed(found, allowsLoopback: allowsLoopback) {
                throw TransportError(
                    .addressForbidden,
                    "The host '\(host)' leads to this machine or into a private network, where no account can be.",
                    mayHaveArrived: false)
            }
            address = address ?? text(of: info.pointee)
            entry = info.pointee.ai_next
        }
        guard let address else {
            throw TransportError(
                .hostNotFound, "The host '\(host)' has no usable address.", mayHaveArrived: false)
        }
        return address
    }

    /// Whether an address, 4 or 16 bytes long, is one of the public network.
    package static func isAllowed(_ address: [UInt8], allowsLoopback: Bool) -> Bool {
        if address.count == 4 { return isAllowedV4(address, allowsLoopback: allowsLoopback) }
        guard address.count == 16 else { return false }
        let isMapped =
            address[0..<10].allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
        if isMapped { return isAllowedV4(Array(address[12...]), allowsLoopback: allowsLoopback) }
        if address[0..<15].allSatisfy({ $0 == 0 }) { return allowsLoopback && address[15] == 1 }
        // Addresses that wrap one of version 4 (6to4, Teredo) could lead anywhere.
        if address[0] == 0x20, address[1] == 0x02 { return false }
        if address[0..<4].elementsEqual([0x20, 0x01, 0, 0]) { return false }
        // Global unicast is 2000::/3; this leaves out local, link-local and multicast ranges.
        return address[0] & 0xE0 == 0x20
    }

    private static func isAllowedV4(_ address: [UInt8], allowsLoopback: Bool) -> Bool {
        switch (address[0], address[1]) {
        case (127, _): allowsLoopback
        case (0, _), (10, _), (100, 64...127), (169, 254), (172, 16...31), (192, 168),
            (198, 18...19):
            false
        case (192, 0): address[2] != 0
        case (224..., _): false
        default: true
        }
    }

    private static func bytes(of info: addrinfo) -> [UInt8] {
        guard let address = info.ai_addr else { return [] }
        let raw = UnsafeRawPointer(address)
        if info.ai_family == AF_INET {
            let offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 4
            return Array(UnsafeRawBufferPointer(start: raw + offset, count: 4))
        }
        let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 8
        return Array(UnsafeRawBufferPointer(start: raw + offset, count: 16))
    }

    private static func text(of info: addrinfo) -> String? {
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
                == 0
        else { return nil }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
