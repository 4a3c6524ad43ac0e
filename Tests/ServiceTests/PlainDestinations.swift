import Delivery
import Exports
import TestSupport
import Transport

extension Destinations {
    /// One kind, whose accounts each test opens itself.
    static let plain = Destinations([
        DestinationKind(
            .plain,
            link: { settings, _ in
                AccountLink(
                    endpoint: LiveTransport.Endpoint(
                        host: settings.host, port: nil, isSecure: true),
                    secretHeaders: [])
            },
            destination: { _, _, _ in StubDestination() })
    ])
}
