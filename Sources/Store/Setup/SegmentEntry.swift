package import Exports
package import Profiles
package import Segments

/// A segment as lists show it: with its size, the last evaluation, and what uses it.
package struct SegmentEntry: Equatable, Sendable, Identifiable {
    package let segment: Segment
    /// Members at the last evaluation that succeeded; nil before the first.
    package let members: Int?
    /// When that was, in milliseconds since 1970.
    package let evaluatedAt: Int64?
    /// Why a later evaluation failed; nil when none did.
    package let trouble: SegmentTrouble?
    /// The rule whose members a static segment holds, when it was made from one.
    package let formerRule: String?
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let changedAt: Int64
    package let usedBy: SegmentUses

    package var id: Segment.ID { segment.id }
}

/// Why a segment could not be evaluated.
package struct SegmentTrouble: Equatable, Sendable {
    /// A stable code, such as `rule-invalid`.
    package let code: String
    /// Quotes the rule, never a profile.
    package let detail: Remark
    /// Milliseconds since 1970.
    package let at: Int64

    package init(code: String, detail: Remark, at: Int64) {
        self.code = code
        self.detail = detail
        self.at = at
    }
}

/// What uses a segment, each by name. As long as there is any, the segment cannot be removed.
package struct SegmentUses: Equatable, Sendable {
    /// An export that holds the segment.
    package struct ExportUse: Equatable, Sendable, Identifiable {
        package let id: Export.ID
        package let name: String
    }

    /// A segment whose rule speaks of it.
    package struct SegmentUse: Equatable, Sendable, Identifiable {
        package let id: Segment.ID
        package let name: String
    }

    package private(set) var exports: [ExportUse] = []
    package private(set) var segments: [SegmentUse] = []

    package var isEmpty: Bool { exports.isEmpty && segments.isEmpty }

    mutating func add(export id: Export.ID, named name: String) {
        exports.append(ExportUse(id: id, name: name))
    }

    mutating func add(_ segment: Segment) {
        segments.append(SegmentUse(id: segment.id, name: segment.name))
    }
}

/// How many members a segment had at a moment.
package struct SegmentSize: Equatable, Sendable {
    /// Milliseconds since 1970.
    package let at: Int64
    package let members: Int

    package init(at: Int64, members: Int) {
        self.at = at
        self.members = members
    }
}
