import Access
import Hummingbird

/// The cookie that proves that a user signed in with this browser before: it has its own count of failures, so
/// that strangers cannot lock its owner out. Each user has one of their own, because people share browsers.
enum DeviceCookie {
    /// A year.
    private static let lifetimeSeconds = 31_536_000

    static func name(ofUserNamed name: String) -> String {
        "ferry_device_\(Fingerprint.text(UserName.folded(name)))"
    }

    static func cookie(_ token: SecretToken, ofUserNamed name: String, isSecure: Bool) -> Cookie {
        Cookie(
            name: Self.name(ofUserNamed: name), value: token.text, maxAge: lifetimeSeconds,
            path: "/", secure: isSecure, httpOnly: true, sameSite: .strict)
    }
}
