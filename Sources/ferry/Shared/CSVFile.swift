import Foundation
import Profiles

/// Writes a table as CSV (RFC 4180), row by row, to a file of its owner's.
final class CSVFile {
    private let path: String
    private let handle: FileHandle
    private var buffer: [UInt8] = []

    private static let bufferBytes = 1 << 16

    convenience init(path: String, header: [String]) throws {
        try self.init(path: path)
        try write(header)
    }

    init(path: String) throws {
        self.path = path
        guard
            FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw UsageError(
                "The file '\(path)' cannot be written. Check the folder and its permissions.")
        }
        self.handle = handle
    }

    func write(_ cells: [String]) throws {
        try write(Array(CSVText.row(cells).utf8))
    }

    /// Rows that are spelled already.
    func write(_ rows: [UInt8]) throws {
        buffer.append(contentsOf: rows)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    func close() throws {
        try flush()
        try handle.close()
    }

    private func flush() throws {
        do {
            try handle.write(contentsOf: Data(buffer))
        } catch {
            throw UsageError("The file '\(path)' cannot be written: the disk may be full.")
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
