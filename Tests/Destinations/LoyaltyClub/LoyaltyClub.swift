package import Exports
import Foundation
package import Profiles
package import Transport

/// A destination that is quite unlike the first one: members of a club instead of readers of lists, known by a
/// number instead of an address, an answer for everybody at once, two secrets, quotas of its own.
package struct LoyaltyClub: Destination {
    private let gate: AccountGate
    private let time: Timekeeper
    private let program: String

    private static let attemptsMax = 4
    private static let rateLimitsMax = 20

    package init(gate: AccountGate, settings: AccountSettings, time: Timekeeper) {
        self.gate = gate
        self.time = time
        program = settings.values["program"] ?? ""
    }

    package var descriptor: DestinationDescriptor { Self.descriptor }

    package func wireFormat(for export: Export) -> any WireFormat { ClubWire(program: program) }

    package func check() async throws(DestinationError) -> AccountFacts {
        struct Answer: Decodable {
            let name: String
            let members: Int
            let membersMax: Int
        }
        let answer = try await read(Answer.self, "/v2/program")
        return AccountFacts(
            user: answer.name, contactsMax: answer.membersMax, contacts: answer.members)
    }

    package func lists() async throws(DestinationError) -> [DestinationList] { [] }

    package func fields() async throws(DestinationError) -> [DestinationField] {
        struct Answer: Decodable {
            struct Field: Decodable {
                let id: String
                let title: String
            }
            let fields: [Field]
        }
        return try await read(Answer.self, "/v2/fields").fields.map {
            DestinationField(id: $0.id, title: $0.title, kind: "text")
        }
    }

    package func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer {
        guard (1...wire.limits.operationsMax).contains(operations.count) else {
            return .rejected(rows: [], detail: "a batch of \(operations.count) does not travel")
        }
        let request = HTTPRequest(
            .put, "/v2/members", body: wire.body(of: operations),
            kind: operations.count == 1 ? .importSingle : .importMany)
        do {
            return try Self.delivery(try await gate.send(request), of: operations)
        } catch let error as DestinationError {
            throw error
        } catch let error as TransportError {
            return error.mayHaveArrived
                ? .unclear(detail: error.detail) : .notTaken(detail: error.detail)
        } catch {
            return .notTaken(detail: "stopped before it was sent")
        }
    }

    /// The answer to a delivery names everybody; it is kept in the receipt, for there is nothing to ask later.
    private static func delivery(
        _ response: HTTPResponse, of operations: OperationList
    ) throws(DestinationError) -> DeliveryAnswer {
        struct Answer: Decodable {
            struct Result: Decodable {
                let number: String
                let ok: Bool
            }
            let results: [Result]
        }
        switch response.status {
        case 200..<300:
            // The reason would repeat what could not be read.
            guard
                let results = try? JSONDecoder().decode(Answer.self, from: Data(response.body))
                    .results,
                results.map(\.number) == operations.keys
            else { return .unclear(detail: "answered without an outcome for everybody") }
            let failed = results.filter { !$0.ok }.map(\.number)
            return .accepted(
                Receipt(token: failed.joined(separator: " "), queued: operations.count))
        case 409, 413, 422: return .rejected(rows: [], detail: "answered \(response.status)")
        case 429: return .throttled
        case 500...: return .unclear(detail: "answered \(response.status)")
        default: throw error(response.status)
        }
    }

    package func confirm(_ receipt: Receipt) async throws(DestinationError) -> Confirmation {
        let failed = receipt.token.split(separator: " ").map(String.init)
        return .settled(
            failed: failed, succeededCount: receipt.queued.map { $0 - failed.count })
    }

    package func outstandingBatches() async throws(DestinationError) -> Int { 0 }

    /// Nobody can be looked up.
    package func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing] { [:] }

    /// Nobody is unsubscribed, so nobody is put back.
    package func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool { false }

    private func read<Value: Decodable>(
        _ type: Value.Type, _ path: String
    ) async throws(DestinationError) -> Value {
        var attempts = 0
        var rateLimits = 0
        while attempts < Self.attemptsMax, rateLimits < Self.rateLimitsMax {
            let response: HTTPResponse?
            do {
                response = try await gate.send(HTTPRequest(.get, path))
            } catch is TransportError {
                response = nil
            } catch {
                throw DestinationError(.unavailable)
            }
            guard let status = response?.status else {
                attempts += 1
                continue
            }
            switch status {
            case 200:
                // The reason would repeat what could not be read.
                if let body = response?.body,
                    let value = try? JSONDecoder().decode(type, from: Data(body))
                {
                    return value
                }
                attempts += 1
            case 429: rateLimits += 1
            case 500...: attempts += 1
            default: throw Self.error(status)
            }
            // Cancellation ends the pause early; the next request notices it.
            try? await time.sleep(.seconds(1))
        }
        throw DestinationError(.unavailable)
    }

    private static func error(_ status: Int) -> DestinationError {
        switch status {
        case 401, 403: DestinationError(.keyRefused)
        case 404: DestinationError(.notFound)
        default: DestinationError(.refusedRequest)
        }
    }
}
