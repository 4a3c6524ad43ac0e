import Delivery
import Exports
import Profiles
import Segments
import Synchronization

/// How many members choices of segments have, as they were last counted: a count passes over every profile,
/// which takes a tenth of a second for a million, and pages are not to wait for that again and again.
///
/// What was counted within a minute is good. What is older is answered all the same, and counted again on
/// another thread meanwhile. Only what was never counted is waited for.
final class MemberCounter: Sendable {
    /// A choice of segments as they were then defined.
    struct Choice: Hashable, Sendable {
        let segments: [Segment.ID]
        let definitions: [SegmentDefinition]

        init(_ segments: [Segment]) {
            let ordered = segments.sorted { $0.id < $1.id }
            self.segments = ordered.map(\.id)
            definitions = ordered.map(\.definition)
        }

        /// The members of a static segment change without its definition.
        var isKept: Bool { !definitions.contains(.static) }
    }

    /// A choice and what makes a profile a member.
    struct Question: Sendable {
        let choice: Choice
        let predicate: Predicate
    }

    private struct Kept {
        let members: Int
        /// Milliseconds since 1970.
        let at: Int64
    }

    private struct State {
        var kept: [Choice: Kept] = [:]
        var isCountingAgain = false
    }

    private let engine: any ProfileEngine
    private let state = Mutex(State())
    /// Who never had an answer waits for one who counts already, and then finds it.
    private let turn = AsyncSlots(count: 1)

    /// How long a count is good for.
    private static let freshMilliseconds: Int64 = 60_000
    /// Choices that are remembered at the same time.
    private static let keptMax = 500
    /// The longest that somebody waits; what is not counted by then is counted next time.
    private let patience: Duration

    init(engine: any ProfileEngine, patience: Duration) {
        self.engine = engine
        self.patience = patience
    }

    /// The members of each choice; one that could not be counted in time is missing.
    func members(of questions: [Question], at now: Int64) async throws -> [Choice: Int] {
        let (found, missing, old) = look(for: questions, at: now)
        if !old.isEmpty { countAgain(old, at: now) }
        if missing.isEmpty { return found }
        let counted = try await turn.holding {
            let (others, uncounted, _) = look(for: missing, at: now)
            let counted = try await engine.asked(within: EnginePatience.count) { [self] limits in
                try count(uncounted, at: now, limits, within: patience)
            }
            return others.merging(counted) { $1 }
        }
        return found.merging(counted) { $1 }
    }

    /// What is known, what is not, and what is known and old.
    private func look(
        for questions: [Question], at now: Int64
    ) -> (found: [Choice: Int], missing: [Question], old: [Question]) {
        var found: [Choice: Int] = [:]
        var missing: [Question] = []
        var old: [Question] = []
        state.withLock { state in
            for question in questions {
                guard let kept = state.kept[question.choice] else {
                    missing.append(question)
                    continue
                }
                found[question.choice] = kept.members
                if now - kept.at >= Self.freshMilliseconds { old.append(question) }
            }
        }
        return (found, missing, old)
    }

    private func count(
        _ questions: [Question], at now: Int64, _ limits: CallLimits, within patience: Duration?
    ) throws -> [Choice: Int] {
        let began = ContinuousClock.now
        var counted: [Choice: Int] = [:]
        for question in questions {
            if let patience, ContinuousClock.now - began > patience { break }
            do {
                let members = try engine.reading.count(question.predicate, limits)
                counted[question.choice] = members
                if question.choice.isKept { keep(members, for: question.choice, at: now) }
            } catch let error as EngineError where error.code == .timedOut {
                break
            }
        }
        return counted
    }

    private func keep(_ members: Int, for choice: Choice, at now: Int64) {
        state.withLock { state in
            if state.kept.count >= Self.keptMax, state.kept[choice] == nil,
                let oldest = state.kept.min(by: { $0.value.at < $1.value.at })
            {
                state.kept[oldest.key] = nil
            }
            state.kept[choice] = Kept(members: members, at: now)
        }
    }

    /// One at a time; whoever comes meanwhile finds the old numbers once more.
    private func countAgain(_ questions: [Question], at now: Int64) {
        let isFirst = state.withLock { state in
            defer { state.isCountingAgain = true }
            return !state.isCountingAgain
        }
        guard isFirst else { return }
        engine.begin(within: EnginePatience.work) { [self] limits in
            // A rule that cannot be counted any more keeps its old number, and the run says what is wrong.
            _ = try? count(questions, at: now, limits, within: nil)
            state.withLock { $0.isCountingAgain = false }
        }
    }
}
