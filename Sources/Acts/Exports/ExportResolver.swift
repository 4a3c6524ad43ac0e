package import Exports
package import Profiles
package import Segments
package import Store

/// Looks up every name of a draft: in the profiles, among the segments, and in the account.
package struct ExportResolver: Sendable {
    package let schema: ProfileSchema
    /// What the account holds; nil when it cannot be asked.
    package let lists: [DestinationList]?
    package let fields: [DestinationField]?
    /// What is known of the kind of destination; nil where it is not known which kind it is.
    package let destination: DestinationDescriptor?
    /// The segments there are, or will be.
    package let segments: SegmentLibrary
    /// The export as it is stored, whose names are kept where the account cannot be asked.
    package let stored: Export?
    /// Without a connection there is no account to ask, and nothing to warn of.
    package let isWithoutConnection: Bool

    package init(
        schema: ProfileSchema, lists: [DestinationList]?, fields: [DestinationField]?,
        destination: DestinationDescriptor? = nil, segments: SegmentLibrary, stored: Export? = nil,
        isWithoutConnection: Bool = false
    ) {
        self.schema = schema
        self.lists = lists
        self.fields = fields
        self.destination = destination
        self.segments = segments
        self.stored = stored
        self.isWithoutConnection = isWithoutConnection
    }

    /// The export, when nothing but warnings was found, and everything that was found.
    package func resolve(_ draft: ExportDraft, connection: Connection.ID?) -> (
        export: Export?, findings: [ExportFinding]
    ) {
        var findings = notOffered(draft)
        let segments = segmentNames(of: draft, &findings)
        let mapping = mapping(of: draft, &findings)
        let onLeave = leavePolicy(draft.onLeave, &findings)
        if case .field(let id, _, _) = onLeave, mapping.fields.contains(where: { $0.id == id }) {
            findings.append(
                ExportFinding(
                    .onLeave, .fieldSaysWhoLeft,
                    ["field": .text(mapping.fields.first { $0.id == id }?.title ?? id)]))
        }
        let list = list(draft.list, &findings)
        let export = Export(
            id: stored?.id ?? 0, name: draft.name, connection: connection, list: list,
            segments: segments, mapping: mapping, tags: tags(draft.tags, &findings),
            onLeave: onLeave, peopleMax: limit(draft.limit, &findings),
            holdShare: share(draft.holdShare, &findings),
            startsAutomations: draft.startsAutomations,
            resubscribesRemoved: draft.resubscribesRemoved, schedule: draft.schedule)
        return (findings.allSatisfy(\.isWarning) ? export : nil, findings)
    }

    private func segmentNames(
        of draft: ExportDraft, _ findings: inout [ExportFinding]
    ) -> [String] {
        guard !draft.segments.isEmpty else {
            findings.append(ExportFinding(.segments, .noSegments))
            return []
        }
        var names: [String] = []
        for name in draft.segments {
            guard let segment = segments.segment(named: name) else {
                findings.append(
                    ExportFinding(.segments, .segmentUnknown, ["segment": .text(name)]))
                continue
            }
            guard !names.contains(segment.name) else {
                findings.append(
                    ExportFinding(.segments, .segmentTwice, ["segment": .text(segment.name)]))
                continue
            }
            if segment.state == .inactive {
                findings.append(
                    ExportFinding(
                        .segments, .segmentInactive, ["segment": .text(segment.name)]))
            }
            names.append(segment.name)
        }
        return names
    }

    private func list(_ text: String, _ findings: inout [ExportFinding]) -> ListReference {
        func found(_ code: ExportFinding.Code, _ more: Facts = [:]) {
            findings.append(ExportFinding(.list, code, more.merging(["list": .text(text)]) { $1 }))
        }
        guard has(.lists) else { return ListReference(id: "", name: nil) }
        guard !text.isEmpty else {
            found(.listMissing)
            return ListReference(id: "", name: nil)
        }
        guard let lists else {
            if !isWithoutConnection { found(.listUnchecked) }
            return ListReference(id: text, name: stored?.list.id == text ? stored?.list.name : nil)
        }
        if let list = lists.first(where: { $0.id == text }) {
            return ListReference(id: list.id, name: list.name)
        }
        let named = lists.filter { $0.name == text }
        if named.count == 1 { return ListReference(id: named[0].id, name: named[0].name) }
        if named.count > 1 {
            found(.listAmbiguous, ["ids": .text(named.map(\.id).joined(separator: ", "))])
            return ListReference(id: text, name: nil)
        }
        found(
            .listUnknown, ["known": .text(Self.inventory(lists.map { ($0.id, $0.name) }))])
        return ListReference(id: text, name: nil)
    }

    /// `3 'Readers', 7 'VIP', …`: the first twenty.
    static func inventory(_ things: [(id: String, name: String)]) -> String {
        let shown = things.prefix(20).map { "\($0.id) '\($0.name)'" }
        let rest = things.isEmpty ? ["–"] : things.count > 20 ? ["…"] : []
        return (shown + rest).joined(separator: ", ")
    }

    private func tags(_ tags: [String], _ findings: inout [ExportFinding]) -> [String] {
        for tag in tags where tag.trimmingPrefix(while: \.isWhitespace).isEmpty {
            findings.append(ExportFinding(.tags, .emptyTag))
        }
        return Array(Set(tags)).sorted()
    }

    private func limit(_ limit: Int?, _ findings: inout [ExportFinding]) -> Int {
        guard let limit else { return Export.peopleMaxDefault }
        if (1...100_000_000).contains(limit) { return limit }
        findings.append(ExportFinding(.limit, .limitRange))
        return Export.peopleMaxDefault
    }

    private func share(_ share: Double?, _ findings: inout [ExportFinding]) -> Double {
        guard let share else { return Export.holdShareDefault }
        if (0...100).contains(share) { return share / 100 }
        findings.append(ExportFinding(.holdShare, .holdShareRange))
        return Export.holdShareDefault
    }
}
