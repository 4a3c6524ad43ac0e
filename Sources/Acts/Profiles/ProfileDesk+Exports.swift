package import Exports
package import Profiles
import Segments
package import Store

/// An export, as seen from one profile.
package struct ExportStanding: Sendable {
    /// Where a person stands at the destination, as far as Ferry knows.
    package enum State: String, Codable, Sendable {
        case delivered
        case refused
        /// Set aside by the newest run that looked at them.
        case suppressed
        case left
        /// No run has sent them.
        case never
    }

    /// What the next run would do with the profile.
    package enum Next: String, Codable, Sendable {
        /// The person would be sent for the first time, or again after an absence.
        case enter
        /// The person is on the list; what has changed since is sent.
        case stay
        /// The destination is tried again.
        case retry
        /// The person is no member any more, and is taken off as the export says.
        case leave
        /// A member without an address cannot be sent.
        case noAddress = "no-address"
        /// A member whose address no destination takes.
        case badAddress = "bad-address"
        /// A member whom the newest run set aside; the next one does so again unless something changes.
        case suppressed
        /// No member, and not on the list: nothing happens.
        case nothing
        /// The export cannot be planned as it stands.
        case unknown
    }

    package let export: Export
    /// The key the export knows the person by; empty without an address.
    package let key: String
    package let state: State
    package let reason: String?
    /// The run that brought it about, and when.
    package let run: Run.ID?
    package let at: Int64?
    /// The profile that stands for the address at the destination, when it is another one.
    package let otherProfile: Profile.ID?
    /// The values that the destination confirmed last.
    package let delivered: [ValueChange]
    /// Nil when the export cannot be planned as it stands.
    package let isMember: Bool?
    package let next: Next
}

extension ProfileDesk {
    /// Every export, and what it has to do with the profile.
    ///
    /// - Parameters:
    ///   - memberships: What `memberships(of:)` told.
    ///   - history: What `history(of:)` told.
    /// - Throws: What the engine and the catalog throw.
    package func standings(
        of profile: Profile, memberships: [Membership], history: [OutcomeEntry]
    ) async throws -> [ExportStanding] {
        var ledgers: [String: [LedgerEntry]] = [:]
        let schema = try await engine.schema()
        return try catalog.setup.exports().map { export in
            let email = schema.attribute(named: export.mapping.email)?.name
            let key = PersonKey.normalized(
                email.flatMap { profile.values[$0]?.exported } ?? "")
            if !key.isEmpty, ledgers[key] == nil {
                ledgers[key] = try catalog.ledger.ledgerEntries(ofPerson: key)
            }
            return standing(
                export, key: key, of: profile, memberships: memberships,
                entry: ledgers[key]?.first { $0.exportName == export.name },
                suppressed: history.first {
                    $0.exportName == export.name && $0.key == key && $0.outcome == .suppressed
                        && $0.profileID == profile.id
                })
        }
    }

    private func standing(
        _ export: Export, key: String, of profile: Profile, memberships: [Membership],
        entry: LedgerEntry?, suppressed: OutcomeEntry?
    ) -> ExportStanding {
        let isMember = Self.isMember(of: export, memberships)
        // The profile's own fate is newer than what the ledger holds of the address.
        let aside = suppressed.flatMap { $0.run >= entry?.run ?? 0 ? $0 : nil }
        let state: ExportStanding.State =
            if aside != nil {
                .suppressed
            } else {
                switch entry?.state {
                case .delivered: .delivered
                case .refused: .refused
                case .left: .left
                case nil: .never
                }
            }
        let other = aside == nil ? entry?.profileID : aside?.winner
        return ExportStanding(
            export: export, key: key, state: state,
            reason: aside == nil ? entry?.reason : aside?.reason,
            run: aside?.run ?? entry?.run,
            at: aside?.at ?? entry?.at,
            otherProfile: other == profile.id ? nil : other,
            delivered: entry?.delivered.map {
                TargetNames(export).changes(from: nil, to: $0)
            } ?? [],
            isMember: isMember,
            next: Self.next(isMember: isMember, key: key, entry?.state, isAside: aside != nil))
    }

    /// Whether one of the export's segments holds; nil when one is missing, inactive or meaningless.
    private static func isMember(of export: Export, _ memberships: [Membership]) -> Bool? {
        var isMember = false
        for name in export.segments {
            guard
                let membership = memberships.first(where: { $0.segment.name == name }),
                membership.segment.state == .active, let holds = membership.isMember
            else { return nil }
            if holds { isMember = true }
        }
        return isMember
    }

    private static func next(
        isMember: Bool?, key: String, _ state: LedgerState?, isAside: Bool
    ) -> ExportStanding.Next {
        guard let isMember else { return .unknown }
        guard isMember else { return state == .delivered ? .leave : .nothing }
        if key.isEmpty { return .noAddress }
        guard Array(key.utf8).withUnsafeBytes(AddressForm.isSendable) else { return .badAddress }
        if isAside { return .suppressed }
        return switch state {
        case .delivered: .stay
        case .refused: .retry
        case .left, nil: .enter
        }
    }

    /// What runs did to the profile's addresses and to the profile itself, newest first. Throws
    /// what the engine and the catalog throw.
    package func history(
        of profile: Profile, limit: Int = 100
    ) async throws -> [OutcomeEntry] {
        var found = try await keys(of: profile).flatMap {
            try catalog.ledger.outcomes(ofPerson: $0, limit: limit)
        }
        // Those who had no address are known by their profile only.
        found += try catalog.ledger.outcomes(ofPerson: "", profileID: profile.id, limit: limit)
        return Array(found.sorted { ($1.run, $1.at) < ($0.run, $0.at) }.prefix(limit))
    }
}
