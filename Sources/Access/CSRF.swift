import Crypto
import Foundation

/// The proof that a form was sent from a page of ours: it is derived from the session's token, which another
/// site cannot read. Before sign-in, a token of the kind `csrf` in a cookie takes the session's place.
package enum CSRF {
    /// What stands in the forms of a session.
    package static func token(forSession session: SecretToken) -> String {
        TextBytes.base64URL(
            HMAC<SHA256>.authenticationCode(
                for: Array("csrf".utf8), using: SymmetricKey(data: Array(session.text.utf8))))
    }

    /// Whether a form carries the token of its session, compared in constant time.
    package static func matches(_ text: String, session: SecretToken) -> Bool {
        TextBytes.areEqual(Array(text.utf8), Array(token(forSession: session).utf8))
    }
}
