package import Access
import Exports
import Profiles
package import Segments
import Store

extension SegmentDesk {
    /// Stores a new segment and evaluates it. A rule that cannot be understood stores nothing.
    /// Throws `RuleTextError`; `StoreError`: `.badName`, `.nameTaken`; and what the engine throws,
    /// `EngineError.unavailable` for fixed members that it has not. A static segment is not stored
    /// then, a dynamic one stays.
    @discardableResult
    package func add(
        _ name: String, _ draft: Draft, state: SegmentState = .active, by actor: Actor
    ) async throws -> Added {
        switch draft {
        case .dynamic(let rule):
            let checked = try await check(rule, as: name)
            let segment = try catalog.setup.addSegment(
                named: name, definition: .dynamic(rule: checked.text), state: state, by: actor)
            return Added(segment: segment, members: try await evaluate(segment.id), unknown: [])
        case .frozen(let rule):
            let checked = try await check(rule, as: name)
            return try await addStatic(name, state: state, rule: checked.text, by: actor) {
                (try await engine.freeze(checked.predicate, as: $0), [])
            }
        case .fixed(let ids):
            return try await addStatic(name, state: state, rule: nil, by: actor) {
                try await engine.freeze(ids: ids, as: $0)
            }
        }
    }

    private func addStatic(
        _ name: String, state: SegmentState, rule: String?, by actor: Actor,
        freeze: (Segment.ID) async throws -> (members: Int, unknown: [Profile.ID])
    ) async throws -> Added {
        try engine.abilities.require(.staticMembers)
        let segment = try catalog.setup.addSegment(
            named: name, definition: .static, state: state, by: actor)
        do {
            let frozen = try await freeze(segment.id)
            try catalog.setup.noteFreezing(of: segment.id, by: actor, rule: rule)
            let members = try await evaluate(segment.id)
            return Added(segment: segment, members: members, unknown: frozen.unknown)
        } catch {
            // A static segment whose members were never written down would look empty.
            try await remove(segment.id, by: actor)
            throw error
        }
    }

    /// Gives a segment another rule, which it follows from now on, and evaluates it. A static segment becomes
    /// dynamic by that, and its fixed members are forgotten. Returns the number of members. Throws
    /// `StoreError.notFound`, and `RuleTextError` for a rule that means nothing, before anything is
    /// changed, and what the engine and the catalog throw.
    @discardableResult
    package func change(_ id: Segment.ID, rule: String, by actor: Actor) async throws -> Int {
        let segment = try require(id)
        let checked = try await check(rule, as: segment.name)
        if segment.definition != .dynamic(rule: checked.text) {
            try catalog.setup.setDefinition(
                .dynamic(rule: checked.text), ofSegment: segment.name, by: actor)
        }
        if segment.definition == .static { try await engine.removeMembers(of: id) }
        return try await evaluate(id)
    }

    /// Makes a segment static: its members stay those it has now. A static segment stays as it is. Returns
    /// the number of members. Throws `StoreError.notFound`, `RuleTextError`, and what the engine
    /// throws, `EngineError.unavailable` where there are no static members.
    @discardableResult
    package func makeStatic(_ id: Segment.ID, by actor: Actor) async throws -> Int {
        let segment = try require(id)
        if segment.definition != .static {
            try engine.abilities.require(.staticMembers)
            // A rule that means nothing any more becomes the segment's trouble here.
            try await evaluate(id)
            // As long as the segment is dynamic nobody asks for its fixed members.
            _ = try await engine.freeze(try await predicate(of: segment), as: id)
            try catalog.setup.noteFreezing(of: id, by: actor)
        }
        return try await evaluate(id)
    }

    /// Makes a static segment follow a rule: the one given, or the one it was frozen from. Returns the number
    /// of members. Throws as `change` does, and `StoreError.ruleMissing` when there is neither.
    @discardableResult
    package func makeDynamic(
        _ id: Segment.ID, rule: String? = nil, by actor: Actor
    ) async throws -> Int {
        guard let entry = try catalog.history.segmentEntry(id: id) else {
            throw StoreError.missing("segment", id)
        }
        if let rule = rule ?? entry.formerRule {
            return try await change(id, rule: rule, by: actor)
        }
        guard entry.segment.definition == .static else { return try await evaluate(id) }
        throw StoreError(
            .ruleMissing, ["segment": .text(entry.segment.name)])
    }

    /// Lets a segment take part in refreshes and exports, or not. One that is activated is evaluated; when
    /// that fails it stays active and says why. Returns the number of members when it was evaluated.
    /// Throws `StoreError.notFound`, and what the engine throws, after which the state is changed
    /// all the same.
    @discardableResult
    package func setState(
        _ state: SegmentState, of id: Segment.ID, by actor: Actor
    ) async throws -> Int? {
        let segment = try require(id)
        if segment.state != state {
            try catalog.setup.setState(state, ofSegment: segment.name, by: actor)
        }
        return state == .active ? try await evaluateStored(id) : nil
    }

    /// Stores a copy of a segment under a name of its own, static members included. Throws
    /// `StoreError.notFound`, and as `add` does.
    @discardableResult
    package func duplicate(
        _ id: Segment.ID, as name: String, by actor: Actor
    ) async throws -> Added {
        guard let entry = try catalog.history.segmentEntry(id: id) else {
            throw StoreError.missing("segment", id)
        }
        switch entry.segment.definition {
        case .dynamic(let rule): return try await add(name, .dynamic(rule: rule), by: actor)
        case .static:
            return try await addStatic(
                name, state: entry.segment.state, rule: entry.formerRule, by: actor
            ) {
                (try await engine.freeze(.memberOf(id), as: $0), [])
            }
        }
    }

    /// A name for a copy that no segment has: `News 2`, `News 3`. Throws trouble of the catalog.
    package func nameForCopy(of segment: Segment) throws -> String {
        let library = SegmentLibrary(try catalog.setup.segments())
        var number = 2
        while library.segment(named: "\(segment.name) \(number)") != nil { number += 1 }
        return "\(segment.name) \(number)"
    }

    /// Removes a segment and its fixed members. Refused while an export or another segment uses it; the error
    /// names them.
    @discardableResult
    package func remove(_ id: Segment.ID, by actor: Actor) async throws -> Segment {
        let removed = try catalog.setup.removeSegment(named: try require(id).name, by: actor)
        try await engine.removeMembers(of: removed.id)
        return removed
    }
}
