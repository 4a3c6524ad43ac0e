package import Exports
import Profiles
package import Transport

/// The host of an ActiveCampaign account as people enter it.
///
/// ActiveCampaign shows a whole address under Settings > Developer, and people paste it: `https://`, a
/// trailing slash and `/api/3` are taken off. Anything else is refused.
package struct AccountHost: Equatable, Sendable {
    package let host: String
    package let port: Int?

    /// With `allowsLoopback`, an address of this machine may be given, with a port.
    package init(parsing text: String, allowsLoopback: Bool) throws(DestinationError) {
        var rest = text.trimmed
        for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
            rest = String(rest.dropFirst(scheme.count))
            break
        }
        while rest.hasSuffix("/") { rest.removeLast() }
        if rest.lowercased().hasSuffix("/api/3") { rest.removeLast("/api/3".count) }
        while rest.hasSuffix("/") { rest.removeLast() }
        let (host, port) = try Self.split(rest.lowercased())
        guard Self.isHostName(host) else { throw Self.malformed }
        let isLoopback = Self.isLoopback(host)
        guard port == nil || (isLoopback && allowsLoopback) else {
            throw DestinationError(.addressForbidden, what: "port")
        }
        guard !isLoopback || allowsLoopback else {
            throw DestinationError(
                .addressForbidden, what: "loopback", ["host": .text(host)])
        }
        self.host = host
        self.port = port
    }

    /// The stored form: the host, with the port where there is one.
    package var text: String { port.map { "\(host):\($0)" } ?? host }

    /// Plain HTTP for addresses of this machine, HTTPS for everything else.
    package var endpoint: LiveTransport.Endpoint {
        LiveTransport.Endpoint(host: host, port: port, isSecure: !Self.isLoopback(host))
    }

    private static var malformed: DestinationError {
        DestinationError(.addressForbidden)
    }

    private static func split(_ text: String) throws(DestinationError) -> (String, Int?) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 { return (text, nil) }
        guard parts.count == 2, let port = Int(parts[1]), (1...65_535).contains(port) else {
            throw malformed
        }
        return (String(parts[0]), port)
    }

    private static func isHostName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1 || text == "localhost" else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
                }
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost"
            || (host.hasPrefix("127.")
                && host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) })
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

/// What ActiveCampaign documents of its limits (developers.activecampaign.com, "Rate limits" and "Bulk
/// import contacts").
package enum ActiveCampaignLimits {
    /// Requests a second for the whole account, whatever the key.
    package static let requestsPerSecond = 5
    /// Import requests a minute that hold several contacts.
    package static let importsPerMinute = 100
    /// Import requests a minute that hold one contact.
    package static let singleImportsPerMinute = 20
    package static let contactsPerImportMax = 250
    package static let importBytesMax = 399_999

    package static let quotas = [
        DestinationQuota(
            name: "requests", member: "requestsPerSecond", scope: .everything,
            window: .seconds(1), allowed: requestsPerSecond, label: "usage.requests"),
        DestinationQuota(
            name: "imports", member: "importsPerMinute", scope: .severalPeople,
            window: .seconds(60), allowed: importsPerMinute, label: "usage.imports"),
        DestinationQuota(
            name: "single-imports", member: "singleImportsPerMinute", scope: .onePerson,
            window: .seconds(60), allowed: singleImportsPerMinute, label: "usage.singleImports"),
    ]
}
