import Acts
import Exports
import Foundation
import Store

/// An export as the API tells it.
struct RemoteExport: Decodable, RemoteNamed {
    let id: Int64
    let name: String
    let connectionId: Int64?
    let connectionName: String?
    let lastRun: LastRun?
    let list: List
    let segments: [String]
    let mapping: Mapping
    let tags: [String]
    let onLeave: OnLeave
    let peopleMax: Int
    let holdShare: Double
    let startsAutomations: Bool
    let resubscribesRemoved: Bool
    /// Handed back as it came.
    let schedule: RemoteJSON

    struct LastRun: Decodable {
        let id: Int64
        let state: String
        let createdAt: RemoteTime
    }

    struct List: Decodable {
        let id: String
        let name: String?
    }

    struct Mapping: Decodable {
        let email: String
        let firstName: String?
        let lastName: String?
        let phone: String?
        let fields: [Field]
    }

    struct Field: Decodable {
        let id: String
        let title: String
        let attribute: String
    }

    struct OnLeave: Decodable {
        let action: String
        let field: String?
        let inside: String?
        let outside: String?

        /// As the command line writes it.
        var text: String {
            guard action == "field", let field, let inside, let outside else { return action }
            return "field:\(field)=\(inside),\(outside)"
        }
    }
}

/// An export with what was to be said about it when it was stored.
struct RemoteSavedExport: Decodable {
    let export: RemoteExport
    let warnings: [Warning]

    struct Warning: Decodable {
        let detail: String
    }
}

/// An export as the API takes it.
struct RemoteExportDraft: Encodable {
    let name: String
    let connectionId: Int64?
    let list: String
    let segments: [String]
    let mapping: Mapping
    let tags: [String]
    let onLeave: OnLeave
    let peopleMax: Int?
    let holdShare: Double?
    let startsAutomations: Bool
    let resubscribesRemoved: Bool
    var schedule: RemoteJSON?

    struct Mapping: Encodable {
        let email: String
        let firstName: String?
        let lastName: String?
        let phone: String?
        let fields: [Field]
    }

    struct Field: Encodable {
        let id: String
        let attribute: String
    }

    struct OnLeave: Encodable {
        let action: String
        var field: String?
        var inside: String?
        var outside: String?
    }

    init(_ export: Export, connection: Int64?) {
        name = export.name
        connectionId = connection
        list = export.list.id
        segments = export.segments
        mapping = Mapping(
            email: export.mapping.email, firstName: export.mapping.firstName,
            lastName: export.mapping.lastName, phone: export.mapping.phone,
            fields: export.mapping.fields.map { Field(id: $0.id, attribute: $0.attribute) })
        tags = export.tags
        switch export.onLeave {
        case .keep: onLeave = OnLeave(action: "keep")
        case .unsubscribe: onLeave = OnLeave(action: "unsubscribe")
        case .field(let id, let inside, let outside):
            onLeave = OnLeave(action: "field", field: id, inside: inside, outside: outside)
        }
        peopleMax = export.peopleMax
        holdShare = export.holdShare
        startsAutomations = export.startsAutomations
        resubscribesRemoved = export.resubscribesRemoved
    }

    /// Throws for words that no export can have.
    init(_ draft: ExportDraft, connection: Int64?) throws {
        name = draft.name
        connectionId = connection
        list = draft.list
        segments = draft.segments
        mapping = Mapping(
            email: draft.email, firstName: draft.firstName, lastName: draft.lastName,
            phone: draft.phone,
            fields: try draft.fields.map { field in
                guard let attribute = field.attribute else {
                    throw UsageError("--field takes ID_OR_TITLE=ATTRIBUTE.")
                }
                return Field(id: field.name, attribute: attribute)
            })
        tags = draft.tags
        switch draft.onLeave {
        case .keep: onLeave = OnLeave(action: "keep")
        case .unsubscribe: onLeave = OnLeave(action: "unsubscribe")
        case .field(let name, let inside, let outside):
            onLeave = OnLeave(action: "field", field: name, inside: inside, outside: outside)
        case .unreadable:
            throw UsageError("--on-leave takes keep, unsubscribe or field:ID_OR_TITLE=IN,OUT.")
        }
        peopleMax = draft.limit
        holdShare = draft.holdShare.map { $0 / 100 }
        startsAutomations = draft.startsAutomations
        resubscribesRemoved = draft.resubscribesRemoved
    }
}

extension RemoteService {
    func exports() async throws -> [RemoteExport] {
        try await list("/api/v1/exports")
    }

    func export(named name: String) async throws -> RemoteExport {
        try await named(name, in: "/api/v1/exports", noun: "export")
    }

    func add(_ draft: ExportDraft, toConnection name: String) async throws -> RemoteSavedExport {
        let connection: RemoteConnection = try await named(
            name, in: "/api/v1/connections", noun: "connection")
        return try await send(
            "POST", "/api/v1/exports", RemoteExportDraft(draft, connection: connection.id))
    }

    func removeExport(named name: String) async throws {
        let export = try await export(named: name)
        try await send("DELETE", "/api/v1/exports/\(export.id)")
    }
}
