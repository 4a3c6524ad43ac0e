package import Exports

/// What a rehearsal says about one person, for a page.
package struct RehearsalRow: Equatable, Sendable {
    /// What would happen to the person; `unchanged` is counted and has no rows.
    package enum Kind: String, CaseIterable, Sendable {
        case enter
        case change
        case retry
        case leave
        case suppressed
    }

    /// A value as the ledger holds it delivered, and as the run would leave it.
    package struct Value: Equatable, Sendable {
        package let target: Target
        /// English; a custom field goes by its title.
        package let title: String
        /// Nil when nothing of it was ever delivered.
        package let before: String?
        /// Nil when nothing of it is sent any more; the destination then keeps what it has.
        package let after: String?

        package var isChanged: Bool { before != after }
    }

    /// The person key; empty for a profile without an address.
    package let key: String
    package let profileID: String
    package let kind: Kind
    package let reason: ReasonCode?
    /// The profile that is sent in place of a duplicate.
    package let winner: String?
    /// In the order of the mapping; a leaver has only those that the leave policy writes.
    package let values: [Value]

    /// Characters of a value that are kept; more is cut off and marked with an ellipsis, so that a report's
    /// size has a limit.
    package static let valueLengthMax = 300
}

extension RehearsalRow {
    /// The row of a page, or nil for somebody to whom nothing happens.
    init?(_ row: PlanRow, names: TargetNames) {
        switch row {
        case .unchanged:
            return nil
        case .operation(let operation, let before):
            self.init(
                Kind(operation.kind), operation.key, operation.profileID,
                values: Self.values(
                    from: before.map { ValueList(bytes: Array($0)) },
                    to: ValueList(bytes: Array(operation.values)),
                    isLeaver: operation.kind == .leave, names: names))
        case .suppressed(let member, let reason, let winner):
            self.init(
                .suppressed, member.key, member.profileID, reason: reason,
                winner: winner.map { String(decoding: $0, as: UTF8.self) })
        case .leftSilently(let left, let reason):
            self.init(.leave, left.key, left.profileID, reason: reason)
        }
    }

    private init(
        _ kind: Kind, _ key: UnsafeRawBufferPointer, _ profileID: UnsafeRawBufferPointer,
        reason: ReasonCode? = nil, winner: String? = nil, values: [Value] = []
    ) {
        self.init(
            key: String(decoding: key, as: UTF8.self),
            profileID: String(decoding: profileID, as: UTF8.self), kind: kind, reason: reason,
            winner: winner, values: values)
    }

    private static func values(
        from before: ValueList?, to after: ValueList, isLeaver: Bool, names: TargetNames
    ) -> [Value] {
        let old = before?.byTarget ?? [:]
        let new = after.byTarget
        var targets: [Target] = []
        // What a leaver's values were is nobody's concern: leaving does not touch them.
        for entry in after.entries + (isLeaver ? [] : before?.entries ?? [])
        where !targets.contains(entry.target) {
            targets.append(entry.target)
        }
        return targets.map { target in
            Value(
                target: target, title: names.name(target), before: old[target].map(clipped),
                after: new[target].map(clipped))
        }
    }

    private static func clipped(_ value: String) -> String {
        value.count > valueLengthMax ? value.prefix(valueLengthMax) + "…" : value
    }
}

extension RehearsalRow.Kind {
    init(_ kind: OperationKind) {
        switch kind {
        case .enter: self = .enter
        case .change: self = .change
        case .leave: self = .leave
        case .retry: self = .retry
        }
    }
}

extension PlanRow {
    /// Its kind, unless nothing happens to the person.
    package var rehearsalKind: RehearsalRow.Kind? {
        switch self {
        case .unchanged: nil
        case .operation(let operation, _): RehearsalRow.Kind(operation.kind)
        case .suppressed: .suppressed
        case .leftSilently: .leave
        }
    }
}
