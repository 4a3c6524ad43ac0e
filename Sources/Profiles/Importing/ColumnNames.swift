/// The rules for the names of columns.
enum ColumnNames {
    /// Throws `ImportError` unless every column has a name and no two have the same one, case aside.
    static func check(_ names: [String], of fileName: String) throws {
        var seen: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            let column = index + 1
            guard !name.isEmpty else {
                throw ImportError(
                    .header, detail: "column \(column) of '\(fileName)' has no name",
                    hint: "give it one in the first line of the file")
            }
            guard name.utf8.count <= ImportLimits.columnNameBytesMax else {
                throw ImportError(
                    .header,
                    detail: "the name of column \(column) of '\(fileName)' is longer than "
                        + "\(ImportLimits.columnNameBytesMax) bytes",
                    hint: "the first line of the file should name the columns")
            }
            if let earlier = seen.updateValue(column, forKey: name.lowercased()) {
                throw ImportError(
                    .header,
                    detail: "columns \(earlier) and \(column) of '\(fileName)' are both named "
                        + "'\(name)'",
                    hint: "names that differ by case alone count as the same; rename one")
            }
        }
    }

    /// The position of the column of that name; throws `ImportError` that offers the nearest one.
    static func position(
        of name: String, in names: [String], option: String, fileName: String
    ) throws -> Int {
        let wanted = TextForm.clean(name)
        if let exact = names.firstIndex(of: wanted) { return exact }
        let folded = wanted.lowercased()
        if let alike = names.firstIndex(where: { $0.lowercased() == folded }) { return alike }
        let hint =
            Spelling.nearest(to: wanted, among: names).map { "did you mean '\($0)'?" }
            ?? "its columns are " + names.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
            + (names.count > 20 ? " and \(names.count - 20) more" : "")
        throw ImportError(
            .unknownColumn,
            detail: "'\(fileName)' has no column '\(wanted)', which \(option) names", hint: hint)
    }
}
