package import Exports
package import Profiles
import Synchronization
package import Transport

/// ActiveCampaign as a destination: writes through the bulk importer, whatever the number of people, for
/// it is the one way in that cannot re-subscribe anybody.
package struct ActiveCampaign: Destination {
    private let client: ActiveCampaignClient
    private let gate: AccountGate
    private let exclusions = KnownExclusions()

    /// Pages of lists and fields read at most: 5,000 entries.
    private static let pagesMax = 50
    private static let pageSize = 100
    /// How long the importer wants to be left alone after its own rate-limit answer ("retry this request
    /// in a minute").
    private static let importPause: Duration = .seconds(60)
    /// Tries of a batch answered 403, which some accounts answer in passing.
    private static let forbiddenMax = 3
    /// Numbers beyond this are nonsense.
    private static let outstandingMax = 1_000_000_000

    package init(gate: AccountGate, time: Timekeeper) {
        self.gate = gate
        client = ActiveCampaignClient(gate: gate, time: time)
    }

    package var descriptor: DestinationDescriptor { Self.descriptor }

    package func wireFormat(for export: Export) -> any WireFormat {
        ActiveCampaignWire(export: export)
    }

    package func check() async throws(DestinationError) -> AccountFacts {
        let user: UserAnswer
        do {
            user = try await client.user()
        } catch {
            guard error.code == .notFound || error.cause == .otherAnswer else { throw error }
            throw DestinationError(.notThisProduct)
        }
        let account = try await client.account()
        return AccountFacts(
            user: user.user.username?.value ?? "", contactsMax: account?.subscriberLimit?.value,
            contacts: account?.subscriberTotal?.value)
    }

    /// The importer's own page answers a key that may read it; a key that the account knows and that is
    /// refused here may not import.
    package func checkImportRight() async throws(DestinationError) {
        do {
            _ = try await client.aggregate()
        } catch {
            guard error.code == .keyRefused else { return }
            throw ActiveCampaignResponses.noImportRight
        }
    }

    package func lists() async throws(DestinationError) -> [DestinationList] {
        var lists: [DestinationList] = []
        for page in 0..<Self.pagesMax {
            let answer = try await client.lists(offset: page * Self.pageSize, limit: Self.pageSize)
            for list in answer.lists {
                guard let id = list.id.value else { continue }
                lists.append(DestinationList(id: id, name: list.name?.value ?? ""))
            }
            if answer.lists.count < Self.pageSize { break }
        }
        return lists
    }

    package func fields() async throws(DestinationError) -> [DestinationField] {
        var fields: [DestinationField] = []
        for page in 0..<Self.pagesMax {
            let answer = try await client.fields(offset: page * Self.pageSize, limit: Self.pageSize)
            for field in answer.fields {
                guard let id = field.id.value else { continue }
                fields.append(
                    DestinationField(
                        id: id, title: field.title?.value ?? "", kind: field.type?.value ?? ""))
            }
            if answer.fields.count < Self.pageSize { break }
        }
        return fields
    }

    package func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer {
        guard operations.count > 0, operations.count <= wire.limits.operationsMax else {
            return .rejected(rows: [], detail: "a batch of \(operations.count) does not travel")
        }
        let body = wire.body(of: operations)
        for _ in 0..<Self.forbiddenMax {
            do {
                let response = try await client.sendImport(body, count: operations.count)
                if response.status == 403 { continue }
                let answer = try ActiveCampaignResponses.delivery(response, count: operations.count)
                if answer == .throttled, response.status != 429 {
                    gate.pauseImports(for: Self.importPause)
                }
                return answer
            } catch let error as DestinationError {
                throw error
            } catch let error as TransportError {
                return error.mayHaveArrived
                    ? .unclear(detail: error.detail) : .notTaken(detail: error.detail)
            } catch {
                return .notTaken(detail: "stopped before it was sent")
            }
        }
        throw ActiveCampaignResponses.noImportRight
    }

    package func confirm(_ receipt: Receipt) async throws(DestinationError) -> Confirmation {
        let info: ImportInfo
        do {
            info = try await client.info(batchID: receipt.token)
        } catch {
            // A batch nobody knows is waited for like one not begun; after a while it counts as lost.
            return error.code == .notFound || error.code == .refusedRequest
                ? .notYet : .unclear(detail: error.code.rawValue)
        }
        switch info.status {
        case "completed":
            guard !info.hidesFailures else {
                return .unclear(detail: "the failures could not be read")
            }
            let failed = (info.failure ?? []).compactMap(\.value).map(PersonKey.normalized)
            return .settled(failed: failed, succeededCount: info.success?.count)
        case "failed", "interrupted":
            return .broken(detail: "the import ended as '\(info.status ?? "")'")
        default:
            return .notYet
        }
    }

    package func outstandingBatches() async throws(DestinationError) -> Int {
        var sum = 0
        for day in try await client.aggregate().outstanding {
            // What cannot be read is not taken for nothing.
            sum = min(
                Self.outstandingMax, sum + min(Self.outstandingMax, max(0, day.batches?.value ?? 1))
            )
        }
        return sum
    }

    package func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing] {
        let exclusions = try await knownExclusions()
        var standings: [String: Standing] = [:]
        for key in keys {
            if exclusions.contains(where: { $0.matches(key) }) {
                standings[key] = .excluded
            } else {
                standings[key] = try await standing(of: key, list: list)
            }
        }
        return standings
    }

    /// The account's exclusion list, read once for as long as the account is open. One that may not be read
    /// excludes nobody.
    private func knownExclusions() async throws(DestinationError) -> [ExclusionsAnswer.Exclusion] {
        if let known = exclusions.value.withLock({ $0 }) { return known }
        let found: [ExclusionsAnswer.Exclusion]
        do {
            found = try await client.exclusions().exclusions
        } catch {
            if error.isPassing { throw error }
            found = []
        }
        exclusions.value.withLock { $0 = found }
        return found
    }

    private func standing(of key: String, list: String) async throws(DestinationError) -> Standing {
        guard let contact = try await contact(key), let id = contact.id.value else {
            return .unknown
        }
        let memberships = try await client.contactLists(contact: id).contactLists
        // Statuses of a membership: 0 unconfirmed, 1 active, 2 unsubscribed, 3 bounced.
        switch memberships.first(where: { $0.list?.value == list })?.status?.value {
        case 1: return (contact.bouncedHard?.value ?? 0) > 0 ? .bounced : .active
        case 2: return .unsubscribed
        case 3: return .bounced
        default: return (contact.bouncedHard?.value ?? 0) > 0 ? .bounced : .notOnList
        }
    }

    private func contact(
        _ key: String
    ) async throws(DestinationError) -> ContactsAnswer.Contact? {
        try await client.contacts(email: key).contacts.first {
            PersonKey.normalized($0.email?.value ?? "") == key
        }
    }

    package func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool {
        guard let contact = try await contact(key), let id = contact.id.value else { return false }
        let memberships = try await client.contactLists(contact: id).contactLists
        guard let membership = memberships.first(where: { $0.list?.value == list }),
            membership.status?.value == 2, !membership.showsOwnDecision,
            !membership.contradicts(removedAt)
        else { return false }
        try await client.resubscribe(contact: id, list: list)
        return true
    }
}

/// What has been read of an account's exclusion list.
private final class KnownExclusions: Sendable {
    let value = Mutex<[ExclusionsAnswer.Exclusion]?>(nil)
}

extension ContactListsAnswer.Membership {
    /// Whether anything suggests that the person, and not an import, ended the subscription: a stated
    /// reason, a campaign whose link was used, an address it was done from.
    fileprivate var showsOwnDecision: Bool {
        let isBlank: (String?) -> Bool = { $0 == nil || $0 == "" || $0 == "0" || $0 == "0.0.0.0" }
        return !isBlank(unsubscribeReason?.value) || !isBlank(campaign?.value)
            || !isBlank(unsubscribeAddress?.value) || !isBlank(message?.value)
            || !isBlank(unsubscribeAutomation?.value)
    }
}

extension ContactListsAnswer.Membership {
    /// Whether the membership was last changed at another time than Ferry's removal: before it by more than a
    /// long queue explains, or after it.
    fileprivate func contradicts(_ removedAt: Timestamp) -> Bool {
        guard let text = updatedAt?.value, let updated = Timestamp(text) else { return false }
        let lateness = updated.milliseconds - removedAt.milliseconds
        return !(-Self.queueMax...Self.clockSkewMax).contains(lateness)
    }

    /// Longest time between an import's work and its confirmation, in milliseconds: a day.
    private static let queueMax: Int64 = 86_400_000
    /// How much the account's clock may be ahead, in milliseconds: ten minutes.
    private static let clockSkewMax: Int64 = 600_000
}

extension ExclusionsAnswer.Exclusion {
    fileprivate func matches(_ key: String) -> Bool {
        guard let phrase = matchPhrase?.value?.lowercased(), !phrase.isEmpty else { return false }
        switch matchType?.value {
        case "begin": return key.hasPrefix(phrase)
        case "end": return key.hasSuffix(phrase)
        default: return key == phrase
        }
    }
}
