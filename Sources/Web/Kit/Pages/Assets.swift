import HTTPTypes
import Hummingbird
import NIOCore

/// Style sheet and scripts, under names that change with their content so that browsers may keep them.
struct Assets: Sendable {
    struct File: Sendable {
        let path: String
        let type: String
        let text: String
    }

    let files: [File]

    /// What stands in the folder `Assets` of this room.
    static let own = Assets(
        files: EmbeddedAssets.all.compactMap { key, text in
            guard key.hasPrefix("Assets/") else { return nil }
            let name = String(key.dropFirst("Assets/".count))
            guard let dot = name.lastIndex(of: ".") else { return nil }
            let ending = String(name[name.index(after: dot)...])
            guard let type = types[ending] else { return nil }
            return File(
                path: "/assets/\(name[..<dot]).\(Fingerprint.text(text)).\(ending)", type: type,
                text: text)
        })

    /// The path under which a file of that name is served.
    func path(of name: String) -> String {
        let parts = name.split(separator: ".")
        guard let stem = parts.first, let ending = parts.last else { return "" }
        return files.first {
            $0.path.hasPrefix("/assets/\(stem).") && $0.path.hasSuffix(".\(ending)")
        }?.path ?? ""
    }

    func response(path: String) -> Response? {
        guard let file = files.first(where: { $0.path == path }) else { return nil }
        return Response(
            status: .ok,
            headers: [
                .contentType: file.type, .cacheControl: "public, max-age=31536000, immutable",
            ],
            body: .init(byteBuffer: ByteBuffer(string: file.text)))
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    ]
}

/// FNV-1a, 64 bits: tells texts apart, nothing more.
enum Fingerprint {
    static func text(_ text: String) -> String {
        let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
        return String(hash, radix: 36)
    }
}
