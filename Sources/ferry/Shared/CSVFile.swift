import Foundation

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
        try write(Self.row(cells))
    }

    /// Rows that are spelled already.
    func write(_ rows: [UInt8]) throws {
        buffer.append(contentsOf: rows)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// How a row is spelled.
    static func row(_ cells: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(cell, to: &bytes)
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
        return bytes
    }

    func close() throws {
        try flush()
        try handle.close()
    }

    private static func append(_ cell: String, to buffer: inout [UInt8]) {
        // A spreadsheet would run a cell that begins like a formula.
        let isFormula = cell.utf8.first.map { "=+-@\t\r\n".utf8.contains($0) } ?? false
        let text = isFormula && Double(cell) == nil ? "'" + cell : cell
        let needsQuotes = text.utf8.contains {
            $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D
        }
        if needsQuotes {
            buffer.append(0x22)
            for byte in text.utf8 {
                if byte == 0x22 { buffer.append(0x22) }
                buffer.append(byte)
            }
            buffer.append(0x22)
        } else {
            buffer.append(contentsOf: text.utf8)
        }
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
