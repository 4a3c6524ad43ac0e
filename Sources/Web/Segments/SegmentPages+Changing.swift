import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import Phrases
import Segments
import Store

/// What is done with a segment from its page or its row in the list; `back=list` leads back there.
extension SegmentPages {
    func evaluate(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        try await act(signedIn, fields, notice: "segment-evaluated") {
            _ = try await services.segments.evaluate($0.id)
        }
    }

    func setState(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        guard let state = fields["state"].flatMap(SegmentState.init(rawValue:)) else {
            throw WebProblem(.badRequest)
        }
        let notice = state == .active ? "segment-activated" : "segment-deactivated"
        return try await act(signedIn, fields, notice: notice) {
            _ = try await services.segments.setState(state, of: $0.id, by: signedIn.actor)
        }
    }

    func freeze(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        try await act(signedIn, fields, notice: "segment-frozen") {
            _ = try await services.segments.makeStatic($0.id, by: signedIn.actor)
        }
    }

    /// Follows the rule it was frozen from; where there is none, or it means nothing any more, the form asks
    /// for another.
    func follow(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let entry = try entry(signedIn)
        do {
            try await services.segments.makeDynamic(entry.id, by: signedIn.actor)
        } catch is RuleTextError {
            return GuardedRoutes.redirect("/segments/\(entry.id)/edit")
        } catch let error as StoreError where error.code == .ruleMissing {
            return GuardedRoutes.redirect("/segments/\(entry.id)/edit")
        }
        return back(to: entry.id, fields, notice: "segment-followed")
    }

    /// A copy under the next free name.
    func duplicate(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let entry = try entry(signedIn)
        let name = try services.segments.nameForCopy(of: entry.segment)
        let copy = try await services.segments.duplicate(entry.id, as: name, by: signedIn.actor)
        return GuardedRoutes.redirect("/segments/\(copy.segment.id)?notice=segment-duplicated")
    }

    func addToExport(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        let entry = try entry(signedIn)
        guard let id = fields["export"].flatMap(Export.ID.init),
            let holder = try services.catalog.setup.exportEntry(id: id)
        else {
            throw WebProblem(.notFound)
        }
        guard holder.right(of: signedIn.role) == .change else { throw WebProblem(.notAllowed) }
        var export = holder.export
        if !export.segments.contains(entry.segment.name) {
            export.segments.append(entry.segment.name)
            _ = try services.exports.change(export, by: signedIn.actor)
        }
        return GuardedRoutes.redirect("/segments/\(entry.id)?notice=segment-in-export")
    }

    func remove(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let entry = try entry(signedIn)
        do {
            try await services.segments.remove(entry.id, by: signedIn.actor)
        } catch let error as StoreError where error.code == .inUse {
            return try removalPage(signedIn, entry, status: .conflict)
        }
        return GuardedRoutes.redirect("/segments?notice=segment-removed")
    }

    func removalPage(
        _ signedIn: SignedIn, _ entry: SegmentEntry, status: HTTPResponse.Status
    ) throws -> Response {
        renderer.page(
            "segment-remove", title: signedIn.book.text(.segmentsRemoveTitle),
            SegmentRemovalModel(entry), for: signedIn, status: status)
    }

    /// A rule that means nothing any more is told on the segment's own page, which keeps what was found.
    private func act(
        _ signedIn: SignedIn, _ fields: FormFields, notice: String,
        _ work: (SegmentEntry) async throws -> Void
    ) async throws -> Response {
        let entry = try entry(signedIn)
        do {
            try await work(entry)
        } catch is RuleTextError {
            return GuardedRoutes.redirect("/segments/\(entry.id)")
        }
        return back(to: entry.id, fields, notice: notice)
    }

    private func back(to id: Segment.ID, _ fields: FormFields, notice: String) -> Response {
        let page = fields["back"] == "list" ? "/segments" : "/segments/\(id)"
        return GuardedRoutes.redirect("\(page)?notice=\(notice)")
    }
}
