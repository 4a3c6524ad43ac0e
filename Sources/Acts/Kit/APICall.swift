import Foundation
package import Profiles

/// How an act is asked for over the JSON API: the other half of the route that `Web` adds for it.
package struct APICall: Sendable {
    package let method: String
    /// With ids filled in: `/api/v1/users/3`.
    package let path: String
    /// Names without a value are left out.
    package let query: [String: String?]
    /// What travels as JSON; nil for nothing.
    package let body: (any Encodable & Sendable)?
    /// Lets the request take effect once, however often it arrives.
    package let idempotencyKey: String?

    package init(
        _ method: String, _ path: String, query: [String: String?] = [:],
        body: (any Encodable & Sendable)? = nil, idempotencyKey: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.idempotencyKey = idempotencyKey
    }
}

extension APICall {
    /// A text as one part of a path.
    static func encoded(_ text: String) -> String {
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "/+;%")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }
}

/// An act that a command can also ask a running service for. The answer of the API is the act's own.
package protocol RemoteAct: Act {
    /// `things` looks up the ids of things that the command line calls by their names.
    func call(_ things: any ThingFinder) async throws -> APICall
}

/// Looks up things of a running service by their names.
package protocol ThingFinder: Sendable {
    /// The id of the thing that is meant. `list` is where things of its kind are listed.
    func id<Thing>(
        of reference: Reference<Thing>, noun: String, in list: String
    ) async throws -> Identifier<Thing>
}

/// A thing that an act is about: pages and the API know its id, people at a terminal its name.
package enum Reference<Thing>: Hashable, Codable, Sendable {
    case id(Identifier<Thing>)
    case name(String)
}

extension PageRequest {
    /// As the query of a request has it.
    package var query: [String: String?] {
        ["limit": String(limit), "after": after?.text]
    }
}

/// Done, and nothing to say.
package struct Done: Codable, Equatable, Sendable {
    package init() {}
}
