package import Access
package import Exports
import Profiles
package import Store

/// What someone may do with one export.
package enum ExportRight: String, Codable, Sendable {
    case change
    case view

    /// The right of a role over an export. Without a connection (`hasConnection` false) nothing of an
    /// account is at stake, and a contributor may change it.
    package static func of(
        _ role: Role, connectionAudience: Audience?, hasConnection: Bool
    ) -> ExportRight {
        guard role.allows(.changeExports) else { return .view }
        guard hasConnection, role != .administrator else { return .change }
        return connectionAudience?.admits(role) == true ? .change : .view
    }
}

extension ExportEntry {
    /// What a role may do with it.
    package func right(of role: Role) -> ExportRight {
        .of(role, connectionAudience: connection?.audience, hasConnection: connection != nil)
    }
}

extension ActContext {
    /// The export that is meant; looking at one is everybody's right. Throws `Refusal` when there is none.
    package func export(_ reference: Reference<Export>) throws -> ExportEntry {
        let id: Export.ID =
            switch reference {
            case .id(let id): id
            case .name(let name): try catalog.setup.export(named: name).id
            }
        guard let entry = try catalog.setup.exportEntry(id: id) else {
            throw Refusal(.notFound, ["noun": .word("export"), "id": .digits(id)])
        }
        return entry
    }

    /// The export, when whoever asks may do more than look at it. Throws `Refusal` when they may not, or there
    /// is none.
    package func changeableExport(_ reference: Reference<Export>, by asker: Asker) throws
        -> ExportEntry
    {
        let entry = try export(reference)
        guard entry.right(of: asker.role) == .change else {
            throw Refusal(
                .notAllowed, ["name": .text(entry.export.name)], cause: "not-shared")
        }
        return entry
    }
}
