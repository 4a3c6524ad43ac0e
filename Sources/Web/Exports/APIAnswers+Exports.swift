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
}
