@testable import Profiles

/// A source of bytes that gives a few at a time, so that rows cross the edges of the window.
func window(_ bytes: [UInt8], chunk: Int = .max, capacity: Int = 16) -> ByteWindow {
    var rest = bytes[...]
    return ByteWindow(capacity: capacity) { buffer in
        let part = rest.prefix(min(chunk, buffer.count))
        buffer.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}

/// What a file in memory holds: its columns, and rows or errors in their order.
struct Reading {
    var columns: [String] = []
    /// Cells as text; nil where JSON says nothing or null.
    var rows: [[String?]] = []
    var lines: [Int] = []
    var errors: [RowError] = []
    /// The raw rows that belong to the errors.
    var raw: [String] = []
    var form: RowReaders.Form?

    init(
        _ bytes: [UInt8], name: String = "people",
        options: ImportOptions = ImportOptions(key: "id"),
        chunk: Int = .max, capacity: Int = 16
    ) throws {
        let (reader, form) = try RowReaders.open(
            window(bytes, chunk: chunk, capacity: capacity), name: name, options: options)
        try self.init(reader, bytes: bytes.count)
        self.form = form
    }

    /// What a reader that has seen nothing of so many bytes yet finds in them.
    init(_ reader: any RowReader, bytes: Int) throws {
        // Every row or error takes at least one byte.
        for _ in 0...bytes {
            do {
                guard let row = try reader.next() else { break }
                rows.append(
                    row.cells.map { cell in
                        switch cell.form {
                        case .missing, .null: nil
                        case .delimited, .text, .number, .boolean:
                            String(decoding: cell.bytes, as: UTF8.self)
                        }
                    })
                lines.append(row.line)
            } catch let error as RowError {
                errors.append(error)
                raw.append(String(decoding: reader.raw, as: UTF8.self))
            }
        }
        columns = reader.columns
    }

    init(
        _ text: String, name: String = "people.csv",
        options: ImportOptions = ImportOptions(key: "id"), chunk: Int = .max
    ) throws {
        try self.init(Array(text.utf8), name: name, options: options, chunk: chunk)
    }
}

/// Runs `body` on the bytes of a text.
func withBytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var text = text
    return text.withUTF8(body)
}
