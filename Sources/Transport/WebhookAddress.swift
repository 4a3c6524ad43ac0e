import Foundation

/// The address of a webhook: HTTPS, to a public host. Plain HTTP is for loopback only, where that is allowed.
package struct WebhookAddress: Equatable, Sendable {
    /// Characters of an address.
    package static let lengthMax = 2_000

    let endpoint: LiveTransport.Endpoint
    /// Path and query, beginning with a slash.
    let path: String

    /// Reads an address as a person enters it; nil for one that cannot be used. Names are not looked up yet,
    /// so a host inside a private network may only be refused when something is sent.
    package init?(_ text: String, allowsLoopback: Bool) {
        guard text.utf8.count <= Self.lengthMax,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let written = parts.percentEncodedHost, !written.isEmpty, parts.user == nil,
            parts.password == nil, parts.fragment == nil
        else { return nil }
        let host = written.trimmingCharacters(in: ["[", "]"]).lowercased()
        guard !host.contains("%"), !host.contains("_") else { return nil }
        let isLoopback = host == "localhost" || host == "127.0.0.1" || host == "::1"
        guard scheme == "https" || (scheme == "http" && isLoopback && allowsLoopback),
            !isLoopback || allowsLoopback, parts.port.map({ (1...65_535).contains($0) }) ?? true
        else { return nil }
        endpoint = LiveTransport.Endpoint(
            host: host, port: parts.port, isSecure: scheme == "https")
        let path = parts.percentEncodedPath
        self.path =
            (path.isEmpty ? "/" : path) + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }
}
