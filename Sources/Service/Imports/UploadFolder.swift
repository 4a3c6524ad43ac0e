import Foundation

/// The folder in which uploaded files lie until they are imported, and rows that were set aside. Only its
/// owner can read it. Files have random names.
package struct UploadFolder: Sendable {
    let path: String
    /// Bytes that one upload may have.
    package let bytesMax: Int

    package init(path: String, bytesMax: Int) {
        self.path = path
        self.bytesMax = bytesMax
    }

    /// Why an upload could not be kept.
    package enum Trouble: Error, Equatable, Sendable {
        case tooLarge
        /// No room is left on the disk.
        case full
        /// The folder cannot be written.
        case unwritable
    }

    /// As many files of the largest size may lie here at the same time; the disk is shared with the databases.
    private static let filesMax = 4

    private var bytesHeld: Int {
        names().reduce(0) { sum, name in
            var status = stat()
            return stat("\(path)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    /// Begins a file; it is removed again unless it is finished.
    package func begin() throws(Trouble) -> UploadWriter {
        try make()
        guard bytesHeld < Self.filesMax * bytesMax else { throw .full }
        let name = UUID().uuidString.lowercased()
        let descriptor = open(
            "\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Trouble(errno) }
        return UploadWriter(
            name: name, path: "\(path)/\(name)", descriptor: descriptor, bytesMax: bytesMax)
    }

    /// Makes the folder where there is none.
    func make() throws(Trouble) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unwritable
        }
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func remove(_ name: String) {
        // One that is gone already is what was wanted.
        try? FileManager.default.removeItem(atPath: file(name))
    }

    /// The names of all files in it.
    package func names() -> [String] {
        // There may be no such folder yet.
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    /// Milliseconds since 1970 when a file was written last; nil when it is gone.
    func writtenAt(_ name: String) -> Int64? {
        var status = stat()
        guard stat(file(name), &status) == 0 else { return nil }
        return Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }
}

extension UploadFolder.Trouble {
    init(_ reason: Int32) {
        self = reason == ENOSPC || reason == EDQUOT ? .full : .unwritable
    }
}

/// A file that is being uploaded. It is removed with this object unless it was finished.
package final class UploadWriter {
    /// Its name in the folder of uploads.
    package let name: String
    /// So far.
    package private(set) var bytes = 0
    private let path: String
    private let descriptor: Int32
    private let bytesMax: Int
    private var isFinished = false

    init(name: String, path: String, descriptor: Int32, bytesMax: Int) {
        self.name = name
        self.path = path
        self.descriptor = descriptor
        self.bytesMax = bytesMax
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(path) }
    }

    /// Adds the next piece.
    package func append(_ piece: UnsafeRawBufferPointer) throws(UploadFolder.Trouble) {
        guard bytes + piece.count <= bytesMax else { throw .tooLarge }
        var rest = piece
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                guard errno == EINTR else { throw UploadFolder.Trouble(errno) }
                continue
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        bytes += piece.count
    }

    /// The file stays.
    package func finish() { isFinished = true }
}
