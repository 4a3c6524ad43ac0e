import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Posts to a webhook: no redirects, ten seconds, and nothing of the answer is read but its status. The host
/// is looked up anew each time and pinned; private networks are refused.
package enum WebhookSender {
    /// How long an attempt may take.
    package static let timeout: Duration = .seconds(10)

    /// The header that carries the signature.
    package static let signatureHeader = "Ferry-Signature"

    /// Posts JSON and answers the status.
    package static func post(
        _ body: [UInt8], to address: WebhookAddress, signature: String, allowsLoopback: Bool,
        timeout: Duration = timeout
    ) async throws(TransportError) -> Int {
        let endpoint = address.endpoint
        let host = try await HostAddress.lookUp(
            endpoint.host, allowsLoopback: allowsLoopback)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        if host != endpoint.host { configuration.dnsOverride = [endpoint.host: host] }
        let limit = TimeAmount.milliseconds(timeout.milliseconds)
        configuration.timeout = .init(connect: limit, read: limit)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: endpoint.url + address.path)
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "User-Agent": "ferry",
            signatureHeader: signature,
        ]
        request.body = .bytes(ByteBuffer(bytes: body))
        let result: Result<Int, TransportError>
        do {
            let response = try await client.execute(request, timeout: limit)
            result = .success(Int(response.status.code))
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            result = .failure(
                TransportError(
                    .notConnected, "No connection to '\(endpoint.host)': nothing listens there.",
                    mayHaveArrived: false))
        } catch {
            result = .failure(LiveTransport.transportError(error, host: endpoint.host))
        }
        // Closing can only fail when it has been done before.
        try? await client.shutdown()
        return try result.get()
    }
}
