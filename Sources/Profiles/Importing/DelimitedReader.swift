/// Reads rows of cells between delimiters as RFC 4180 has it: cells in quotes may hold delimiters, line
/// breaks and doubled quotes; lines end with LF, CR LF or CR; the last one may lack its end. Blank
/// lines are ignored. A quote inside a cell that does not start with one is an ordinary character.
final class DelimitedReader: RowReader {
    private(set) var columns: [String] = []
    private(set) var line = 1
    private(set) var raw = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var bytesRead: Int { window.offset + window.count }

    private let window: ByteWindow
    private let delimiter: UInt8
    /// Bytes of the last row, with its line break, and the line breaks in it.
    private var rowLength = 0
    private var rowLines = 0
    /// All bytes of the row, or'ed: ASCII alone below 0x80.
    private var rowBits: UInt8 = 0
    /// Where the cells of the row are, counted from its first byte.
    private let spans: UnsafeMutableBufferPointer<Span>
    /// How many cells the row has; of those beyond the limit there are no spans.
    private var spanCount = 0
    private let cells: UnsafeMutableBufferPointer<Cell>
    /// Cells with doubled quotes, made single.
    private var unquoted: UnsafeMutableBufferPointer<UInt8>

    private struct Span {
        var start: Int
        var length: Int
        var doubledQuotes: Int
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Reads the header.
    init(window: ByteWindow, delimiter: Delimiter, fileName: String) throws {
        self.window = window
        self.delimiter = delimiter.byte
        cells = .allocate(capacity: ImportLimits.columnsMax)
        spans = .allocate(capacity: ImportLimits.columnsMax)
        unquoted = .allocate(capacity: 1_024)
        do {
            try readHeader(fileName)
        } catch let error as RowError {
            throw ImportError(
                .header, ["path": .text(fileName)], rows: [error])
        }
    }

    deinit {
        cells.deallocate()
        spans.deallocate()
        unquoted.deallocate()
    }

    func next() throws -> FileRow? {
        leaveRow()
        guard try scanRow() else { return nil }
        guard spanCount == columns.count else {
            let few = spanCount < columns.count
            throw RowError(
                few ? .tooFewCells : .tooManyCells, line: line,
                column: few ? spanCount + 1 : columns.count + 1,
                columnName: few ? columns[spanCount] : nil,
                ["cells": .number(spanCount), "columns": .number(columns.count)])
        }
        fillCells()
        return FileRow(line: line, cells: UnsafeBufferPointer(rebasing: cells[..<spanCount]))
    }

    private func readHeader(_ fileName: String) throws {
        guard try scanRow() else {
            throw ImportError(
                .emptyFile, ["path": .text(fileName)])
        }
        guard spanCount <= ImportLimits.columnsMax else {
            throw ImportError(
                .tooLarge, what: "columns",
                [
                    "path": .text(fileName), "count": .number(spanCount),
                    "limit": .number(ImportLimits.columnsMax),
                ])
        }
        fillCells()
        columns = cells[..<spanCount].map {
            TextForm.clean(String(decoding: $0.bytes, as: UTF8.self))
        }
        try ColumnNames.check(columns, of: fileName)
    }

    // MARK: Scanning

    /// Goes on behind the row that was read last.
    private func leaveRow() {
        window.advance(by: rowLength)
        line += rowLines
        rowLength = 0
        rowLines = 0
    }

    /// Finds the next row that is not blank and its cells. False at the end of the file.
    private func scanRow() throws -> Bool {
        while true {
            do {
                guard try scanLine() else { return false }
            } catch let error as RowError {
                try skipLine()
                throw error
            }
            if spanCount == 1, isBlank(spans[0]) {
                leaveRow()
                continue
            }
            if rowBits >= 0x80 { try checkText() }
            return true
        }
    }

    /// Finds the cells of one row from the beginning of the window on. False at the end of the file.
    private func scanLine() throws -> Bool {
        spanCount = 0
        rowBits = 0
        rowLines = 0
        var at = 0
        while true {
            if try at == window.count && !refill(cellStart: at) {
                if at == 0 { return false }
                append(start: at, length: 0, doubledQuotes: 0)
                break
            }
            at = try window.base[at] == Self.quote ? scanQuoted(at + 1) : scanPlain(at)
            guard at < window.count, window.base[at] == delimiter else { break }
            at += 1
        }
        // The row ends here, with LF, CR LF, CR or the file.
        let length = at
        if at < window.count {
            at = try behindLineBreak(at)
            rowLines += 1
        }
        if length > ImportLimits.rowBytesMax { throw tooLong(cell: false) }
        raw = UnsafeBufferPointer(start: UnsafePointer(window.base), count: length)
        rowLength = at
        return true
    }

    /// Takes a cell without quotes and returns the position behind it: of a delimiter, a line break or
    /// the end of the file.
    private func scanPlain(_ start: Int) throws -> Int {
        let delimiter = delimiter
        var at = start
        var bits: UInt8 = 0
        repeat {
            let base = window.base
            let count = window.count
            while at < count {
                let byte = base[at]
                if byte == delimiter { break }
                if byte <= Self.carriageReturn {
                    if byte == Self.lineFeed || byte == Self.carriageReturn { break }
                    if byte == 0 { throw notText() }
                }
                bits |= byte
                at += 1
            }
        } while try at == window.count && refill(cellStart: start)
        rowBits |= bits
        append(start: start, length: at - start, doubledQuotes: 0)
        if at - start > ImportLimits.cellBytesMax { throw tooLong(cell: true) }
        return at
    }

    /// Takes a cell from behind its opening quote on and returns the position behind its closing quote:
    /// of a delimiter, a line break or the end of the file.
    private func scanQuoted(_ start: Int) throws -> Int {
        let quoteLine = line + rowLines
        var at = start
        var bits: UInt8 = 0
        var doubledQuotes = 0
        while true {
            let base = window.base
            let count = window.count
            while at < count, base[at] != Self.quote {
                let byte = base[at]
                bits |= byte
                if byte == Self.lineFeed {
                    rowLines += base[at - 1] == Self.carriageReturn ? 0 : 1
                } else if byte == Self.carriageReturn {
                    rowLines += 1
                } else if byte == 0 {
                    throw notText()
                }
                at += 1
            }
            // The quote and the byte behind it belong together.
            if at + 1 >= count, try refill(cellStart: start) { continue }
            if at == count {
                throw RowError(
                    .unterminatedQuote, line: line, column: spanCount + 1,
                    columnName: name(of: spanCount), ["opened": .digits(quoteLine)])
            }
            guard at + 1 < count, base[at + 1] == Self.quote else { break }
            doubledQuotes += 1
            at += 2
        }
        rowBits |= bits
        append(start: start, length: at - start, doubledQuotes: doubledQuotes)
        if at - start > ImportLimits.cellBytesMax { throw tooLong(cell: true) }
        at += 1
        if at < window.count {
            let next = window.base[at]
            guard next == delimiter || next == Self.lineFeed || next == Self.carriageReturn else {
                throw RowError(
                    .textAfterQuote, line: line, column: spanCount,
                    columnName: name(of: spanCount - 1))
            }
        }
        return at
    }

    /// The position behind the LF, CR LF or CR at a position.
    private func behindLineBreak(_ position: Int) throws -> Int {
        guard window.base[position] == Self.carriageReturn else { return position + 1 }
        if try position + 1 < window.count || window.refill(),
            window.base[position + 1] == Self.lineFeed
        {
            return position + 2
        }
        return position + 1
    }

    /// Reads more of a row that goes beyond the window, which may move it, unless that row or its cell
    /// is too long already.
    private func refill(cellStart: Int) throws -> Bool {
        if window.count - cellStart > ImportLimits.cellBytesMax { throw tooLong(cell: true) }
        if window.count > ImportLimits.rowBytesMax { throw tooLong(cell: false) }
        return try window.refill()
    }

    /// Leaves the first line of a row that is not well-formed behind, so that reading can go on.
    private func skipLine() throws {
        var at = 0
        raw = UnsafeBufferPointer(start: nil, count: 0)
        while true {
            while at < window.count, window.base[at] != Self.lineFeed,
                window.base[at] != Self.carriageReturn
            {
                at += 1
            }
            if at < window.count { break }
            if at > ImportLimits.rowBytesMax {
                window.advance(by: at)
                at = 0
            }
            guard try window.refill() else { break }
        }
        let length = at
        if at < window.count { at = try behindLineBreak(at) }
        raw = UnsafeBufferPointer(start: UnsafePointer(window.base), count: length)
        rowLength = at
        rowLines = 1
    }

    private func append(start: Int, length: Int, doubledQuotes: Int) {
        if spanCount < spans.count {
            spans.initializeElement(
                at: spanCount,
                to: Span(start: start, length: length, doubledQuotes: doubledQuotes))
        }
        spanCount += 1
    }

    /// Whether the only cell of a row is a blank line and not an empty cell in quotes.
    private func isBlank(_ span: Span) -> Bool {
        guard span.start == 0 else { return false }
        return (0..<span.length).allSatisfy { TextForm.isSpace(window.base[$0]) }
    }

    private func checkText() throws {
        guard let position = TextForm.firstInvalid(raw) else { return }
        let column = spans[..<min(spanCount, spans.count)].lastIndex { $0.start <= position } ?? 0
        throw RowError(
            .invalidText, line: line, column: column + 1, columnName: name(of: column))
    }

    private func fillCells() {
        let base = UnsafePointer(window.base)
        var unquotedBytes = 0
        for index in 0..<spanCount where spans[index].doubledQuotes > 0 {
            unquotedBytes += spans[index].length
        }
        if unquotedBytes > unquoted.count {
            unquoted.deallocate()
            unquoted = .allocate(capacity: unquotedBytes)
        }
        var free = 0
        for index in 0..<spanCount {
            let span = spans[index]
            let bytes = UnsafeBufferPointer(start: base + span.start, count: span.length)
            if span.doubledQuotes == 0 {
                cells.initializeElement(at: index, to: Cell(bytes: bytes))
                continue
            }
            let first = free
            var wasQuote = false
            for byte in bytes {
                wasQuote = byte == Self.quote && !wasQuote
                if wasQuote { continue }
                unquoted[free] = byte
                free += 1
            }
            cells.initializeElement(
                at: index,
                to: Cell(
                    bytes: UnsafeBufferPointer(
                        rebasing: UnsafeBufferPointer(unquoted)[first..<free])))
        }
    }

    private func name(of column: Int) -> String? {
        columns.indices.contains(column) ? columns[column] : nil
    }

    private func tooLong(cell: Bool) -> RowError {
        cell
            ? RowError(
                .cellTooLong, line: line, column: max(1, spanCount),
                columnName: name(of: max(0, spanCount - 1)),
                ["limit": .number(ImportLimits.cellBytesMax)])
            : RowError(
                .rowTooLong, line: line, ["limit": .number(ImportLimits.rowBytesMax)])
    }

    private func notText() -> RowError {
        RowError(
            .invalidText, line: line, column: spanCount + 1, columnName: name(of: spanCount),
            ["what": .word("nul")])
    }
}
