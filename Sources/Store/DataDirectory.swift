package import Access
import Foundation
import Profiles

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The one directory that holds everything of an installation, readable by its owner only.
package final class DataDirectory: Sendable {
    package let path: String
    /// Held as long as this object lives; the system lets go of it when the process ends, however it ends.
    private let lock: Int32?

    private static let lockName = "lock"
    static let keyName = "master.key"

    /// What a process wants to do with the directory.
    package enum Use: Sendable {
        /// Only looks; may happen beside a process that changes things.
        case reading
        /// Changes things: one process at a time.
        case changing(purpose: String)
    }

    /// Opens the directory; it is made if something is to be changed and it is not there.
    package init(path: String, use: Use) throws(StoreError) {
        self.path = path
        switch use {
        case .reading:
            try Self.prepare(path, makes: false)
            lock = nil
        case .changing(let purpose):
            try Self.prepare(path, makes: true)
            lock = try Self.takeLock(path, purpose: purpose)
        }
    }

    deinit {
        if let lock { close(lock) }
    }

    package var catalogPath: String { path + "/catalog.sqlite" }
    package var profilesPath: String { path + "/profiles.sqlite" }

    /// The key that seals secrets: `environmentKey` where it is given, else the file `master.key`, made on
    /// first use. Throws `MasterKey.SealError` for a key that is none, `StoreError` when the file
    /// cannot be made, and the system's error when it cannot be written.
    package func masterKey(environmentKey: String?) throws -> MasterKey {
        if let environmentKey { return try MasterKey(base64: environmentKey) }
        let file = path + "/" + Self.keyName
        if let text = FileManager.default.contents(atPath: file) {
            return try MasterKey(base64: String(decoding: text, as: UTF8.self))
        }
        let text = MasterKey.newBase64()
        let descriptor = Glibc.open(file, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(
                .storage, what: "key-unmade",
                ["path": .text(file), "answer": .text(Self.systemMessage)])
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data((text + "\n").utf8))
        try handle.synchronize()
        return try MasterKey(base64: text)
    }

    /// The text of the key file; nil when there is none, because the key comes from the environment or nothing
    /// was ever sealed.
    var storedKey: Data? { FileManager.default.contents(atPath: path + "/" + Self.keyName) }

    private static func prepare(_ path: String, makes: Bool) throws(StoreError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw StoreError(.notADataDirectory, what: "file", ["path": .text(path)])
            }
            return
        }
        guard makes else {
            throw StoreError(.notADataDirectory, ["path": .text(path)])
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(.storage, what: "data-unmade", ["path": .text(path)])
        }
    }

    private static func takeLock(_ path: String, purpose: String) throws(StoreError) -> Int32 {
        let file = path + "/" + lockName
        let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(
                .storage, what: "lock-unopened",
                ["path": .text(file), "answer": .text(systemMessage)])
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            // What the holder wrote is for people only; without it the message is shorter.
            let holder =
                FileManager.default.contents(atPath: file)
                .map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw StoreError(
                .locked, what: holder.isEmpty ? "somebody" : "holder",
                ["path": .text(path), "holder": .text(holder)])
        }
        let text = "process \(getpid()), \(purpose)"
        _ = ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        return descriptor
    }

    private static var systemMessage: String { String(cString: strerror(errno)) }
}
