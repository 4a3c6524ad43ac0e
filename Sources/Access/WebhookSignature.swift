import Crypto
import Foundation

/// The signature of what Ferry posts to a webhook: HMAC-SHA256 of the time, a full stop and the body. The time
/// is part of it, so that a receiver can refuse what was recorded and is sent again later.
package enum WebhookSignature {
    /// The value of the header `Ferry-Signature`: `t=1767600000,v1=` and 64 hexadecimal digits. `seconds` is
    /// the time since 1970.
    package static func header(secret: String, seconds: Int64, body: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(seconds).".utf8) + body, using: SymmetricKey(data: Data(secret.utf8)))
        let digits = code.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0\(text)" : text
        }
        return "t=\(seconds),v1=\(digits.joined())"
    }
}
