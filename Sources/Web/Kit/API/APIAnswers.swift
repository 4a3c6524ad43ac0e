import Access
import Acts
import Exports
import HTTPTypes
import Hummingbird
import Store

/// How the API shows things: one shape per noun, every member always there, never a secret.
extension JSONValue {
    init(_ user: User) {
        self = [
            "id": .integer(user.id), "name": .string(user.name),
            "role": .string(user.role.rawValue), "language": .text(user.language),
            "disabled": .bool(user.isDisabled), "hasPassword": .bool(user.hasPassword),
            "createdAt": .time(user.createdAt), "lastSignInAt": .time(user.lastSignInAt),
        ]
    }

    init(_ token: APIToken, at now: Int64) {
        let state =
            token.isRevoked ? "revoked" : token.expiresAt <= now ? "expired" : "active"
        self = [
            "id": .integer(token.id), "name": .string(token.name),
            "role": .string(token.role.rawValue), "state": .string(state),
            "createdAt": .time(token.createdAt), "expiresAt": .time(token.expiresAt),
            "lastUsedAt": .time(token.lastUsedAt),
        ]
    }

    init(_ session: Session) {
        self = [
            "id": .integer(session.id), "agent": .text(session.agent),
            "address": .text(session.address), "createdAt": .time(session.createdAt),
            "lastSeenAt": .time(session.lastSeenAt), "expiresAt": .time(session.expiresAt),
        ]
    }

    init(_ entry: AuditEntry) {
        self = [
            "id": .integer(entry.id), "at": .time(entry.at), "actor": .string(entry.actor),
            "verb": .string(entry.verb), "noun": .string(entry.noun),
            "thing": .string(entry.thing), "changes": .texts(entry.changes),
        ]
    }
}

extension Response {
    /// A thing that has just been made, and where it is found.
    static func created(_ value: some Encodable, at path: String) -> Response {
        var response = Response.json(value, status: .created)
        response.headers[.location] = path
        return response
    }

    /// Done, and nothing to say.
    static var done: Response { Response(status: .noContent) }
}
