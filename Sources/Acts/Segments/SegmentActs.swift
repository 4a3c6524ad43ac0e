package import Access
import Exports
import Profiles
package import Segments
import Store

/// All segments, a page at a time in the order of their ids.
package struct ListSegments: RemoteAct {
    package static let needs = Permission.readSegments
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<SegmentAnswer> {
        try page.page(
            all: acts.catalog.history.segmentEntries(), .segments, SegmentAnswer.init)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/segments", query: page.query)
    }
}

/// One segment; with its members counted for the asking, which is not written down.
package struct ShowSegment: RemoteAct {
    package static let needs = Permission.readSegments
    package let segment: Reference<Segment>
    package let counts: Bool

    package init(_ segment: Reference<Segment>, counts: Bool = false) {
        self.segment = segment
        self.counts = counts
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SegmentAnswer {
        let entry = try acts.segmentEntry(segment)
        var answer = SegmentAnswer(entry)
        if counts {
            answer.members = try await acts.engine.count(
                acts.segments.predicate(of: entry.segment), within: EnginePatience.count)
        }
        return answer
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "GET", "/api/v1/segments/\(try await things.id(ofSegment: segment))",
            query: ["count": counts ? "true" : nil])
    }
}

/// The sizes of a segment, newest first.
package struct ListSegmentSizes: Act {
    package static let needs = Permission.readSegments
    package let segment: Reference<Segment>
    package let page: PageRequest

    package init(_ segment: Reference<Segment>, page: PageRequest = PageRequest()) {
        self.segment = segment
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<SegmentSizeAnswer> {
        let id = try acts.segmentEntry(segment).id
        return page.page(
            try acts.catalog.history.sizes(
                ofSegment: id, before: try page.afterNumber(), limit: page.limit + 1),
            cursor: { Cursor(.sizes, after: $0.at) }, SegmentSizeAnswer.init)
    }
}

/// The members of a segment now.
package struct ListMembers: RemoteAct {
    package static let needs = Permission.readCustomers
    package let segment: Reference<Segment>
    package let page: PageRequest

    package init(_ segment: Reference<Segment>, page: PageRequest = PageRequest()) {
        self.segment = segment
        self.page = page
    }

    package func perform(
        by asker: Asker, in acts: ActContext
    ) async throws -> Page<ProfileAnswer> {
        if let after = page.after, after.parts.count != 1 {
            throw Refusal(.unreadable, findings: [.init("after", "cursor")])
        }
        let members = try await acts.segments.members(of: acts.segmentEntry(segment).segment)
        return Page(
            try await members.page(after: page.after?.parts.first, limit: page.limit), .members)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "GET", "/api/v1/segments/\(try await things.id(ofSegment: segment))/members",
            query: page.query)
    }
}

extension ThingFinder {
    func id(ofSegment segment: Reference<Segment>) async throws -> Segment.ID {
        try await id(of: segment, noun: "segment", in: "/api/v1/segments")
    }
}

extension ActContext {
    /// Where segments are checked, changed and evaluated.
    package var segments: SegmentDesk {
        SegmentDesk(catalog: catalog, engine: engine, now: now)
    }

    /// The segment that is meant, or the refusal that there is none.
    func segmentEntry(_ reference: Reference<Segment>) throws -> SegmentEntry {
        let id =
            switch reference {
            case .id(let id): id
            case .name(let name): try catalog.setup.segment(named: name).id
            }
        guard let entry = try catalog.history.segmentEntry(id: id) else {
            throw Refusal(.notFound, ["noun": .word("segment"), "id": .digits(id)])
        }
        return entry
    }
}
