/// How values are spelled in CSV files (RFC 4180).
package enum CSVText {
    package static func row(_ values: [String]) -> String {
        values.map(cell).joined(separator: ",") + "\r\n"
    }

    /// A value that a spreadsheet would take for a formula gets an apostrophe in front. A plain number is none, also
    /// with a sign.
    package static func cell(_ value: String) -> String {
        // By scalars: a sign with a combining mark behind it is another character to Swift only.
        let isFormula = value.unicodeScalars.first.map { formulaSigns.contains($0) } ?? false
        let text = isFormula && !isNumber(value) ? "'" + value : value
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return text.quoted(by: "\"")
    }

    /// A sign, and digits with at most one point among them.
    private static func isNumber(_ value: String) -> Bool {
        let digits = value.utf8.dropFirst()
        guard value.utf8.first == UInt8(ascii: "-") || value.utf8.first == UInt8(ascii: "+"),
            digits.first.map(isDigit) == true, digits.last.map(isDigit) == true
        else { return false }
        let others = digits.filter { !isDigit($0) }
        return others.isEmpty || others == [UInt8(ascii: ".")]
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static let formulaSigns: [Unicode.Scalar] = ["=", "+", "-", "@", "\t", "\r", "\n"]
}
