/// Puts sentences into a file of bad rows while it is read, piece by piece, in memory that does not grow with it.
package struct BadRowsTelling {
    private enum Place {
        case header
        /// The numbers before the reason.
        case numbers
        case reason
        case row
    }

    private let sentence: @Sendable (Remark) -> String
    private var place = Place.header
    private var commas = 0
    private var reason: [UInt8] = []
    /// Within quotes.
    private var isQuoted = false

    /// `sentence` tells a remark in the reader's language.
    package init(_ sentence: @escaping @Sendable (Remark) -> String) {
        self.sentence = sentence
    }

    /// What a piece of the file becomes.
    package mutating func tell(_ piece: some Sequence<UInt8>) -> [UInt8] {
        var told: [UInt8] = []
        for byte in piece { take(byte, &told) }
        return told
    }

    private mutating func take(_ byte: UInt8, _ told: inout [UInt8]) {
        switch place {
        case .header:
            told.append(byte)
            if byte == UInt8(ascii: "\n") { place = .numbers }
        case .numbers:
            told.append(byte)
            guard byte == UInt8(ascii: ",") else { return }
            commas += 1
            guard commas == 2 else { return }
            (commas, reason, place) = (0, [], .reason)
        case .reason:
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
                // A doubled quote stands for one.
                if isQuoted, !reason.isEmpty { reason.append(byte) }
            } else if byte == UInt8(ascii: ","), !isQuoted {
                told += Array(CSVText.cell(text(of: reason)).utf8)
                told.append(byte)
                place = .row
            } else {
                reason.append(byte)
            }
        case .row:
            told.append(byte)
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: "\n"), !isQuoted { place = .numbers }
        }
    }

    private func text(of reason: [UInt8]) -> String {
        let parts = reason.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        let remark = Remark(stored: String(decoding: parts.first ?? [], as: UTF8.self))
        guard parts.count == 2 else { return sentence(remark) }
        return "'\(String(decoding: parts[1], as: UTF8.self))': \(sentence(remark))"
    }
}
