package import Access
import Delivery
package import Exports
package import Profiles
package import Segments
import Synchronization

/// Counts while somebody edits a rule: per editor only the newest question is answered, and in the whole
/// process two are answered at once.
package final class CountDesk: Sendable {
    /// Whoever asks anew while they wait for an answer: one open editor of one person.
    package struct Editor: Hashable, Sendable {
        let session: Session.ID
        let name: String

        /// `name` tells the editors apart that one session has open.
        package init(session: Session.ID, name: String) {
            self.session = session
            self.name = name
        }
    }

    private let engine: any ProfileEngine
    private let slots = AsyncSlots(count: 2)
    /// The question of each editor that was asked last.
    private let newest = Mutex<[Editor: Question]>([:])
    /// Frequent values by attribute, and when they were looked up.
    private let values = Mutex<[Attribute: (at: Int64, found: FrequentValues)]>([:])

    /// How long frequent values are kept.
    private static let valuesMilliseconds: Int64 = 60_000
    /// Most values that are offered for an attribute.
    package static let valuesMax = 50

    /// Questions that may wait; more of them are sent away.
    private static let waitingMax = 50
    /// The longest that one question may compute.
    private let patience: Duration

    package init(engine: any ProfileEngine, patience: Duration = .seconds(30)) {
        self.engine = engine
        self.patience = patience
    }

    /// How many profiles each predicate holds for. A newer question of the same editor makes this one throw
    /// `CancellationError`, and so do the end of the task, a computation that takes too long and too many who wait; an editor of nil is never asked anew.
    package func counts(
        of predicates: [Predicate], for editor: Editor? = nil
    ) async throws -> [Int] {
        let question = Question()
        if let editor {
            let older = newest.withLock { questions in
                let older = questions[editor]
                questions[editor] = question
                return older
            }
            older?.cancel()
        }
        defer { if let editor { forget(question, of: editor) } }
        return try await withTaskCancellationHandler {
            try await answer(question, predicates)
        } onCancel: {
            question.cancel()
        }
    }

    /// The values of an attribute that most profiles have, at most `valuesMax`; as they were within the last
    /// minute. `now` is in milliseconds since 1970. Throws what the engine throws.
    package func frequentValues(
        of attribute: Attribute, at now: Int64
    ) async throws -> FrequentValues {
        if let kept = values.withLock({ $0[attribute] }),
            (0..<Self.valuesMilliseconds).contains(now - kept.at)
        {
            return kept.found
        }
        let found = try await engine.frequentValues(of: attribute, limit: Self.valuesMax)
        values.withLock { values in
            values = values.filter { now - $0.value.at < Self.valuesMilliseconds }
            values[attribute] = (now, found)
        }
        return found
    }

    private func answer(_ question: Question, _ predicates: [Predicate]) async throws -> [Int] {
        guard await slots.waitingCount < Self.waitingMax else { throw CancellationError() }
        await slots.take()
        do {
            // Whoever waited for a slot in vain does not begin.
            if question.isCancelled { throw CancellationError() }
            let counts = try await engine.counts(
                of: predicates, within: patience, isCancelled: { question.isCancelled })
            // An answer that came at the last moment is still an answer to an old question.
            if question.isCancelled { throw CancellationError() }
            await slots.giveBack()
            return counts
        } catch {
            await slots.giveBack()
            // Whoever asks in the middle of typing asks again; neither is an error to show.
            if (error as? EngineError)?.code == .timedOut { throw CancellationError() }
            throw error
        }
    }

    /// Editors that wait for an answer.
    var editorCount: Int { newest.withLock { $0.count } }

    /// Questions that wait for a place.
    var waitingCount: Int {
        get async { await slots.waitingCount }
    }

    private func forget(_ question: Question, of editor: Editor) {
        newest.withLock { questions in
            if questions[editor] === question { questions[editor] = nil }
        }
    }

    /// A question that may be taken back.
    private final class Question: Sendable {
        private let state = Mutex(false)

        var isCancelled: Bool { state.withLock { $0 } }

        func cancel() { state.withLock { $0 = true } }
    }
}
