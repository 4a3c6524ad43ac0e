import Acts
import Exports
import HTTPTypes
import Hummingbird
import Phrases
import Profiles
import Segments
import Store

/// What is done with a segment from its page or its row in the list; `back=list` leads back there.
extension SegmentPages {
    func evaluate(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        try await change(
            EvaluateSegment(.id(try signedIn.id())), signedIn, fields, notice: "segment-evaluated")
    }

    func setState(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        guard let state = fields["state"].flatMap(SegmentState.init(rawValue:)) else {
            throw WebProblem(.badRequest)
        }
        return try await change(
            ChangeSegment(.id(try signedIn.id()), state: state), signedIn, fields,
            notice: state == .active ? "segment-activated" : "segment-deactivated")
    }

    func freeze(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        try await change(
            ChangeSegment(.id(try signedIn.id()), kind: .static), signedIn, fields,
            notice: "segment-frozen")
    }

    /// Follows the rule it was frozen from; where there is none, or it means nothing any more, the form asks
    /// for another.
    func follow(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let id: Segment.ID = try signedIn.id()
        let form = GuardedRoutes.redirect("/segments/\(id)/edit")
        do {
            return try await change(
                ChangeSegment(.id(id), kind: .dynamic), signedIn, fields,
                notice: "segment-followed")
        } catch is RuleRefusal {
            return form
        } catch let refusal as Refusal where refusal.code == .invalid {
            return form
        }
    }

    /// A copy under the next free name.
    func duplicate(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let copy = try await services.acts.perform(
            DuplicateSegment(.id(try signedIn.id())), by: signedIn.asker)
        return GuardedRoutes.redirect("/segments/\(copy.id)?notice=segment-duplicated")
    }

    func addToExport(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        guard let export = fields["export"].flatMap(Export.ID.init) else {
            throw WebProblem(.notFound)
        }
        let id: Segment.ID = try signedIn.id()
        _ = try await services.acts.perform(
            AddSegmentToExport(.id(id), export: export), by: signedIn.asker)
        return GuardedRoutes.redirect("/segments/\(id)?notice=segment-in-export")
    }

    func remove(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        do {
            _ = try await services.acts.perform(
                RemoveSegment(.id(try signedIn.id())), by: signedIn.asker)
        } catch let refusal as Refusal where refusal.code == .inUse {
            return try removalPage(signedIn, try entry(signedIn), status: .conflict)
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
    private func change<A: Act>(
        _ act: A, _ signedIn: SignedIn, _ fields: FormFields, notice: String
    ) async throws -> Response {
        let id: Segment.ID = try signedIn.id()
        let href = "/segments/\(id)"
        do {
            _ = try await services.acts.perform(act, by: signedIn.asker)
        } catch is RuleTextError {
            return GuardedRoutes.redirect(href)
        }
        let page = fields["back"] == "list" ? "/segments" : href
        return GuardedRoutes.redirect("\(page)?notice=\(notice)")
    }
}
