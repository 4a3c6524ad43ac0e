package import Exports
package import Profiles
package import Segments
import Store

/// What makes a profile a member, in one word.
package enum SegmentKind: String, CaseIterable, Codable, Sendable {
    case dynamic, `static`
}

/// A segment with its size and what uses it.
package struct SegmentAnswer: Codable, Equatable, Sendable {
    package let id: Segment.ID
    package let name: String
    package let kind: SegmentKind
    @Nullable package var rule: String?
    @Nullable package var formerRule: String?
    package let state: SegmentState
    /// At the last evaluation that succeeded, or counted for the asking.
    @Nullable package var members: Int?
    @Nullable package var evaluatedAt: Moment?
    @Nullable package var trouble: Trouble?
    package let usedBy: Uses
    package let createdAt: Moment
    package let changedAt: Moment

    /// Why a later evaluation failed.
    package struct Trouble: Codable, Equatable, Sendable {
        package let code: String
        package let detail: Remark
        package let at: Moment
    }

    /// What uses it; as long as there is any, it cannot be removed.
    package struct Uses: Codable, Equatable, Sendable {
        package let exports: [NamedAnswer<Export>]
        package let segments: [NamedAnswer<Segment>]
    }

    init(_ entry: SegmentEntry) {
        id = entry.id
        name = entry.segment.name
        switch entry.segment.definition {
        case .dynamic(let text): (kind, rule) = (.dynamic, text)
        case .static: (kind, rule) = (.static, nil)
        }
        formerRule = entry.formerRule
        state = entry.segment.state
        members = entry.members
        evaluatedAt = entry.evaluatedAt.map(Moment.init)
        trouble = entry.trouble.map {
            Trouble(code: $0.code, detail: $0.detail, at: Moment($0.at))
        }
        usedBy = Uses(
            exports: entry.usedBy.exports.map { NamedAnswer(id: $0.id, name: $0.name) },
            segments: entry.usedBy.segments.map { NamedAnswer(id: $0.id, name: $0.name) })
        createdAt = Moment(entry.createdAt)
        changedAt = Moment(entry.changedAt)
    }
}

/// How many members a segment had at a moment.
package struct SegmentSizeAnswer: Codable, Equatable, Sendable {
    package let at: Moment
    package let members: Int

    init(_ size: SegmentSize) {
        at = Moment(size.at)
        members = size.members
    }
}
