import Foundation

/// A clock that stands in a file, in milliseconds since 1970. For tests of a whole service only.
package struct ClockFile: Sendable {
    private let path: String
    private let fallback: @Sendable () -> Int64

    /// `fallback` is asked where the file is missing or holds no number.
    package init(path: String, fallback: @escaping @Sendable () -> Int64) {
        self.path = path
        self.fallback = fallback
    }

    /// What the file says now.
    package func now() -> Int64 {
        guard let bytes = FileManager.default.contents(atPath: path),
            let moment = Int64(
                String(decoding: bytes, as: UTF8.self)
                    .trimmingCharacters(in: .whitespacesAndNewlines))
        else { return fallback() }
        return moment
    }
}
