import Access
package import Delivery
package import Exports
package import Profiles
package import Store
import Transport

/// What became of a check.
package enum ConnectionCheck: Equatable, Sendable {
    case works(AccountFacts)
    case fails(ConnectionTrouble, Remark)
}

/// Tries accounts out: before they are stored, and again whenever somebody asks.
package struct ConnectionDesk: Sendable {
    private let accounts: Accounts
    private let catalog: Catalog
    private let patience: Duration

    /// `patience` is how long a check may take in all; somebody waits for it.
    package init(
        accounts: Accounts, catalog: Catalog, patience: Duration = .seconds(25)
    ) {
        self.accounts = accounts
        self.catalog = catalog
        self.patience = patience
    }

    /// Tries an account that is not stored.
    package func check(_ settings: AccountSettings) async -> ConnectionCheck {
        await check { try await accounts.openNew(settings) }
    }

    /// Tries a stored connection and keeps what was found. Throws trouble of the catalog; what is
    /// wrong with the account is the answer.
    package func checkAgain(_ connection: Connection) async throws -> ConnectionCheck {
        let result = await check { try await accounts.open(connection, false) }
        switch result {
        case .works(let facts):
            try catalog.setup.setFacts(facts, ofConnection: connection.id)
        case .fails(let trouble, _):
            try catalog.setup.setCheckFailure(trouble.rawValue, ofConnection: connection.id)
        }
        return result
    }

    private func check(
        _ open: @Sendable () async throws -> Account
    ) async -> ConnectionCheck {
        do {
            let account = try await open()
            return try await account.closing { destination in
                try await withPatience(account.calls) {
                    let facts = try await destination.check()
                    try await destination.checkImportRight()
                    return facts
                }
            }
        } catch {
            return Self.failure(error)
        }
    }

    /// Gives up when nothing has come of it in time, and says what the last answer was.
    private func withPatience(
        _ calls: CallLog, _ work: @escaping @Sendable () async throws -> AccountFacts
    ) async throws -> ConnectionCheck {
        try await withThrowingTaskGroup(of: ConnectionCheck.self) { group in
            group.addTask { .works(try await work()) }
            group.addTask {
                try await Task.sleep(for: patience)
                return Self.failure(afterStatus: calls.lastStatus)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? Self.failure(afterStatus: nil)
        }
    }

    private static func failure(afterStatus status: Int?) -> ConnectionCheck {
        let (trouble, cause): (ConnectionTrouble, DestinationError.Cause) =
            switch status {
            case 429: (.rateLimited, .rateLimited)
            case .some(500...): (.unavailable, .serverTrouble)
            default: (.timedOut, .timeout)
            }
        return .fails(trouble, Remark(DestinationError(.unreachable, cause: cause)))
    }

    private static func failure(_ error: any Error) -> ConnectionCheck {
        switch error {
        case let error as DestinationError:
            .fails(ConnectionTrouble(error), Remark(error))
        case let error as TransportError:
            .fails(ConnectionTrouble(error), Remark(DestinationError(error)))
        case is MasterKey.SealError:
            .fails(.keyUnreadable, Remark("secret-unreadable"))
        default:
            .fails(.unavailable, Remark("account-unchecked"))
        }
    }
}
