/// What an import accepts at most. A file beyond a limit is refused with its name, never cut off.
package enum ImportLimits {
    /// One cell. Longer ones are nearly always a quote that was never closed.
    package static let cellBytesMax = 1 << 20
    /// One row, which must fit into memory in one piece.
    package static let rowBytesMax = 16 << 20
    /// Columns of a file, and attributes of all profiles together, which every engine can hold.
    package static let columnsMax = 1_000
    /// The name of a column, in UTF-8.
    package static let columnNameBytesMax = 500
    /// Rows of one file: ten times the design size of one machine.
    package static let rowsMax = 100_000_000
    /// Bad rows that one failed import reports before it stops reading.
    package static let rowErrorsMax = 20
    /// Bytes that are looked at to find the format and the delimiter.
    static let sampleBytes = 64 << 10
    /// Rows that are looked at to find the delimiter.
    static let sampleRows = 50
    /// Bytes read from the file at a time.
    static let chunkBytes = 256 << 10
}
