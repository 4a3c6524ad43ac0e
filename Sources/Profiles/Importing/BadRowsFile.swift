import Foundation

/// Where rows that cannot be imported are set aside: CSV with the columns `line`, `column`, `reason` and
/// `row`, the last being the row as it stood in the file. The reason is a remark in its stored form, and behind a line
/// break the name of the column; `BadRowsTelling` makes a sentence of it. It holds what customers gave, so only its
/// owner can read it.
package final class BadRowsFile {
    private let path: String
    private let handle: FileHandle
    private var buffer = Data("line,column,reason,row\n".utf8)

    /// Creates the file, or empties it. Throws `ImportError` with `cannotWriteBadRows`.
    package init(path: String) throws {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, fchmod(descriptor, 0o600) == 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw ImportError(
                .cannotWriteBadRows, ["path": .text(path), "answer": .text(reason)])
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Adds a row with the reason it is bad. Throws `ImportError` with `cannotWriteBadRows`.
    package func add(_ error: RowError, raw: UnsafeBufferPointer<UInt8>) throws {
        buffer.append(contentsOf: "\(error.line),\(error.column.map { "\($0)" } ?? ""),".utf8)
        let name = error.columnName.map { "\n\($0)" } ?? ""
        appendQuoted("\(Remark(error).stored)\(name)".utf8)
        buffer.append(UInt8(ascii: ","))
        // A spreadsheet would run a cell that begins like a formula.
        let isFormula = raw.first.map { "=+-@\t\r\n".utf8.contains($0) } ?? false
        appendQuoted((isFormula ? [UInt8(ascii: "'")] : []) + Array(raw))
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= ImportLimits.chunkBytes { try flush() }
    }

    /// Writes what is still in memory. Throws `ImportError` with `cannotWriteBadRows`.
    package func flush() throws {
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw ImportError(
                .cannotWriteBadRows,
                ["path": .text(path), "answer": .text(error.localizedDescription)])
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func appendQuoted(_ bytes: some Collection<UInt8>) {
        buffer.append(UInt8(ascii: "\""))
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { buffer.append(byte) }
            buffer.append(byte)
        }
        buffer.append(UInt8(ascii: "\""))
    }
}
