/// A value in a row of a file, as its bytes; valid until the reader moves on.
package struct Cell {
    /// What the file says the bytes are.
    package enum Form: UInt8, Sendable {
        /// A cell between delimiters, which may be anything.
        case delimited
        /// A JSON string.
        case text
        /// A JSON number.
        case number
        /// `true` or `false` in JSON.
        case boolean
        /// `null` in JSON.
        case null
        /// The row does not speak of this column at all.
        case missing
    }

    /// What stands in the file, without quotes and escapes.
    package let bytes: UnsafeBufferPointer<UInt8>
    /// What the file says the bytes are.
    package let form: Form

    /// The bytes must outlive the cell.
    package init(bytes: UnsafeBufferPointer<UInt8>, form: Form = .delimited) {
        self.bytes = bytes
        self.form = form
    }
}

/// A row of a file; valid until the reader moves on.
package struct FileRow {
    /// The line on which it starts, from 1.
    package let line: Int
    /// One for each column of the reader so far.
    package let cells: UnsafeBufferPointer<Cell>
}

/// Reads a file row by row in memory that does not grow with the file.
package protocol RowReader: AnyObject {
    /// The names of the columns: all of them from the beginning, or those seen so far in JSON lines.
    var columns: [String] { get }

    /// The line on which the row starts that was read last, or failed last.
    var line: Int { get }

    /// The bytes of the row that was read last, or failed last, without the line break. Of a row that is
    /// not well-formed it is its first line; empty when that is over the limit.
    var raw: UnsafeBufferPointer<UInt8> { get }

    /// Bytes of the file that were read.
    var bytesRead: Int { get }

    /// The next row, or nil at the end. After a `RowError` reading may go on with the row after it.
    func next() throws -> FileRow?
}
