import Synchronization

/// The account that the sandbox plays, safe to be used from many requests at a time.
///
/// All it does is a value guarded by one lock; reading the body of an import, the only costly part
/// of a request, happens before the lock is taken.
package final class SandboxAccount: Sendable {
    let state: Mutex<AccountState>
    /// The key that requests must bring.
    package let apiKey: String

    /// An account with the default lists and fields, as of `now` in seconds since 1970.
    package init(knobs: Knobs = Knobs(), apiKey: String = "sandbox-key", at now: Double) {
        self.apiKey = apiKey
        state = Mutex(AccountState(knobs: knobs, apiKey: apiKey, at: now))
    }

    /// Answers one request as of `now`.
    package func answer(_ request: SandboxRequest, at now: Double) -> SandboxAnswer {
        let importBody: ImportBody? =
            if request.route == "POST /import/bulk_import",
                request.body.count <= AccountState.importBytesMax
            {
                try? ImportBody(request.body)  // Without a body the account answers why.
            } else { nil }
        return state.withLock { $0.answer(request, importBody: importBody, at: now) }
    }

    /// Counts and logs a request that was answered.
    package func log(
        _ request: SandboxRequest, _ answer: SandboxAnswer, milliseconds: Double
    ) {
        state.withLock { $0.tally.log(request, answer, milliseconds: milliseconds) }
    }

    /// Lets the importer work until `now`.
    package func advance(to now: Double) {
        state.withLock { $0.advance(to: now) }
    }

    /// The knobs as they are set.
    package var knobs: Knobs {
        get { state.withLock { $0.knobs } }
        set { state.withLock { $0.setKnobs(newValue) } }
    }

    /// What `GET /sandbox/state` tells.
    package func stateJSON(at now: Double) -> JSONValue {
        state.withLock { state in
            state.advance(to: now)
            return state.stateJSON(at: now)
        }
    }

    /// Looks inside for the page.
    func read<Result: Sendable>(_ body: (borrowing AccountState) -> Result) -> Result {
        state.withLock { body($0) }
    }

    /// Callbacks of batches that ended since the last time.
    func takeDueCallbacks() -> [DueCallback] {
        state.withLock { state in
            defer { state.dueCallbacks = [] }
            return state.dueCallbacks
        }
    }
}

// MARK: For assertions

/// What the account knows of one person, as tests like to ask for it.
package struct SandboxContact: Sendable, Equatable {
    /// The contact's id.
    package var id: Int
    /// Trimmed and lower-cased.
    package var email: String
    /// Empty when never set.
    package var firstName: String
    /// Empty when never set.
    package var lastName: String
    /// Empty when never set.
    package var phone: String
    /// Status by list id: 0 unconfirmed, 1 active, 2 unsubscribed, 3 bounced.
    package var lists: [Int: Int]
    /// Value by custom field id.
    package var fields: [Int: String]
    /// Names of the tags.
    package var tags: [String]
}

extension SandboxAccount {
    /// The contact with this address, in whatever case it is written.
    package func contact(_ email: String) -> SandboxContact? {
        state.withLock { state in
            guard let id = state.book.id(of: Address.normalized(email)),
                let record = state.book[id]
            else { return nil }
            let book = state.book
            return SandboxContact(
                id: id, email: record.email, firstName: record.firstName,
                lastName: record.lastName, phone: record.phone,
                lists: Dictionary(
                    book.memberships(of: id).map {
                        (Int($0.record.list), Int($0.record.status.rawValue))
                    }, uniquingKeysWith: { $1 }),
                fields: Dictionary(
                    book.values(of: id).map { (Int($0.record.field), $0.record.value) },
                    uniquingKeysWith: { $1 }),
                tags: book.tagLinks(of: id).map { book.tagNames[Int($0.record.tag) - 1] })
        }
    }

    /// Contacts that exist.
    package var contactCount: Int { state.withLock { $0.book.contactCount } }

    /// Contacts with status 1 on a list.
    package func activeCount(onList list: Int) -> Int {
        state.withLock { $0.book.count(of: .active, on: list) }
    }

    /// How often each kind of carelessness was seen.
    package var violations: [Violation: Int] { state.withLock { $0.tally.violations } }

    /// Imports that were taken in.
    package var importsSubmitted: Int { state.withLock { $0.tally.importsSubmitted } }

    /// Batches that have not ended.
    package var importsOutstanding: Int { state.withLock { $0.imports.outstandingCount } }
}
