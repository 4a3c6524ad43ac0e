/// Reads one JSON object per line; its keys are the columns, in the order in which they first appear.
/// Values are strings, numbers, booleans and null; nested objects and arrays are refused, because no
/// rule could ask about them. Blank lines are ignored.
final class JSONLinesReader: RowReader {
    private(set) var columns: [String] = []
    private(set) var line = 0
    private(set) var raw = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var bytesRead: Int { window.offset + window.count }

    private let window: ByteWindow
    private var rowLength = 0
    private var positions: [[UInt8]: Int] = [:]
    private var names: [[UInt8]] = []
    /// The columns of the previous row in its order: the next row nearly always repeats it.
    private var order: [Int] = []
    private let cells: UnsafeMutableBufferPointer<Cell>
    /// Room for the strings of a row that have escapes.
    private var room: UnsafeMutableBufferPointer<UInt8>

    init(window: ByteWindow) {
        self.window = window
        cells = .allocate(capacity: ImportLimits.columnsMax)
        room = .allocate(capacity: 1_024)
    }

    deinit {
        cells.deallocate()
        room.deallocate()
    }

    func next() throws -> FileRow? {
        while true {
            window.advance(by: rowLength)
            rowLength = 0
            guard try findLine() else { return nil }
            if TextForm.trimmed(raw).isEmpty { continue }
            try readObject()
            return FileRow(
                line: line, cells: UnsafeBufferPointer(rebasing: cells[..<columns.count]))
        }
    }

    /// Finds the end of the next line. False at the end of the file.
    private func findLine() throws -> Bool {
        var end = 0
        while true {
            let rest = UnsafeBufferPointer(start: window.base + end, count: window.count - end)
            end += rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
            if end < window.count { break }
            if end > ImportLimits.rowBytesMax { throw try skipLongLine() }
            guard try window.refill() else { break }
        }
        if window.count == 0 { return false }
        line += 1
        rowLength = min(end + 1, window.count)
        raw = UnsafeBufferPointer(start: UnsafePointer(window.base), count: end)
        if end > ImportLimits.rowBytesMax {
            raw = UnsafeBufferPointer(start: nil, count: 0)
            throw tooLong
        }
        return true
    }

    private func skipLongLine() throws -> RowError {
        line += 1
        raw = UnsafeBufferPointer(start: nil, count: 0)
        while true {
            let end = UnsafeBufferPointer(start: window.base, count: window.count)
                .firstIndex(of: UInt8(ascii: "\n"))
            window.advance(by: end.map { $0 + 1 } ?? window.count)
            if try end != nil || !window.refill() { return tooLong }
        }
    }

    private var tooLong: RowError {
        RowError(
            .rowTooLong, line: line, ["limit": .number(ImportLimits.rowBytesMax)])
    }

    // MARK: One object

    private func readObject() throws {
        if raw.count > room.count {
            room.deallocate()
            room = .allocate(capacity: raw.count)
        }
        if let position = TextForm.firstInvalid(raw) {
            throw RowError(
                .invalidText, line: line, ["what": .word("byte"), "byte": .digits(position + 1)])
        }
        let missing = Cell(bytes: UnsafeBufferPointer(start: nil, count: 0), form: .missing)
        cells[..<columns.count].initialize(repeating: missing)

        var json = JSONLine(raw, room: room)
        var column: Int?
        do {
            json.skipSpace()
            guard json.take(UInt8(ascii: "{")) else {
                throw JSONLine.Fault.noObject
            }
            json.skipSpace()
            if !json.take(UInt8(ascii: "}")) {
                try readEntries(&json, &column)
            }
            json.skipSpace()
            guard json.isAtEnd else { throw JSONLine.Fault.textBehind }
        } catch let fault as JSONLine.Fault {
            throw RowError(
                .jsonSyntax, line: line, column: column.map { $0 + 1 },
                columnName: column.map { columns[$0] },
                [
                    "what": .word(fault.rawValue),
                    "limit": .number(ImportLimits.columnNameBytesMax),
                    "byte": .digits(min(json.at, raw.count) + 1),
                ])
        }
    }

    /// Fills the cells from `"name": value` pairs and takes the closing brace. `column` is the one that
    /// is being read.
    private func readEntries(_ json: inout JSONLine, _ column: inout Int?) throws {
        var entry = 0
        repeat {
            column = nil
            json.skipSpace()
            guard json.next == UInt8(ascii: "\"") else {
                throw json.isAtEnd ? JSONLine.Fault.unended : JSONLine.Fault.noName
            }
            let position = try position(of: json.readString(), entry: entry)
            column = position
            json.skipSpace()
            guard json.take(UInt8(ascii: ":")) else {
                throw JSONLine.Fault.noColon
            }
            json.skipSpace()
            guard cells[position].form == .missing else {
                throw RowError(
                    .repeatedName, line: line, column: position + 1, columnName: columns[position])
            }
            cells[position] = try readValue(&json, position)
            entry += 1
            json.skipSpace()
        } while json.take(UInt8(ascii: ","))
        column = nil
        guard json.take(UInt8(ascii: "}")) else {
            throw json.isAtEnd ? JSONLine.Fault.unended : JSONLine.Fault.noComma
        }
    }

    private func readValue(_ json: inout JSONLine, _ column: Int) throws -> Cell {
        let cell: Cell
        switch json.next {
        case UInt8(ascii: "\""): cell = Cell(bytes: try json.readString(), form: .text)
        case UInt8(ascii: "t"): cell = Cell(bytes: try json.readWord("true"), form: .boolean)
        case UInt8(ascii: "f"): cell = Cell(bytes: try json.readWord("false"), form: .boolean)
        case UInt8(ascii: "n"): cell = Cell(bytes: try json.readWord("null"), form: .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            cell = Cell(bytes: try json.readNumber(), form: .number)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            throw RowError(
                .nestedValue, line: line, column: column + 1, columnName: columns[column])
        default: throw JSONLine.Fault.noValue
        }
        guard cell.bytes.count <= ImportLimits.cellBytesMax else {
            throw RowError(
                .cellTooLong, line: line, column: column + 1, columnName: columns[column],
                ["limit": .number(ImportLimits.cellBytesMax)])
        }
        return cell
    }

    /// The column of a name: usually the one that stood at the same place in the previous row.
    private func position(of name: UnsafeBufferPointer<UInt8>, entry: Int) throws -> Int {
        if entry < order.count, isName(name, of: order[entry]) { return order[entry] }
        let column = try positions[Array(name)] ?? added(name)
        if entry < order.count {
            order[entry] = column
        } else {
            order.append(column)
        }
        return column
    }

    private func isName(_ name: UnsafeBufferPointer<UInt8>, of column: Int) -> Bool {
        names[column].withUnsafeBufferPointer { known in
            known.count == name.count && known.elementsEqual(name)
        }
    }

    private func added(_ name: UnsafeBufferPointer<UInt8>) throws -> Int {
        guard columns.count < ImportLimits.columnsMax else {
            throw ImportError(
                .tooLarge, what: "names",
                ["at": .digits(line), "limit": .number(ImportLimits.columnsMax)])
        }
        let clean = TextForm.clean(String(decoding: name, as: UTF8.self))
        guard !clean.isEmpty, clean.utf8.count <= ImportLimits.columnNameBytesMax else {
            throw clean.isEmpty ? JSONLine.Fault.emptyName : JSONLine.Fault.longName
        }
        // Spelt otherwise, in another case for instance, it is still the same column.
        let folded = clean.lowercased()
        let column = columns.firstIndex { $0.lowercased() == folded } ?? columns.count
        if column == columns.count {
            columns.append(clean)
            names.append(Array(name))
            cells.initializeElement(
                at: column,
                to: Cell(bytes: UnsafeBufferPointer(start: nil, count: 0), form: .missing))
        }
        // Only so many spellings are remembered; others are looked up anew each time.
        if positions.count < 2 * ImportLimits.columnsMax { positions[Array(name)] = column }
        return column
    }
}
