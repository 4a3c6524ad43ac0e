package import Access
import Acts
import Exports
import Profiles
package import Segments
package import Store

/// What a refresh is going to do, in order: sources, then segments, then the exports that follow the
/// schedule.
package enum RefreshPlan {
    /// A source as a refresh knows it.
    package struct Source: Equatable, Sendable {
        package let id: Store.Source.ID
        package let name: String

        package init(id: Store.Source.ID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// Why a task has ended before it began; stable codes.
    package enum Reason {
        /// A fixed set of members is not evaluated.
        package static let segmentStatic = "segment-static"
        /// The export's connection was taken off; it does not run until it gets another.
        package static let noConnection = "no-connection"
        /// The export's connection is not shared with the one who asked.
        package static let notAllowed = "not-allowed"
    }

    /// The tasks. With a role, exports that it may not run are skipped; without one, all are run.
    package static func tasks(
        sources: [Source], segments: [Segment], exports: [ExportEntry], for role: Role?
    ) -> [RefreshTask] {
        var tasks: [RefreshTask] = []
        for source in sources {
            tasks.append(
                RefreshTask(
                    position: tasks.count, stage: .source, thing: source.id.rawValue,
                    name: source.name))
        }
        let all = Array(tasks.indices)
        var places: [Segment.ID: Int] = [:]
        let uses = SegmentUses(segments)
        for segment in uses.inOrder {
            let inner = uses.active(of: segment).compactMap { places[$0] }
            places[segment.id] = tasks.count
            tasks.append(task(of: segment, at: tasks.count, after: all + inner))
        }
        let library = SegmentLibrary(segments)
        for entry in exports where entry.export.schedule == .refresh {
            let used = entry.export.segments.compactMap { library.segment(named: $0) }
                .compactMap { places[$0.id] }
            var task = RefreshTask(
                position: tasks.count, stage: .export, thing: entry.id.rawValue,
                name: entry.export.name,
                dependsOn: all + used)
            if entry.connection == nil {
                task.state = .skipped
                task.reason = Reason.noConnection
            } else if let role, entry.right(of: role) != .change {
                task.state = .skipped
                task.reason = Reason.notAllowed
            }
            tasks.append(task)
        }
        return tasks
    }

    /// Static segments have nothing to do, and let exports pass; inactive ones keep exports back.
    private static func task(
        of segment: Segment, at position: Int, after: [Int]
    ) -> RefreshTask {
        var task = RefreshTask(
            position: position, stage: .segment, thing: segment.id.rawValue, name: segment.name,
            dependsOn: after)
        if segment.state == .inactive {
            task.state = .skipped
            task.reason = RefreshMachine.Reason.segmentInactive
        } else if segment.definition == .static {
            task.state = .unchanged
            task.reason = Reason.segmentStatic
        }
        return task
    }
}

/// Which segments use which, and an order in which each comes after those it uses.
private struct SegmentUses {
    /// Segments in such an order. Where rules go in a circle, which none that is saved does, the circle is
    /// broken anywhere; evaluating says what is wrong with it.
    private(set) var inOrder: [Segment] = []
    private var direct: [Segment.ID: [Segment]] = [:]

    init(_ segments: [Segment]) {
        let library = SegmentLibrary(segments)
        for segment in segments {
            guard case .dynamic(let text) = segment.definition,
                // A rule that cannot be read uses nothing; evaluating says what is wrong with it.
                let rule = try? Rule(parsing: text)
            else { continue }
            direct[segment.id] = SegmentReferences(of: rule).segments.compactMap {
                library.segment(named: $0)
            }
        }
        var seen: Set<Segment.ID> = []
        for segment in segments { visit(segment, &seen) }
    }

    private mutating func visit(_ segment: Segment, _ seen: inout Set<Segment.ID>) {
        guard seen.insert(segment.id).inserted else { return }
        for inner in direct[segment.id] ?? [] { visit(inner, &seen) }
        inOrder.append(segment)
    }

    /// The active segments that a segment's rule uses. A rule reads through an inactive one, so that one
    /// holds nothing up, but those that it uses do.
    func active(of segment: Segment) -> [Segment.ID] {
        var found: [Segment.ID] = []
        var seen: Set<Segment.ID> = [segment.id]
        var left = direct[segment.id] ?? []
        while let next = left.popLast() {
            guard seen.insert(next.id).inserted else { continue }
            if next.state == .active {
                found.append(next.id)
            } else {
                left += direct[next.id] ?? []
            }
        }
        return found
    }
}
