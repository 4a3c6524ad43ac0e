extension String {
    /// The text between quotation marks, with every one inside of it doubled: as CSV files, rules and queries
    /// spell it. It goes by scalars, because a mark with a combining sign behind it is another character to
    /// Swift and a mark to every reader.
    package func quoted(by mark: Unicode.Scalar) -> String {
        var quoted = String.UnicodeScalarView()
        quoted.append(mark)
        for scalar in unicodeScalars {
            if scalar == mark { quoted.append(mark) }
            quoted.append(scalar)
        }
        quoted.append(mark)
        return String(quoted)
    }
}
