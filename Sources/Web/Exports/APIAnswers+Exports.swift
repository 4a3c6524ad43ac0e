import Access
import Acts
import Exports
import Store

extension JSONValue {
    /// What a contributor may know of a connection that is shared with them.
    init(shared connection: Connection) {
        self = [
            "id": .integer(connection.id), "name": .string(connection.name),
            "type": .string(connection.destination),
        ]
    }

    /// A connection as administrators see it; its key is never among that.
    init(_ connection: Connection, exports: [Export]) {
        self = [
            "id": .integer(connection.id), "name": .string(connection.name),
            "type": .string(connection.destination), "host": .string(connection.host),
            "audience": .string(connection.audience.rawValue),
            "consentBy": .string(connection.consentBy),
            "consentAt": .time(connection.consentAt),
            "exportUser": .string(connection.exportUser),
            "accountUser": .text(connection.facts?.user),
            "contactsMax": .count(connection.facts?.contactsMax),
            "contacts": .count(connection.facts?.contacts),
            "checkedAt": .time(connection.checkedAt), "trouble": .text(connection.checkCode),
            "createdAt": .time(connection.createdAt),
            "limits": [
                "requestsPerSecond": .count(connection.pace["requests"]),
                "importsPerMinute": .count(connection.pace["imports"]),
                "singleImportsPerMinute": .count(connection.pace["single-imports"]),
            ],
            "exports": .array(
                exports.map { ["id": .integer($0.id), "name": .string($0.name)] }),
        ]
    }

    /// An export as somebody of a role sees it.
    init(_ entry: ExportEntry, for role: Role) {
        let export = entry.export
        self = [
            "id": .integer(export.id), "name": .string(export.name),
            "connectionId": .id(entry.connection?.id),
            "connectionName": .text(entry.connection?.name),
            "right": .string(entry.right(of: role).rawValue),
            "schedule": .string(export.schedule.kind.rawValue),
            "ownSchedule": export.schedule.own.map { JSONValue($0) } ?? .null,
            "lastRun": entry.lastRun.map {
                [
                    "id": .integer($0.id), "state": .string($0.state.rawValue),
                    "trigger": .string($0.trigger.rawValue), "createdAt": .time($0.createdAt),
                ]
            } ?? .null,
            "list": ["id": .string(export.list.id), "name": .text(export.list.name)],
            "segments": .texts(export.segments), "mapping": JSONValue(export.mapping),
            "tags": .texts(export.tags), "onLeave": JSONValue(export.onLeave),
            "peopleMax": .count(export.peopleMax), "holdShare": .number(export.holdShare),
            "startsAutomations": .bool(export.startsAutomations),
            "resubscribesRemoved": .bool(export.resubscribesRemoved),
        ]
    }

    private init(_ mapping: Mapping) {
        self = [
            "email": .string(mapping.email), "firstName": .text(mapping.firstName),
            "lastName": .text(mapping.lastName), "phone": .text(mapping.phone),
            "fields": .array(
                mapping.fields.map {
                    [
                        "id": .string($0.id), "title": .string($0.title),
                        "attribute": .string($0.attribute),
                    ]
                }),
        ]
    }

    private init(_ policy: LeavePolicy) {
        let action: String
        var field: (id: String, inside: String, outside: String)?
        switch policy {
        case .keep: action = "keep"
        case .unsubscribe: action = "unsubscribe"
        case .field(let id, let inside, let outside):
            action = "field"
            field = (id, inside, outside)
        }
        self = [
            "action": .string(action), "field": .text(field?.id), "inside": .text(field?.inside),
            "outside": .text(field?.outside),
        ]
    }
}
