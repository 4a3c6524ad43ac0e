import Exports
import Profiles
import Store
import Synchronization

/// Finds out why people of a finished batch were not taken: the importer names addresses, never reasons,
/// and those on the account's exclusion list may be missing without a word.
final class RefusalExplainer: Sendable {
    private let account: Account
    private let catalog: Catalog
    private let export: Export
    private let stop: StopSignal
    private let lookupsLeft = Mutex(lookupsMax)
    private let putBack = Mutex<Set<String>>([])
    private let room = Mutex<Bool?>(nil)

    /// People read back in one run at most; two requests each, so about fifteen minutes at the usual limit.
    private static let lookupsMax = 2_000
    /// People read back at a time, so that a stop is noticed.
    private static let lookupsAtOnce = 25

    init(account: Account, catalog: Catalog, export: Export, stop: StopSignal = StopSignal()) {
        self.account = account
        self.catalog = catalog
        self.export = export
        self.stop = stop
    }

    /// One outcome for everyone in a batch.
    func verdict(
        on number: Int, _ operations: OperationList, receipt: Receipt, failed: [String]
    ) async throws -> BatchVerdict {
        let leavers = Self.leavers(in: operations)
        let members = Set(operations.keys)
        let named = failed.filter(members.contains)
        var refused: [String: ReasonCode] = [:]
        var again: Set<String> = []
        let standings = await standings(of: named)
        for key in named where !hasLeft(standings[key], isLeaver: leavers.contains(key)) {
            let reason = await reason(standings[key])
            if reason == .unsubscribed, !leavers.contains(key), try await wasPutBack(key) {
                again.insert(key)
            } else {
                refused[key] = reason
            }
        }
        let missing = operations.count - min(operations.count, receipt.queued ?? operations.count)
        // More are missing than were named, or named in another spelling, or missing for another reason.
        let isCertain = missing > named.count || failed.count > named.count
        let isSuspected = missing > 0 && !standings.isEmpty && !standings.values.contains(.excluded)
        if isCertain || isSuspected {
            let others = operations.keys.filter { !named.contains($0) }
            let found = await self.standings(of: others)
            for key in others {
                if let reason = await absence(found[key], isLeaver: leavers.contains(key)) {
                    refused[key] = reason
                } else if found[key] == nil, isCertain {
                    // Somebody here was not taken, and nobody can say who: none of them is proven delivered.
                    refused[key] = .notStated
                }
            }
        }
        return BatchVerdict(number: number, refused: refused, again: again)
    }

    /// Why somebody whom nobody named was not taken; nil for those who were, or of whom nothing is known.
    private func absence(_ standing: Standing?, isLeaver: Bool) async -> ReasonCode? {
        switch standing {
        case nil, .active: return nil
        case _ where hasLeft(standing, isLeaver: isLeaver): return nil
        case .notOnList, .unknown: return .notTaken
        default: return await reason(standing)
        }
    }

    /// Whether a leaver is where the export wanted them, whatever the importer said.
    private func hasLeft(_ standing: Standing?, isLeaver: Bool) -> Bool {
        guard isLeaver, export.onLeave == .unsubscribe else { return false }
        switch standing {
        case .unsubscribed, .notOnList, .unknown, .bounced: return true
        case .active, .excluded, nil: return false
        }
    }

    /// Standings of as many people as may still be looked up. What cannot be read explains nothing, and
    /// stops nothing: the run's outcome does not hang on a reason.
    private func standings(of keys: [String]) async -> [String: Standing] {
        var found: [String: Standing] = [:]
        for start in stride(from: 0, to: keys.count, by: Self.lookupsAtOnce) {
            let page = keys[start..<min(keys.count, start + Self.lookupsAtOnce)]
            let isAllowed = lookupsLeft.withLock { left in
                guard left >= page.count else { return false }
                left -= page.count
                return true
            }
            guard isAllowed, !stop.isRequested else { break }
            do {
                let standings = try await account.destination.standing(
                    of: Array(page), list: export.list.id)
                found.merge(standings) { _, new in new }
            } catch {
                break
            }
        }
        return found
    }

    private func reason(_ standing: Standing?) async -> ReasonCode {
        switch standing {
        case .unsubscribed: .unsubscribed
        case .bounced: .bounced
        case .excluded: .excluded
        case .unknown, .notOnList: await isAccountFull() ? .contactLimit : .notStated
        case .active, nil: .notStated
        }
    }

    /// Asked once in a run.
    private func isAccountFull() async -> Bool {
        if let known = room.withLock({ $0 }) { return known }
        let isFull: Bool
        do {
            isFull = try await account.destination.check().room == 0
        } catch {
            // The reason stays unknown; nothing else depends on the answer.
            isFull = false
        }
        room.withLock { $0 = isFull }
        return isFull
    }

    /// Puts back on the list whom Ferry itself removed, where the export allows it and nothing says that
    /// the person has decided since. Once in a run, and never after a stop.
    private func wasPutBack(_ key: String) async throws -> Bool {
        guard export.resubscribesRemoved, !stop.isRequested,
            let removedAt = try catalog.ledger.removedAt(key, export: export.id),
            putBack.withLock({ $0.insert(key).inserted })
        else { return false }
        do {
            return try await account.destination.resubscribe(
                key, list: export.list.id, removedAt: Timestamp(milliseconds: removedAt))
        } catch {
            // The person stays off the list, which is what the ledger then says.
            return false
        }
    }

    private static func leavers(in operations: OperationList) -> Set<String> {
        var leavers: Set<String> = []
        operations.visit { if $0.kind == .leave { leavers.insert($0.keyText) } }
        return leavers
    }
}
