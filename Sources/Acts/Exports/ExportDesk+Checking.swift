package import Access
package import Delivery
package import Exports
import Profiles
import Segments
package import Store

extension ExportDesk {
    /// What a draft comes to.
    package struct Checked: Sendable {
        /// Nil when something is wrong; warnings are not.
        package let export: Export?
        /// Everything that was found, in the order of the form.
        package let findings: [ExportFinding]
        /// What the account has to choose from; nil without a connection that the role may use.
        package let offer: AccountOffer?
    }

    /// Checks a draft for a connection as somebody of a role. `stored` is the export that it changes.
    /// What is wrong with it are findings. Throws what `offer` throws, and what the engine and the
    /// catalog throw.
    package func check(
        _ draft: ExportDraft, connection: Connection.ID?, stored: Export?, as role: Role
    ) async throws -> Checked {
        var findings = try nameFindings(draft, stored: stored)
        let usable = try catalog.setup.connections(usableBy: role)
        let chosen = usable.first { $0.id == connection }
        let isUsable = chosen != nil
        let destination = chosen.flatMap {
            accounts.destinations.descriptor(of: $0.destination)
        }
        if let connection, !isUsable {
            findings.append(
                ExportFinding(
                    .connection, .connectionNotYours, ["connection": .digits(connection)]))
        } else if connection == nil, stored == nil || stored?.connection != nil {
            findings.append(ExportFinding(.connection, .connectionMissing))
        }
        var offer: AccountOffer?
        if let connection, isUsable { offer = try await self.offer(connection) }
        if let trouble = offer?.trouble, !trouble.isPassing {
            findings.append(
                ExportFinding(
                    .connection, .accountRefuses, ["reason": .text(trouble.code.rawValue)]))
        }
        let resolver = ExportResolver(
            schema: try await engine.schema(), lists: offer?.lists, fields: offer?.fields,
            destination: destination, segments: SegmentLibrary(try catalog.setup.segments()),
            stored: stored,
            isWithoutConnection: !isUsable)
        let resolved = resolver.resolve(draft, connection: connection)
        findings += resolved.findings
        if offer?.lists == nil, resolver.has(.lists), !draft.list.isEmpty, Int(draft.list) == nil {
            findings.append(
                ExportFinding(.list, .listNeedsID, ["list": .text(draft.list)]))
        }
        if let export = resolved.export {
            findings += try await thoughts(about: export, stored: stored)
        }
        return Checked(
            export: findings.allSatisfy(\.isWarning) ? resolved.export : nil, findings: findings,
            offer: offer)
    }

    private func nameFindings(_ draft: ExportDraft, stored: Export?) throws -> [ExportFinding] {
        do {
            try Catalog.checkName(draft.name, of: "export")
        } catch {
            return [ExportFinding(.name, .badName)]
        }
        guard draft.name != stored?.name,
            try catalog.setup.exports().contains(where: { $0.name == draft.name })
        else { return [] }
        return [ExportFinding(.name, .nameTaken, ["name": .text(draft.name)])]
    }

    /// What is right and still worth a second thought.
    private func thoughts(about export: Export, stored: Export?) async throws -> [ExportFinding] {
        var findings: [ExportFinding] = []
        if let stored, stored.list.id != export.list.id || stored.connection != export.connection,
            export.connection != nil, try catalog.setup.exportEntry(id: stored.id)?.lastRun != nil
        {
            findings.append(ExportFinding(.list, .sendsAnew))
        }
        if let members = try await memberCounts(chosen: export.segments).together,
            members > export.peopleMax
        {
            findings.append(
                ExportFinding(
                    .segments, .overLimit,
                    ["members": .number(members), "limit": .number(export.peopleMax)]))
        }
        return findings
    }
}
