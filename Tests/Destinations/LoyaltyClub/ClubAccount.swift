import Foundation
import Synchronization
import TestSupport
package import Transport

/// A club's account in memory.
package final class ClubAccount: ConformanceServer {
    private struct State {
        var people: [String: [String: String]] = [:]
        var refused: Set<String> = []
        var programs: Set<String> = []
        var batches: [Int] = []
    }

    private struct Body: Decodable {
        let program: String
        let members: [[String: String]]
    }

    private let state = Mutex(State())

    package init() {}

    package var people: [String: [String]] {
        state.withLock { $0.people.mapValues { $0.sorted { $0.key < $1.key }.map(\.value) } }
    }

    /// How many members each delivery had.
    package var batches: [Int] { state.withLock { $0.batches } }

    /// The programs to which members were added.
    package var programs: Set<String> { state.withLock { $0.programs } }

    package func refuse(_ key: String) {
        state.withLock { _ = $0.refused.insert(key) }
    }

    package func delivers(_ request: HTTPRequest) -> Bool { request.method == .put }

    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        switch request.path {
        case "/v2/members": return try take(request.body ?? [])
        case "/v2/program":
            return Self.json(#"{"name":"Gold club","members":3,"membersMax":5000}"#)
        case "/v2/fields": return Self.json(#"{"fields":[{"id":"tier","title":"Tier"}]}"#)
        default:
            return HTTPResponse(status: 404, retryAfter: nil, contentType: nil, body: [])
        }
    }

    private func take(_ body: [UInt8]) throws -> HTTPResponse {
        let body = try JSONDecoder().decode(Body.self, from: Data(body))
        return state.withLock { state in
            state.programs.insert(body.program)
            state.batches.append(body.members.count)
            let results = body.members.map { member in
                var values = member
                let number = values.removeValue(forKey: "number") ?? ""
                let isTaken = !state.refused.contains(number)
                if isTaken { state.people[number, default: [:]].merge(values) { $1 } }
                return #"{"number":"\#(number)","ok":\#(isTaken)}"#
            }
            return Self.json(#"{"results":[\#(results.joined(separator: ","))]}"#)
        }
    }

    private static func json(_ text: String) -> HTTPResponse {
        HTTPResponse(
            status: 200, retryAfter: nil, contentType: "application/json", body: Array(text.utf8))
    }
}
