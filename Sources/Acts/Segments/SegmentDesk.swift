import Delivery
package import Exports
package import Profiles
package import Segments
package import Store

/// Where segments are made, changed and evaluated. Whatever changes a segment's members evaluates it at
/// once, so that its size is always known.
package struct SegmentDesk: Sendable {
    let catalog: Catalog
    let engine: any ProfileEngine
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    package init(
        catalog: Catalog, engine: any ProfileEngine, now: @escaping @Sendable () -> Int64
    ) {
        self.catalog = catalog
        self.engine = engine
        self.now = now
    }

    /// What a new segment is made from.
    package enum Draft: Equatable, Sendable {
        /// Members follow the rule.
        case dynamic(rule: String)
        /// Members are those the rule holds for now.
        case frozen(rule: String)
        /// Members are the profiles of these ids.
        case fixed(ids: [Profile.ID])
    }

    /// A rule that can be read and means something for the profiles and segments there are.
    package struct CheckedRule: Sendable {
        /// The rule in its canonical form.
        package let text: String
        package let predicate: Predicate
    }

    /// A segment that was made, and the ids that no profile has.
    package struct Added: Sendable {
        package let segment: Segment
        package let members: Int
        package let unknown: [Profile.ID]
    }

    // MARK: Looking

    /// Reads a rule and checks what it means. `name` is that of the segment that is to have it,
    /// which its own rule may not use. Throws `RuleTextError` with the place in `text`, and what
    /// the engine and the catalog throw.
    package func check(
        _ text: String, as name: String? = nil
    ) async throws -> CheckedRule {
        do {
            let rule = try Rule(parsing: text)
            let predicate = try rule.resolved(
                schema: try await engine.schema(),
                segments: SegmentLibrary(try catalog.setup.segments()),
                now: moment, as: name)
            return CheckedRule(text: rule.description, predicate: predicate)
        } catch let error as RuleTextError {
            throw error.inText(text)
        }
    }

    /// What makes a profile a member of a stored segment, now. Throws `RuleTextError` for a rule
    /// that means nothing any more, and what the engine and the catalog throw.
    package func predicate(of segment: Segment) async throws -> Predicate {
        try await Planner.predicate(
            of: segment, schema: engine.schema(), library: SegmentLibrary(catalog.setup.segments()),
            moment: moment)
    }

    /// The segments that a scheduled refresh evaluates, by name: neither static nor inactive ones.
    /// Throws trouble of the catalog.
    package func segmentsToRefresh() throws -> [Segment] {
        try catalog.setup.segments().filter(\.isRefreshed)
    }

    // MARK: Evaluating

    /// Counts the members of a segment and keeps the number. A failure is kept too, and thrown. Neither is kept
    /// when the segment has another definition meanwhile: whoever changed it evaluates it anew.
    /// Throws `StoreError.notFound` when there is no such segment, `RuleTextError`, and what the
    /// engine and the catalog throw.
    @discardableResult
    package func evaluate(_ id: Segment.ID) async throws -> Int {
        let segment = try require(id)
        let moment = now()
        do {
            let members = try await engine.count(try await predicate(of: segment))
            try catalog.history.noteEvaluation(of: segment, members: members, at: moment)
            return members
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let trouble = Self.trouble(error, at: moment)
            try catalog.history.noteTrouble(trouble, ofSegment: segment)
            throw error
        }
    }

    private static func trouble(_ error: any Error, at moment: Int64) -> SegmentTrouble {
        switch error {
        case let error as RuleTextError:
            SegmentTrouble(code: "rule-invalid", detail: Remark(error), at: moment)
        case let error as EngineError where !error.code.isStorage:
            SegmentTrouble(
                code: error.code.rawValue,
                detail: Remark(
                    "profiles-unread", ["what": .word("code"), "code": .text(error.code.rawValue)]),
                at: moment)
        default:
            // What other errors say of themselves may hold more than a page should show.
            SegmentTrouble(
                code: "storage", detail: Remark("profiles-unread"), at: moment)
        }
    }

    /// Evaluates a segment whose change is stored already; a rule that means nothing any more is kept as the
    /// segment's trouble.
    func evaluateStored(_ id: Segment.ID) async throws -> Int? {
        do {
            return try await evaluate(id)
        } catch is RuleTextError {
            return nil
        }
    }

    func require(_ id: Segment.ID) throws -> Segment {
        guard let segment = try catalog.setup.segments().first(where: { $0.id == id }) else {
            throw StoreError.missing("segment", id)
        }
        return segment
    }

    private var moment: Timestamp { Timestamp(milliseconds: now()) }
}

extension Segment {
    /// Whether a scheduled refresh evaluates it.
    package var isRefreshed: Bool { state == .active && definition != .static }
}
