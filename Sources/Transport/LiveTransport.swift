import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends requests to one host over AsyncHTTPClient: no redirects (the key must not travel), a time-out,
/// a limit on the answer.
package struct LiveTransport: HTTPTransport {
    /// Where an account is reached.
    package struct Endpoint: Equatable, Sendable {
        package let host: String
        package let port: Int?
        /// Plain HTTP is for loopback only.
        package let isSecure: Bool

        package init(host: String, port: Int?, isSecure: Bool) {
            self.host = host
            self.port = port
            self.isSecure = isSecure
        }

        package var url: String {
            let authority = host.contains(":") ? "[\(host)]" : host
            return "\(isSecure ? "https" : "http")://\(authority)\(port.map { ":\($0)" } ?? "")"
        }
    }

    /// A page of 100 contacts takes about 300 KB; nothing legitimate comes near this.
    private static let answerBytesMax = 8 << 20

    /// A longer rest, in seconds, is nonsense or an outage; it is asked for again after a day.
    private static let retryAfterMax = 86_400.0

    private let client: HTTPClient
    private let endpoint: Endpoint
    private let headers: HTTPHeaders
    private let timeout: TimeAmount

    /// `secretHeaders` carry the key. The address is looked up once, on a thread of its own, and pinned. With
    /// `isPatient` off, a connection that cannot be made is told at once, where somebody waits for it.
    package init(
        endpoint: Endpoint, secretHeaders: [(name: String, value: String)],
        allowsLoopback: Bool, timeout: Duration = .seconds(60), isPatient: Bool = true
    ) async throws(TransportError) {
        let address = try await HostAddress.lookUp(endpoint.host, allowsLoopback: allowsLoopback)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        if address != endpoint.host { configuration.dnsOverride = [endpoint.host: address] }
        // The request's own limit ends with the head of the answer; the second one watches over the body.
        configuration.timeout = .init(
            connect: .seconds(15), read: .milliseconds(timeout.milliseconds))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = isPatient
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.endpoint = endpoint
        self.timeout = .milliseconds(timeout.milliseconds)
        headers = HTTPHeaders(
            secretHeaders + [("Accept", "application/json"), ("User-Agent", "ferry")])
    }

    /// Closes the connections. Must be called before the transport is let go.
    package func shutdown() async {
        // Closing can only fail when it has been done before.
        try? await client.shutdown()
    }

    /// Throws `TransportError` when no answer came, also for a task that was cancelled.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var outgoing = HTTPClientRequest(url: endpoint.url + request.path)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers = headers
        if let body = request.body {
            outgoing.headers.add(name: "Content-Type", value: "application/json")
            outgoing.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await client.execute(outgoing, timeout: timeout)
            let body = try await response.body.collect(upTo: Self.answerBytesMax)
            return HTTPResponse(
                status: Int(response.status.code),
                retryAfter: Self.retryAfter(response.headers.first(name: "Retry-After")),
                contentType: response.headers.first(name: "Content-Type"),
                body: Array(body.readableBytesView))
        } catch is CancellationError {
            // It may have left already.
            throw TransportError(
                .cut, "The request to '\(endpoint.host)' was given up.", mayHaveArrived: true)
        } catch {
            throw Self.transportError(error, host: endpoint.host)
        }
    }

    /// What `Retry-After` asks for: seconds, or a date of HTTP; nil for what is neither.
    static func retryAfter(_ value: String?) -> Duration? {
        guard let value else { return nil }
        if let seconds = Double(value.trimmingCharacters(in: .whitespaces)) {
            return seconds >= 0 ? .seconds(min(seconds, retryAfterMax)) : nil
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return formatter.date(from: value).map {
            .seconds(min(max(0, $0.timeIntervalSinceNow), retryAfterMax))
        }
    }

    static func transportError(_ error: any Error, host: String) -> TransportError {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout:
            return TransportError(
                .notConnected, "No connection to '\(host)' within 15 seconds.",
                mayHaveArrived: false)
        case let error as HTTPClientError
        where error == .tlsHandshakeTimeout || error == .getConnectionFromPoolTimeout:
            return TransportError(
                .notConnected, "No usable connection to '\(host)'.", mayHaveArrived: false)
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            return TransportError(
                .timeout, "No answer from '\(host)' in time.", mayHaveArrived: true)
        case let error as HTTPClientError where error == .cancelled:
            return TransportError(
                .cut, "The request to '\(host)' was cancelled.", mayHaveArrived: true)
        case is NIOConnectionError:
            return TransportError(
                .notConnected, "No connection to '\(host)': nothing listens there.",
                mayHaveArrived: false)
        case let error as NIOSSLError:
            return TransportError(
                .tls, "No secure connection to '\(host)' (\(error.shortDescription)).",
                mayHaveArrived: false)
        case is NIOTooManyBytesError:
            return TransportError(
                .answerTooLarge, "The answer of '\(host)' is too large.", mayHaveArrived: true)
        default:
            return TransportError(
                .cut, "The connection to '\(host)' broke before an answer came.",
                mayHaveArrived: true)
        }
    }
}

extension NIOSSLError {
    /// The kind of failure alone; the full text may hold parts of the traffic.
    fileprivate var shortDescription: String {
        switch self {
        case .handshakeFailed: "the handshake failed"
        case .unableToValidateCertificate: "the certificate is not valid for this host"
        default: "TLS"
        }
    }
}
