package import Exports
package import Profiles
package import Segments

/// Profiles in memory, and the plain evaluator: an engine that can be read and nothing else. It shows what a read-only
/// engine looks like to pages, the API and commands, and that the checks fit one that is no SQLite.
package struct ReferenceEngine: ProfileEngine, ProfileReading {
    private let attributes: [Attribute]
    /// In the order of ids.
    private let profiles: [Profile]

    package init(attributes: [Attribute], profiles: [Profile]) {
        self.attributes = attributes
        self.profiles = profiles.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    package var reading: any ProfileReading { self }
    package var importing: (any ProfileImporting)? { nil }
    package var staticMembers: (any StaticMembers)? { nil }
    package var search: (any ProfileSearch)? { nil }

    /// Asks at every profile whether to go on.
    private func matching(_ predicate: Predicate, _ limits: CallLimits) throws -> [Profile] {
        try limits.check()
        return try profiles.filter {
            try limits.check()
            return predicate.matches($0, isMember: { _ in false })
        }
    }

    package func schema(_ limits: CallLimits) throws -> ProfileSchema {
        try limits.check()
        return ProfileSchema(attributes: attributes)
    }

    package func count(_ predicate: Predicate, _ limits: CallLimits) throws -> Int {
        try matching(predicate, limits).count
    }

    package func counts(of predicates: [Predicate], _ limits: CallLimits) throws -> [Int] {
        try limits.check()
        return try predicates.map { try count($0, limits) }
    }

    package func forEachMember(
        _ query: MemberQuery, _ limits: CallLimits, _ body: (MemberView) throws -> Void
    ) throws {
        for column in query.columns.map(\.attribute) + [query.email]
        where !attributes.contains(column) {
            throw EngineError(.columnGone, subject: column.name)
        }
        let members = try matching(query.predicate, limits).map { profile in
            var values: [UInt8] = []
            for (header, attribute) in query.columns {
                guard var text = profile.values[attribute.name]?.exported else { continue }
                values += header
                text.withUTF8 { ValueList.append(UnsafeRawBufferPointer($0), to: &values) }
            }
            let address = profile.values[query.email.name]?.exported ?? ""
            return StreamedMember(
                key: PersonKey.normalized(address), id: profile.id, changedAt: profile.changedAt,
                values: ValueList(bytes: values + query.constants))
        }
        for member in members.sorted(by: StreamedMember.isBefore) {
            try limits.check()
            try Array(member.key.utf8).withUnsafeBytes { key in
                try Array(member.id.utf8).withUnsafeBytes { id in
                    try member.values.bytes.withUnsafeBytes { values in
                        try body(MemberView(key: key, profileID: id, values: values))
                    }
                }
            }
        }
    }

    package func page(
        of predicate: Predicate, after: String?, limit: Int, _ limits: CallLimits
    ) throws -> ProfilePage {
        let found = try matching(predicate, limits).filter { profile in
            after.map { $0.utf8.lexicographicallyPrecedes(profile.id.utf8) } ?? true
        }
        let shown = Array(found.prefix(limit))
        return ProfilePage(profiles: shown, next: found.count > limit ? shown.last?.id : nil)
    }

    package func existing(
        _ ids: [Profile.ID], _ limits: CallLimits
    ) throws -> Set<Profile.ID> {
        Set(ids).intersection(try matching(.always, limits).map(\.id))
    }

    package func profile(id: Profile.ID, _ limits: CallLimits) throws -> Profile? {
        try matching(.always, limits).first { $0.id == id }
    }

    package func isMember(
        _ id: Profile.ID, of predicate: Predicate, _ limits: CallLimits
    ) throws -> Bool {
        try matching(predicate, limits).contains { $0.id == id }
    }

    package func profiles(
        withKey key: String, emailAttribute: String, _ limits: CallLimits
    ) throws -> [Profile] {
        try matching(.always, limits).filter {
            PersonKey.normalized($0.values[emailAttribute]?.exported ?? "") == key
        }.sorted { ($1.changedAt, $0.id) < ($0.changedAt, $1.id) }
    }

    package func frequentValues(
        of attribute: Attribute, limit: Int, _ limits: CallLimits
    ) throws -> FrequentValues {
        try limits.check()
        guard attributes.contains(attribute) else {
            throw EngineError(.columnGone, subject: attribute.name)
        }
        let counts = try self.counts(of: attribute, limits)
        return FrequentValues(
            values: counts.prefix(limit).map { FrequentValues.Entry(value: $0, count: $1) },
            isSample: false)
    }

    package func facets(limit: Int, _ limits: CallLimits) throws -> [Facet] {
        try limits.check()
        let facets = try attributes.filter { $0.kind == .text || $0.kind == .boolean }.compactMap {
            let counts = try counts(of: $0, limits)
            return (2...8).contains(counts.count)
                ? Facet(attribute: $0, values: counts.map(\.value)) : nil
        }
        return Array(facets.prefix(limit))
    }

    /// The values of an attribute, the most frequent first.
    private func counts(
        of attribute: Attribute, _ limits: CallLimits
    ) throws -> [(value: AttributeValue, count: Int)] {
        var counts: [AttributeValue: Int] = [:]
        for profile in try matching(.always, limits) {
            if let value = profile.values[attribute.name] { counts[value, default: 0] += 1 }
        }
        return counts.map { (value: $0.key, count: $0.value) }.sorted {
            ($1.count, $0.value.exported) < ($0.count, $1.value.exported)
        }
    }
}
