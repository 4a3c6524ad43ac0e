/// The rules for the names of columns.
enum ColumnNames {
    /// Throws `ImportError` unless every column has a name and no two have the same one, case aside.
    static func check(_ names: [String], of fileName: String) throws {
        var seen: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            let column = index + 1
            guard !name.isEmpty else {
                throw ImportError(
                    .header, what: "nameless", ["at": .digits(column), "path": .text(fileName)])
            }
            guard name.utf8.count <= ImportLimits.columnNameBytesMax else {
                throw ImportError(
                    .header, what: "name-too-long",
                    [
                        "at": .digits(column), "path": .text(fileName),
                        "limit": .number(ImportLimits.columnNameBytesMax),
                    ])
            }
            if let earlier = seen.updateValue(column, forKey: name.lowercased()) {
                throw ImportError(
                    .header, what: "name-twice",
                    [
                        "first": .digits(earlier), "second": .digits(column),
                        "path": .text(fileName), "column": .text(name),
                    ])
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
        var facts: Facts = [
            "path": .text(fileName), "column": .text(wanted), "option": .word(option),
        ]
        if let nearest = Spelling.nearest(to: wanted, among: names) {
            facts["nearest"] = .text(nearest)
        } else {
            facts["names"] = .names(names)
        }
        throw ImportError(.unknownColumn, facts)
    }
}
