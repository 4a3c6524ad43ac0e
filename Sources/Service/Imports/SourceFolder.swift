import Access
import Foundation
package import Profiles
package import Store

/// The watched folder, in which declared files lie. Nothing outside of it is ever opened.
package struct SourceFolder: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// A file in it.
    package struct Entry: Equatable, Sendable {
        package let name: String
        package let bytes: Int
        /// Milliseconds since 1970.
        package let writtenAt: Int64
    }

    /// Endings of files that are offered.
    private static let endings: Set<String> = ["csv", "tsv", "txt", "jsonl", "ndjson", "json"]
    /// Files that are offered at most.
    private static let entriesMax = 500

    /// What moves when somebody writes to a file, or puts another in its place.
    struct Look: Equatable, Sendable {
        let device: UInt64
        let inode: UInt64
        let bytes: Int
        let seconds: Int
        let nanoseconds: Int

        /// Milliseconds since 1970.
        var writtenAt: Int64 { Int64(seconds) * 1_000 + Int64(nanoseconds) / 1_000_000 }
    }

    /// Whether a name is that of a file directly inside a folder.
    package static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && !name.utf8.contains(UInt8(ascii: "/"))
            && !name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }

    /// Makes the folder where there is none.
    package func make() {
        // A folder that cannot be made is reported by what looks into it.
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// The files in it that may be declared, by name.
    package func entries() -> [Entry] {
        // A folder that cannot be read offers nothing.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let fitting = names.filter { name in
            !name.hasPrefix(".")
                && Self.endings.contains(name.split(separator: ".").last?.lowercased() ?? "")
        }
        return fitting.sorted().prefix(Self.entriesMax).compactMap { name in
            // What is no file of this folder cannot be declared.
            guard let look = try? look(at: name) else { return nil }
            return Entry(name: name, bytes: look.bytes, writtenAt: look.writtenAt)
        }
    }

    /// Opens a file for reading. Throws `ImportTrouble`.
    package func open(_ name: String) throws(ImportTrouble) -> ImportFile {
        let target = try resolved(name)
        do {
            return try ImportFile(regularFile: "\(path)/\(target)", named: name)
        } catch {
            throw ImportTrouble("cannot-read", ["file": .text(name)])
        }
    }

    /// What a file is like at this moment. Throws `ImportTrouble` when there is none.
    func look(at name: String) throws(ImportTrouble) -> Look {
        let target = try resolved(name)
        var status = stat()
        guard lstat("\(path)/\(target)", &status) == 0 else { throw Self.missing(name) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw ImportTrouble(
                "not-a-file", ["file": .text(name)])
        }
        return Look(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            bytes: Int(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }

    /// The file itself, or the one beside it that a link names, `current.csv` for instance.
    private func resolved(_ name: String) throws(ImportTrouble) -> String {
        guard Self.isPlain(name) else {
            throw ImportTrouble(
                "outside", ["file": .text(name)])
        }
        var status = stat()
        guard lstat("\(path)/\(name)", &status) == 0 else { throw Self.missing(name) }
        guard status.st_mode & S_IFMT == S_IFLNK else { return name }
        // A link that cannot be read leads nowhere.
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/\(name)")
        guard let target, Self.isPlain(target) else {
            throw ImportTrouble(
                "outside", ["what": .word("link"), "file": .text(name)])
        }
        return target
    }

    private static func missing(_ name: String) -> ImportTrouble {
        ImportTrouble("missing-file", ["what": .word("folder"), "file": .text(name)])
    }
}

extension ImportFile {
    /// A name for the whole content: the same content has the same one, wherever and whenever it lies.
    func fingerprint(isCancelled: () -> Bool) throws -> String {
        try rewind()
        var digest = ContentDigest()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try read(into: buffer), count > 0 {
            if isCancelled() { throw CancellationError() }
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return "\(bytes):\(digest.hexadecimal)"
    }
}
