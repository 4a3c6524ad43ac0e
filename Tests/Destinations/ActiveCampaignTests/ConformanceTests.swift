import ActiveCampaign
import Exports
import Foundation
import Profiles
import Synchronization
import TestSupport
import Testing
import Transport

struct ConformanceTests {
    private static let suite = DestinationConformance(
        descriptor: ActiveCampaign.descriptor,
        open: { gate, time in ActiveCampaign(gate: gate, time: time) },
        server: { ImporterAccount() },
        export: Export(
            id: 1, name: "News", connection: 1, list: ListReference(id: "12", name: "Readers"),
            segments: ["All"], mapping: Mapping(email: "Email", firstName: "First")),
        keys: (0..<10).map { "reader\($0)@shop.example" }, secrets: ["key-that-is-secret"])

    @Test(arguments: DestinationConformance.cases)
    func `ActiveCampaign keeps the port`(part: DestinationConformance.Case) async throws {
        try await part.check(Self.suite)
    }
}

/// An account whose importer does its work at once.
private final class ImporterAccount: ConformanceServer {
    private struct State {
        var people: [String: [String]] = [:]
        var refused: Set<String> = []
        var failures: [String: [String]] = [:]
        var successes: [String: Int] = [:]
    }

    private struct Body: Decodable {
        struct Contact: Decodable {
            let email: String
            let first: String?

            private enum CodingKeys: String, CodingKey {
                case email
                case first = "first_name"
            }
        }
        let contacts: [Contact]
    }

    private let state = Mutex(State())

    var people: [String: [String]] { state.withLock { $0.people } }

    func refuse(_ key: String) {
        state.withLock { _ = $0.refused.insert(key) }
    }

    func delivers(_ request: HTTPRequest) -> Bool {
        request.method == .post && request.path == "/api/3/import/bulk_import"
    }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        if delivers(request) { return try take(request.body ?? []) }
        let batch = request.path.split(separator: "=").last.map(String.init) ?? ""
        switch request.loggedPath {
        case "/api/3/import/info":
            return state.withLock { state in
                let failed = (state.failures[batch] ?? []).map { "\"\($0)\"" }
                let taken = (0..<(state.successes[batch] ?? 0)).map { "\"\($0 + 1)\"" }
                return .json(
                    #"{"status":"completed","success":[\#(taken.joined(separator: ","))],"failure":[\#(failed.joined(separator: ","))]}"#
                )
            }
        case "/api/3/users/me":
            return .json(#"{"user":{"username":"syncbot","id":"4"}}"#)
        case "/api/3/settings/account":
            return .json(#"{"subscriber_limit":1000,"subscriber_total":10}"#)
        case "/api/3/lists":
            return .json(#"{"lists":[{"id":"12","name":"Readers"}],"meta":{"total":"1"}}"#)
        case "/api/3/fields":
            return .json(#"{"fields":[{"id":"7","title":"Level","type":"text"}]}"#)
        default:
            return .json("{}")
        }
    }

    private func take(_ body: [UInt8]) throws -> HTTPResponse {
        let contacts = try JSONDecoder().decode(Body.self, from: Data(body)).contacts
        return state.withLock { state in
            let id = "b\(state.successes.count)"
            for contact in contacts {
                if state.refused.contains(contact.email) {
                    state.failures[id, default: []].append(contact.email)
                } else {
                    state.people[contact.email] = contact.first.map { [$0] } ?? []
                }
            }
            state.successes[id] = contacts.count - (state.failures[id]?.count ?? 0)
            return .json(
                #"{"Success":1,"queued_contacts":\#(contacts.count),"batchId":"\#(id)","message":"Contact import queued"}"#
            )
        }
    }
}
