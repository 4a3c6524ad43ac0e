import Exports
import Store
import Synchronization

/// Finds out why people of a finished batch were not taken: the importer names addresses, never reasons,
/// and those on the account's exclusion list may be missing without a word.
final class RefusalExplainer: Sendable {
    private let account: Account
    private let catalog: Catalog
    private let export: Export
    private let lookupsLeft = Mutex(lookupsMax)

    /// People read back in one run at most; two requests each, so about fifteen minutes at the usual limit.
    private static let lookupsMax = 2_000

    init(account: Account, catalog: Catalog, export: Export) {
        self.account = account
        self.catalog = catalog
        self.export = export
    }

    /// One outcome for everyone in a batch.
    func verdict(
        on number: Int, _ operations: OperationList, receipt: Receipt, failed: [String]
    ) async throws -> BatchVerdict {
        let leavers = Self.leavers(in: operations)
        let members = Set(operations.keys)
        let failedKeys = failed.filter(members.contains)
        var refused: [String: ReasonCode] = [:]
        var again: Set<String> = []
        let standings = try await standings(of: failedKeys)
        for key in failedKeys {
            let reason = try await reason(standings[key])
            if reason == .unsubscribed, try await wasPutBack(key) {
                again.insert(key)
            } else {
                refused[key] = reason
            }
        }
        let missing = operations.count - (receipt.queued ?? operations.count)
        if missing > failedKeys.count || (missing > 0 && !standings.values.contains(.excluded)) {
            try await readBack(
                operations.keys.filter { refused[$0] == nil && !again.contains($0) },
                leavers: leavers, into: &refused)
        }
        return BatchVerdict(number: number, refused: refused, again: again)
    }

    /// Finds those whom the importer left out without naming them.
    private func readBack(
        _ keys: [String], leavers: Set<String>, into refused: inout [String: ReasonCode]
    ) async throws {
        let standings = try await standings(of: keys)
        for key in keys {
            switch standings[key] {
            case .active: continue
            case .unsubscribed, .notOnList, .bounced:
                // For a leaver that is what was wanted.
                if leavers.contains(key) { continue }
                refused[key] =
                    standings[key] == .notOnList ? .notTaken : try await reason(standings[key])
            case .excluded: refused[key] = .excluded
            case .unknown: refused[key] = .notTaken
            case nil: refused[key] = .notStated
            }
        }
    }

    /// Standings of as many people as may still be looked up.
    private func standings(of keys: [String]) async throws -> [String: Standing] {
        guard !keys.isEmpty else { return [:] }
        let allowed = lookupsLeft.withLock { left in
            let allowed = min(left, keys.count)
            left -= allowed
            return allowed
        }
        guard allowed > 0 else { return [:] }
        do {
            return try await account.destination.standing(
                of: Array(keys.prefix(allowed)), list: export.list.id)
        } catch {
            if error.isPassing { return [:] }
            throw error
        }
    }

    private func reason(_ standing: Standing?) async throws -> ReasonCode {
        switch standing {
        case .unsubscribed: .unsubscribed
        case .bounced: .bounced
        case .excluded: .excluded
        case .unknown, .notOnList: try await isAccountFull() ? .contactLimit : .notStated
        case .active, nil: .notStated
        }
    }

    private func isAccountFull() async throws -> Bool {
        do {
            return try await account.destination.check().room == 0
        } catch {
            // The reason stays unknown; nothing else depends on the answer.
            return false
        }
    }

    /// Puts back on the list whom Ferry itself removed, where the export allows it and nothing says that
    /// the person has decided since.
    private func wasPutBack(_ key: String) async throws -> Bool {
        guard export.resubscribesRemoved,
            try catalog.removedAt(key, export: export.id) != nil
        else { return false }
        return try await account.destination.resubscribe(key, list: export.list.id)
    }

    private static func leavers(in operations: OperationList) -> Set<String> {
        var leavers: Set<String> = []
        operations.visit { if $0.kind == .leave { leavers.insert($0.keyText) } }
        return leavers
    }
}
