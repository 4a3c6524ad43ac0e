/// Opens the right reader for a file.
package enum RowReaders {
    /// What was found out about the form of a file.
    package struct Form: Equatable, Sendable {
        /// How the rows are written down.
        package let format: ImportFormat
        /// Nil for JSON lines.
        package let delimiter: Delimiter?
    }

    /// A reader from the beginning of the file on. Throws `ImportError` when the file is not text or has
    /// no usable header.
    package static func open(
        _ file: ImportFile, options: ImportOptions
    ) throws -> (reader: any RowReader, form: Form) {
        try file.rewind()
        return try open(
            ByteWindow { try file.read(into: $0) }, name: file.path, options: options)
    }

    static func open(
        _ window: ByteWindow, name: String, options: ImportOptions
    ) throws -> (reader: any RowReader, form: Form) {
        while window.count < ImportLimits.sampleBytes, try window.refill() {}
        try checkText(window, name: name)
        let sample = UnsafeBufferPointer(
            start: window.base, count: min(window.count, ImportLimits.sampleBytes))
        let ending = name.split(separator: ".").last.map { $0.lowercased() }
        switch try options.format ?? format(of: sample, ending: ending, name: name) {
        case .jsonLines:
            return (JSONLinesReader(window: window), Form(format: .jsonLines, delimiter: nil))
        case .delimited:
            let delimiter =
                options.delimiter
                ?? Delimiter.found(in: sample, preferred: ending == "tsv" ? .tab : .comma)
            return try (
                DelimitedReader(window: window, delimiter: delimiter, fileName: name),
                Form(format: .delimited, delimiter: delimiter)
            )
        }
    }

    private static func format(
        of sample: UnsafeBufferPointer<UInt8>, ending: String?, name: String
    ) throws -> ImportFormat {
        let first = sample.first { !TextForm.isSpace($0) }
        switch ending {
        case "csv", "tsv", "txt": return .delimited
        case "jsonl", "ndjson", "json":
            if first == UInt8(ascii: "[") {
                throw ImportError(
                    .notText, what: "array", ["path": .text(name)])
            }
            return .jsonLines
        default: return first == UInt8(ascii: "{") ? .jsonLines : .delimited
        }
    }

    /// Leaves the byte order mark of UTF-8 behind, and refuses what is not UTF-8 text at all.
    private static func checkText(_ window: ByteWindow, name: String) throws {
        let first = Array(UnsafeBufferPointer(start: window.base, count: min(4, window.count)))
        if first.starts(with: [0xEF, 0xBB, 0xBF]) {
            window.advance(by: 3)
        } else if first.starts(with: [0x1F, 0x8B]) {
            throw ImportError(
                .notText, what: "compressed", ["path": .text(name)])
        } else if first.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw ImportError(
                .notText, what: "zip", ["path": .text(name)])
        } else if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF])
            || first.contains(0)
        {
            throw ImportError(
                .notText, what: "wide", ["path": .text(name)])
        }
    }
}

extension Delimiter {
    /// The delimiter that cuts the first rows most evenly into more than one cell. `preferred` wins
    /// when none does.
    static func found(
        in sample: UnsafeBufferPointer<UInt8>, preferred: Delimiter = .comma
    ) -> Delimiter {
        var best = preferred
        var bestScore = 0.0
        for delimiter in [preferred] + allCases.filter({ $0 != preferred }) {
            let counts = cellCounts(in: sample, delimiter.byte)
            guard let header = counts.first, header > 1 else { continue }
            let even = Double(counts.count { $0 == header }) / Double(counts.count)
            // Evenness first; of two that are as even, the one with more cells.
            let score = even * 1_000_000 + Double(min(header, ImportLimits.columnsMax))
            if score > bestScore {
                best = delimiter
                bestScore = score
            }
        }
        return best
    }

    /// Cells of the first rows, the last incomplete one left out unless it is the only one.
    private static func cellCounts(
        in sample: UnsafeBufferPointer<UInt8>, _ delimiter: UInt8
    ) -> [Int] {
        var counts: [Int] = []
        var cells = 1
        var isQuoted = false
        var wasQuoted = false
        var isAtCellStart = true
        var isBlank = true
        for byte in sample {
            if isQuoted {
                isQuoted = byte != UInt8(ascii: "\"")
                wasQuoted = !isQuoted
                continue
            }
            defer { wasQuoted = false }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if !isBlank { counts.append(cells) }
                if counts.count == ImportLimits.sampleRows { return counts }
                (cells, isAtCellStart, isBlank) = (1, true, true)
            case delimiter:
                cells += 1
                (isAtCellStart, isBlank) = (true, false)
            case UInt8(ascii: "\"") where isAtCellStart || wasQuoted:
                // It opens the cell, or it is the second of two doubled quotes inside it.
                (isQuoted, isAtCellStart, isBlank) = (true, false, false)
            default:
                (isAtCellStart, isBlank) = (false, false)
            }
        }
        if counts.isEmpty, !isBlank { counts.append(cells) }
        return counts
    }
}
