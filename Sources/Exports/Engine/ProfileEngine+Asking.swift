package import Profiles
package import Segments
import Synchronization

/// How long whoever asks an engine waits, by what they ask for.
package enum EnginePatience {
    /// One thing or one page, which somebody looks at.
    package static let page: Duration = .seconds(20)
    /// A number beside a rule that is being written.
    package static let count: Duration = .seconds(30)
    /// What is written down: the size of a segment, a fixed set.
    package static let work: Duration = .seconds(15 * 60)
}

/// The one place where the engine is asked by those who have no thread of their own to wait on: pages, the API,
/// acts, refreshes, commands. The call is cancelled with the task that waits for it.
///
/// Every method throws what its port throws: `EngineError`, and `CancellationError` when the task is cancelled.
extension ProfileEngine {
    /// Calls ports beside the threads on which requests are answered, within limits that end with the task.
    /// Throws `EngineError.timedOut` and `CancellationError` before it calls them, and what `body`
    /// throws.
    package func asked<Answer: Sendable>(
        within patience: Duration?, isCancelled: @escaping @Sendable () -> Bool = { false },
        _ body: @escaping @Sendable (CallLimits) throws -> Answer
    ) async throws -> Answer {
        let caller = Caller()
        return try await withTaskCancellationHandler {
            try await OwnThread.run {
                let limits = CallLimits(
                    deadline: patience.map { ContinuousClock.now + $0 },
                    isCancelled: { caller.isGone || isCancelled() })
                try limits.check()
                return try body(limits)
            }
        } onCancel: {
            caller.leave()
        }
    }

    /// Calls ports for something that nobody waits for.
    package func begin(
        within patience: Duration, _ body: @escaping @Sendable (CallLimits) -> Void
    ) {
        OwnThread.start { body(CallLimits(within: patience)) }
    }

    // MARK: Reading

    /// Asks `ProfileReading.schema`, and throws what it throws.
    package func schema() async throws -> ProfileSchema {
        try await asked(within: EnginePatience.page) { try reading.schema($0) }
    }

    /// Asks `ProfileReading.count`, and throws what it throws.
    package func count(
        _ predicate: Predicate, within patience: Duration = EnginePatience.work
    ) async throws -> Int {
        try await asked(within: patience) { try reading.count(predicate, $0) }
    }

    package func counts(
        of predicates: [Predicate], within patience: Duration = EnginePatience.count,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) async throws -> [Int] {
        try await asked(within: patience, isCancelled: isCancelled) {
            try reading.counts(of: predicates, $0)
        }
    }

    /// Asks `ProfileReading.page`, and throws what it throws.
    package func page(
        of predicate: Predicate, after: String? = nil, limit: Int
    ) async throws -> ProfilePage {
        try await asked(within: EnginePatience.page) {
            try reading.page(of: predicate, after: after, limit: limit, $0)
        }
    }

    /// Asks `ProfileReading.existing`, and throws what it throws.
    package func existing(_ ids: [Profile.ID]) async throws -> Set<Profile.ID> {
        try await asked(within: EnginePatience.page) { try reading.existing(ids, $0) }
    }

    /// Asks `ProfileReading.profile`, and throws what it throws.
    package func profile(id: Profile.ID) async throws -> Profile? {
        try await asked(within: EnginePatience.page) { try reading.profile(id: id, $0) }
    }

    /// Asks `ProfileReading.isMember`, and throws what it throws.
    package func isMember(_ id: Profile.ID, of predicate: Predicate) async throws -> Bool {
        try await asked(within: EnginePatience.page) {
            try reading.isMember(id, of: predicate, $0)
        }
    }

    /// Asks `ProfileReading.profiles`, and throws what it throws.
    package func profiles(
        withKey key: String, emailAttribute: String
    ) async throws -> [Profile] {
        try await asked(within: EnginePatience.page) {
            try reading.profiles(withKey: key, emailAttribute: emailAttribute, $0)
        }
    }

    /// Asks `ProfileReading.frequentValues`, and throws what it throws.
    package func frequentValues(of attribute: Attribute, limit: Int) async throws -> FrequentValues
    {
        try await asked(within: EnginePatience.page) {
            try reading.frequentValues(of: attribute, limit: limit, $0)
        }
    }

    /// Asks `ProfileReading.facets`, and throws what it throws.
    package func facets(limit: Int) async throws -> [Facet] {
        try await asked(within: EnginePatience.page) { try reading.facets(limit: limit, $0) }
    }

    // MARK: Static members

    /// Asks `StaticMembers.freeze`. Throws what it throws, and `EngineError.unavailable` where
    /// there are no static members.
    package func freeze(_ predicate: Predicate, as segment: Segment.ID) async throws -> Int {
        let members = try requireStaticMembers()
        return try await asked(within: EnginePatience.work) {
            try members.freeze(predicate, as: segment, $0)
        }
    }

    /// Asks `StaticMembers.freeze`. Throws what it throws, and `EngineError.unavailable` where
    /// there are no static members.
    package func freeze(
        ids: [Profile.ID], as segment: Segment.ID
    ) async throws -> (members: Int, unknown: [Profile.ID]) {
        let members = try requireStaticMembers()
        return try await asked(within: EnginePatience.work) {
            try members.freeze(ids: ids, as: segment, $0)
        }
    }

    /// Goes on when the task is cancelled, since the segment is none any more. An engine that has no static members
    /// has none to forget. Throws `EngineError`.
    package func removeMembers(of segment: Segment.ID) async throws {
        guard let staticMembers else { return }
        try await OwnThread.run {
            try staticMembers.removeMembers(of: segment, CallLimits(within: EnginePatience.work))
        }
    }

    // MARK: Search

    /// Asks `ProfileSearch.find`. Throws what it throws, and `EngineError.unavailable` where there
    /// is no search.
    package func find(_ query: ProfileQuery) async throws -> ProfilePage {
        let search = try requireSearch()
        return try await asked(within: EnginePatience.page) { try search.find(query, $0) }
    }

    /// Asks `ProfileSearch.index`. Throws what it throws, and `EngineError.unavailable` where there
    /// is no search.
    package func searchIndex() async throws -> SearchIndexState {
        let search = try requireSearch()
        return try await asked(within: EnginePatience.page) { try search.index($0) }
    }

    /// Asks `ProfileSearch.choose`. Throws what it throws, and `EngineError.unavailable` where
    /// there is no search.
    package func chooseSearchable(_ attributes: [String]) async throws {
        let search = try requireSearch()
        try await asked(within: EnginePatience.work) { try search.choose(attributes, $0) }
    }

    /// An engine without search has nothing left to do. Throws what `ProfileSearch.advanceIndex`
    /// throws.
    package func advanceSearchIndex(by rows: Int) async throws -> Bool {
        guard let search else { return true }
        return try await asked(within: EnginePatience.work) {
            try search.advanceIndex(by: rows, $0)
        }
    }
}

/// Whoever waits for an answer, and may go away.
private final class Caller: Sendable {
    private let hasLeft = Mutex(false)

    var isGone: Bool { hasLeft.withLock { $0 } }

    func leave() { hasLeft.withLock { $0 = true } }
}
