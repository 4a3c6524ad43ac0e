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

    /// A run with its reasons, which lists do not have.
    init(whole run: Run) {
        guard case .object(var members) = JSONValue(run) else {
            self = .null
            return
        }
        members["reasons"] = .object(run.reasons.mapValues { .integer(Int64($0)) })
        self = .object(members)
    }

    /// A run with the five groups of its members, which add up.
    init(_ run: Run) {
        self = [
            "id": .integer(run.id), "exportId": .integer(run.export),
            "exportName": .string(run.exportName), "trigger": .string(run.trigger.rawValue),
            "actor": .string(run.actor), "state": .string(run.state.rawValue),
            "reason": .text(run.reason), "detail": .text(run.detail),
            "members": .count(run.members), "unchanged": .count(run.unchanged),
            "delivered": .count(run.delivered), "pending": .count(run.pending),
            "refused": .count(run.refused), "suppressed": .count(run.suppressed),
            "left": .count(run.left), "leaveRefused": .count(run.leaveRefused),
            "leavePending": .count(run.leavePending),
            "requests": .count(run.requests), "batches": .count(run.batchesSent),
            "createdAt": .time(run.createdAt), "endedAt": .time(run.endedAt),
        ]
    }
}

extension JSONValue {
    /// What became of one person in a run.
    init(_ entry: OutcomeEntry) {
        self = [
            "address": .string(entry.key), "profileId": .string(entry.profileID),
            "outcome": .string(entry.outcome.word), "operation": .text(entry.kind.map { "\($0)" }),
            "reason": .text(entry.reason), "winner": .text(entry.winner), "at": .time(entry.at),
        ]
    }

    /// A request that a run made.
    init(_ call: CallEntry, number: Int64) {
        self = [
            "id": .integer(number), "kind": .string(call.kind), "method": .string(call.method),
            "path": .string(call.path), "status": .count(call.status),
            "startedAt": .time(call.startedAt),
            "milliseconds": .integer(call.endedAt - call.startedAt),
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
