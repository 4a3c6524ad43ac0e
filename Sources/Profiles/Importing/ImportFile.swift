import Foundation

/// A file of customers that is open for reading, from its beginning as often as needed. Standard
/// input and pipes are first copied to a temporary file that only its owner can read and that has
/// no name, so that nothing stays behind.
package final class ImportFile: Sendable {
    /// The path as it was given; `-` for standard input.
    package let path: String
    /// Bytes of the file when it was opened.
    package let bytes: Int

    private let descriptor: Int32
    private let opened: State

    /// What changes when somebody writes to the file.
    private struct State: Equatable, Sendable {
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// Opens `path`, or standard input for `-`. Throws `ImportError` with `cannotRead`.
    package convenience init(path: String) throws {
        if path == "-" {
            try self.init(path: path, descriptor: Self.spooled(STDIN_FILENO, named: path))
            return
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.cannotRead(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = errno
            close(descriptor)
            throw Self.cannotRead(path, reason)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            try self.init(path: path, descriptor: descriptor)
        case S_IFDIR:
            close(descriptor)
            throw Self.cannotRead(path, EISDIR)
        default:
            defer { close(descriptor) }
            try self.init(path: path, descriptor: Self.spooled(descriptor, named: path))
        }
    }

    /// Opens a regular file and nothing else: no link, no pipe, no folder. `name` stands for it wherever it
    /// is spoken of, and its ending tells the format. Throws `ImportError` with `cannotRead`.
    package convenience init(regularFile path: String, named name: String) throws {
        // Without waiting: a pipe that nobody writes to would hold up whoever opens it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.cannotRead(name, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ImportError(
                .cannotRead, what: "irregular", ["path": .text(name)])
        }
        try self.init(path: name, descriptor: descriptor)
    }

    private init(path: String, descriptor: Int32) throws {
        self.path = path
        self.descriptor = descriptor
        do {
            opened = try Self.state(of: descriptor, named: path)
        } catch {
            close(descriptor)
            throw error
        }
        bytes = opened.size
    }

    deinit {
        close(descriptor)
    }

    /// The next read starts at the beginning again. Throws `ImportError` with `cannotRead`.
    package func rewind() throws {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.cannotRead(path, errno) }
    }

    /// Fills the beginning of `buffer`; 0 at the end of the file. Throws `ImportError` with
    /// `cannotRead`.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try Self.read(descriptor, into: buffer, named: path)
    }

    /// Throws when somebody wrote to the file since it was opened: the passes over it would not have
    /// seen the same rows.
    package func checkUnchanged() throws {
        guard try Self.state(of: descriptor, named: path) == opened else {
            throw ImportError(
                .fileChanged, ["path": .text(path)])
        }
    }

    private static func state(of descriptor: Int32, named path: String) throws -> State {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw cannotRead(path, errno) }
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        return State(
            size: Int(status.st_size), seconds: modified.tv_sec, nanoseconds: modified.tv_nsec)
    }

    private static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, named path: String
    ) throws -> Int {
        while true {
            #if canImport(Darwin)
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw cannotRead(path, errno) }
        }
    }

    /// A nameless temporary file, rewound, with everything that `source` gives.
    private static func spooled(_ source: Int32, named path: String) throws -> Int32 {
        let folder = FileManager.default.temporaryDirectory.path
        let spoolPath = "\(folder)/ferry-import-\(UUID().uuidString)"
        let spool = open(spoolPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard spool >= 0 else { throw cannotSpool(folder, errno) }
        unlink(spoolPath)
        do {
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: ImportLimits.chunkBytes, alignment: 1)
            defer { buffer.deallocate() }
            while case let count = try read(source, into: buffer, named: path), count > 0 {
                var chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                while !chunk.isEmpty {
                    let written = write(spool, chunk.baseAddress, chunk.count)
                    guard written > 0 || errno == EINTR else { throw cannotSpool(folder, errno) }
                    chunk = UnsafeRawBufferPointer(rebasing: chunk[max(0, written)...])
                }
            }
            guard lseek(spool, 0, SEEK_SET) == 0 else { throw cannotSpool(folder, errno) }
        } catch {
            close(spool)
            throw error
        }
        return spool
    }

    private static func cannotRead(_ path: String, _ reason: Int32) -> ImportError {
        ImportError(
            .cannotRead, what: path == "-" ? "input" : "file",
            ["path": .text(path), "answer": .text(String(cString: strerror(reason)))])
    }

    private static func cannotSpool(_ folder: String, _ reason: Int32) -> ImportError {
        ImportError(
            .cannotRead, what: "spool",
            ["path": .text(folder), "answer": .text(String(cString: strerror(reason)))])
    }
}
