package import Exports

/// Names of targets for people and for the columns of files.
package struct TargetNames: Sendable {
    private let titles: [String: String]

    package init(_ export: Export) {
        titles = Dictionary(
            export.mapping.fields.map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// The English name of a target; a custom field goes by its title.
    package func name(_ target: Target) -> String {
        switch target {
        case .firstName: "first name"
        case .lastName: "last name"
        case .phone: "phone"
        case .tag: "tag"
        case .field(let id): titles[id] ?? "field \(id)"
        }
    }

    /// Every value that differs, with what it was and what it will be.
    package func changes(from before: ValueList?, to after: ValueList) -> [ValueChange] {
        let old = before?.byTarget ?? [:]
        let new = after.byTarget
        let targets = Set(old.keys).union(new.keys).sorted { name($0) < name($1) }
        return targets.compactMap { target in
            guard old[target] != new[target] else { return nil }
            return ValueChange(name: name(target), before: old[target], after: new[target])
        }
    }
}

extension ValueList {
    /// One text for each target. A person may have several tags; they count as one value.
    var byTarget: [Target: String] {
        entries.reduce(into: [:]) { values, entry in
            values[entry.target] =
                values[entry.target].map { "\($0), \(entry.value)" } ?? entry.value
        }
    }
}

/// A value that a run would change.
package struct ValueChange: Encodable, Sendable {
    package let name: String
    package let before: String?
    package let after: String?

    package init(name: String, before: String?, after: String?) {
        self.name = name
        self.before = before
        self.after = after
    }

    package var text: String { "\(name): \(before ?? "–") → \(after ?? "–")" }
}

/// One row of a rehearsal as files and the command line show it.
package struct PlanLine: Encodable, Sendable {
    /// enter, change, retry, leave, unchanged, suppressed.
    package let group: String
    package let email: String
    package let profile: String
    package let reason: String?
    /// The profile sent in place of a duplicate.
    package let winner: String?
    package let changes: [ValueChange]

    /// The columns of a file of plan lines.
    package static let header = ["group", "email", "profile", "reason", "winner", "changes"]

    package init(_ row: PlanRow, names: TargetNames) {
        switch row {
        case .unchanged(let member):
            self.init("unchanged", member.key, member.profileID, nil, nil, [])
        case .operation(let operation, let before):
            let values = ValueList(bytes: Array(operation.values))
            let old = before.map { ValueList(bytes: Array($0)) }
            let changes =
                operation.kind == .leave
                ? [] : names.changes(from: operation.kind == .change ? old : nil, to: values)
            self.init(operation.kind.word, operation.key, operation.profileID, nil, nil, changes)
        case .suppressed(let member, let reason, let winner):
            self.init(
                "suppressed", member.key, member.profileID, reason.rawValue,
                winner.map { String(decoding: $0, as: UTF8.self) }, [])
        case .leftSilently(let row, let reason):
            self.init("leave", row.key, row.profileID, reason?.rawValue, nil, [])
        }
    }

    package init(
        group: String, email: String, profile: String, reason: String?, winner: String?,
        changes: [ValueChange]
    ) {
        self.group = group
        self.email = email
        self.profile = profile
        self.reason = reason
        self.winner = winner
        self.changes = changes
    }

    private init(
        _ group: String, _ key: UnsafeRawBufferPointer, _ profile: UnsafeRawBufferPointer,
        _ reason: String?, _ winner: String?, _ changes: [ValueChange]
    ) {
        self.init(
            group: group, email: String(decoding: key, as: UTF8.self),
            profile: String(decoding: profile, as: UTF8.self), reason: reason, winner: winner,
            changes: changes)
    }

    /// The cells under `header`.
    package var cells: [String] {
        [
            group, email, profile, reason ?? "", winner ?? "",
            changes.map(\.text).joined(separator: "; "),
        ]
    }
}
