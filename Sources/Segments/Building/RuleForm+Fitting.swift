package import Profiles

extension RuleForm {
    /// The form with every row made to fit its attribute, as when somebody chose another one: an operator
    /// that has no meaning for the kind becomes the first that has, and values are read in the kind's way.
    /// Rows that fit, and those of unknown attributes, stay as they are.
    package func fitted(to schema: ProfileSchema) -> RuleForm {
        RuleForm(root: Self.fitted(root, schema))
    }

    private static func fitted(_ group: Group, _ schema: ProfileSchema) -> Group {
        var group = group
        group.entries = group.entries.map { entry in
            switch entry {
            case .group(let inner): .group(fitted(inner, schema))
            case .condition(let condition):
                .condition(
                    schema.attribute(named: condition.attribute)
                        .map { condition.fitted(to: $0.kind) } ?? condition)
            case .segment, .everyone: entry
            }
        }
        return group
    }
}

extension RuleForm.Condition {
    /// The row with an operator and values that an attribute of the kind can have.
    package func fitted(to kind: AttributeKind) -> RuleForm.Condition {
        var row = self
        if kind != .date, kind != .timestamp { row.part = nil }
        if !row.comparison.fits(kind, part: row.part) {
            row.comparison = RuleFormOperator.offered(for: kind, part: row.part)[0]
        }
        if kind != .text || !row.comparison.mayIgnoreCase { row.ignoresCase = false }
        let styles =
            row.comparison.isSpan ? [.number] : RuleFormValue.styles(for: kind, part: row.part)
        row.values = row.values.map { value in
            guard !styles.contains(value.style) else { return value }
            var value = value
            value.style = styles[0]
            return value
        }
        if let count = row.comparison.valueCount {
            row.values = Array(row.values.prefix(count))
            while row.values.count < count { row.values.append(RuleFormValue(styles[0])) }
        }
        return row
    }
}
