import Access
import Foundation

/// What a browser keeps after somebody has signed in with it: the proof that it knew the password once.
/// Such a browser has its own count of failures, so that strangers cannot lock its owner out.
struct DeviceMark: Sendable {
    static let cookie = "ferry_device"
    /// A year.
    static let lifetimeSeconds = 31_536_000
    private static let purpose = "device-mark"

    /// Names the browser; says nothing about it.
    let id: Int64
    let userName: String

    /// A mark for a browser that has none.
    init(userName: String) {
        id = Int64.random(in: 1...Int64.max)
        self.userName = userName
    }

    /// Reads a mark that we sealed; nil for anything else.
    init?(cookie text: String?, masterKey: MasterKey) {
        // A mark that cannot be opened is the same as none.
        guard let text, let data = Data(base64Encoded: Self.padded(text)),
            let opened = try? masterKey.open(Array(data), purpose: Self.purpose)
        else {
            return nil
        }
        let parts = opened.split(separator: "|", maxSplits: 1)
        guard parts.count == 2, let id = Int64(parts[0]) else { return nil }
        self.id = id
        userName = String(parts[1])
    }

    private static func padded(_ text: String) -> String {
        let base64 = text.replacing("_", with: "/")
        return base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)
    }

    func text(masterKey: MasterKey) throws -> String {
        let sealed = try masterKey.seal("\(id)|\(userName)", purpose: Self.purpose)
        return Data(sealed).base64EncodedString().replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
