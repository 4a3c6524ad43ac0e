package import Access
package import Exports
package import Profiles
package import Segments
import Store

/// Stores a segment and evaluates it: one that follows a rule, or a fixed set of the profiles that a rule holds for
/// now, or of those with the given ids.
package struct AddSegment: RemoteAct {
    package static let needs = Permission.changeSegments
    package let name: String
    package let kind: SegmentKind
    package let rule: String?
    package let ids: [Profile.ID]?
    package let state: SegmentState
    /// Whether ids that no profile has are passed over; otherwise they refuse the whole.
    package let passesUnknown: Bool

    package init(
        name: String, kind: SegmentKind = .dynamic, rule: String? = nil, ids: [Profile.ID]? = nil,
        state: SegmentState = .active, passesUnknown: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.rule = rule
        self.ids = ids
        self.state = state
        self.passesUnknown = passesUnknown
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SegmentAnswer {
        let draft = try draft()
        if let finding = acts.segments.finding(against: name) {
            throw Refusal(.invalid, findings: [finding])
        }
        if case .fixed(let ids) = draft, !passesUnknown { try await acts.requireProfiles(ids) }
        let added = try await RuleRefusal.explaining(.rule) {
            try await acts.segments.add(name, draft, state: state, by: asker.actor)
        }
        return SegmentAnswer(try acts.segmentEntry(.id(added.segment.id)))
    }

    private func draft() throws(Refusal) -> SegmentDesk.Draft {
        switch (kind, rule, ids) {
        case (.dynamic, let rule?, nil): return .dynamic(rule: rule)
        case (.static, let rule?, nil): return .frozen(rule: rule)
        case (.static, nil, let ids?): return .fixed(ids: ids)
        case (.dynamic, _, _?): throw Refusal(.invalid, findings: [.init("ids", "dynamic")])
        case (_, _?, _?): throw Refusal(.invalid, findings: [.init("ids", "both")])
        case (_, nil, nil): throw Refusal(.invalid, findings: [.init("rule", "required")])
        }
    }

    package func call(_ things: any ThingFinder) -> APICall {
        struct Body: Encodable {
            let name: String
            let kind: SegmentKind
            let rule: String?
            let ids: [Profile.ID]?
            let state: SegmentState
        }
        return APICall(
            "POST", "/api/v1/segments",
            body: Body(name: name, kind: kind, rule: rule, ids: ids, state: state))
    }
}

/// Gives a segment another rule, kind or state; what is nil stays. The rule or the kind comes first, then the
/// state.
package struct ChangeSegment: RemoteAct {
    package static let needs = Permission.changeSegments
    package let segment: Reference<Segment>
    package let kind: SegmentKind?
    package let rule: String?
    package let state: SegmentState?

    package init(
        _ segment: Reference<Segment>, kind: SegmentKind? = nil, rule: String? = nil,
        state: SegmentState? = nil
    ) {
        self.segment = segment
        self.kind = kind
        self.rule = rule
        self.state = state
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SegmentAnswer {
        let entry = try acts.segmentEntry(segment)
        let desk = acts.segments
        switch (kind, rule) {
        case (.static, _?): throw Refusal(.invalid, findings: [.init("rule", "static")])
        case (.static, nil): try await desk.makeStatic(entry.id, by: asker.actor)
        case (_, let rule?):
            try await RuleRefusal.explaining(.rule) {
                try await desk.change(entry.id, rule: rule, by: asker.actor)
            }
        case (.dynamic, nil): try await follow(entry, desk, asker)
        case (nil, nil): break
        }
        if let state { try await desk.setState(state, of: entry.id, by: asker.actor) }
        return SegmentAnswer(try acts.segmentEntry(.id(entry.id)))
    }

    /// Follows the rule it was frozen from.
    private func follow(
        _ entry: SegmentEntry, _ desk: SegmentDesk, _ asker: Asker
    ) async throws {
        if entry.segment.definition == .static, entry.formerRule == nil {
            throw Refusal(
                .invalid, cause: StoreError.Code.ruleMissing.rawValue,
                findings: [
                    .init(
                        "rule", "required",
                        ["noun": .word("segment"), "name": .text(entry.segment.name)])
                ])
        }
        try await RuleRefusal.explaining(.rule) {
            try await desk.makeDynamic(entry.id, by: asker.actor)
        }
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        struct Body: Encodable {
            let kind: SegmentKind?
            let rule: String?
            let state: SegmentState?
        }
        return APICall(
            "PATCH", "/api/v1/segments/\(try await things.id(ofSegment: segment))",
            body: Body(kind: kind, rule: rule, state: state))
    }
}

/// Stores a copy of a segment under the next free name, fixed members included.
package struct DuplicateSegment: Act {
    package static let needs = Permission.changeSegments
    package let segment: Reference<Segment>

    package init(_ segment: Reference<Segment>) {
        self.segment = segment
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SegmentAnswer {
        let entry = try acts.segmentEntry(segment)
        let desk = acts.segments
        let copy = try await desk.duplicate(
            entry.id, as: try desk.nameForCopy(of: entry.segment), by: asker.actor)
        return SegmentAnswer(try acts.segmentEntry(.id(copy.segment.id)))
    }
}

/// Counts the members of a segment and keeps the number, or what is wrong with its rule.
package struct EvaluateSegment: Act {
    package static let needs = Permission.changeSegments
    package let segment: Reference<Segment>

    package init(_ segment: Reference<Segment>) {
        self.segment = segment
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SegmentAnswer {
        let id = try acts.segmentEntry(segment).id
        try await acts.segments.evaluate(id)
        return SegmentAnswer(try acts.segmentEntry(.id(id)))
    }
}

/// Removes a segment that nothing uses.
package struct RemoveSegment: RemoteAct {
    package static let needs = Permission.changeSegments
    package let segment: Reference<Segment>

    package init(_ segment: Reference<Segment>) {
        self.segment = segment
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> Done {
        try await acts.segments.remove(acts.segmentEntry(segment).id, by: asker.actor)
        return Done()
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall("DELETE", "/api/v1/segments/\(try await things.id(ofSegment: segment))")
    }
}

/// Lets an export send the members of a segment too.
package struct AddSegmentToExport: Act {
    package static let needs = Permission.changeExports
    package let segment: Reference<Segment>
    package let export: Export.ID

    package init(_ segment: Reference<Segment>, export: Export.ID) {
        self.segment = segment
        self.export = export
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        let name = try acts.segmentEntry(segment).segment.name
        var changed = try acts.changeableExport(.id(export), by: asker).export
        guard !changed.segments.contains(name) else { return Done() }
        changed.segments.append(name)
        _ = try acts.exports.change(changed, by: asker.actor)
        return Done()
    }
}

extension SegmentDesk {
    /// What stands against a name for a segment, apart from that it may be taken.
    package func finding(against name: String) -> Refusal.Finding? {
        do throws(StoreError) {
            try Catalog.checkName(name, of: "a segment")
            return nil
        } catch {
            return Refusal.Finding("name", "name")
        }
    }
}

extension ActContext {
    /// Most ids that are named one by one.
    private static let findingsMax = 100

    /// Refuses ids that no profile has: nobody would see later that they were left out.
    fileprivate func requireProfiles(_ ids: [Profile.ID]) async throws {
        let known = try await engine.existing(ids)
        let findings = ids.enumerated().filter { !known.contains($0.element) }.map {
            Refusal.Finding("ids[\($0.offset)]", "unknown", ["noun": .word("profile")])
        }
        guard !findings.isEmpty else { return }
        throw Refusal(
            .invalid, ["count": .number(findings.count)], cause: "unknown-profiles",
            findings: Array(findings.prefix(Self.findingsMax)))
    }
}
