package import Exports
package import Store
import Synchronization
package import Transport

/// An open account: how it is spoken to, the gate all its requests pass, and the calls made so far.
package struct Account: Sendable {
    package let host: String
    package let destination: any Destination
    package let gate: AccountGate
    package let calls: CallLog
    /// Closes the connections.
    package let close: @Sendable () async -> Void

    package init(
        host: String, destination: any Destination, gate: AccountGate, calls: CallLog,
        close: @escaping @Sendable () async -> Void
    ) {
        self.host = host
        self.destination = destination
        self.gate = gate
        self.calls = calls
        self.close = close
    }
}

/// Calls that have been made and are not stored yet.
package final class CallLog: Sendable {
    private let calls = Mutex<[CallEntry]>([])

    package init() {}

    package func add(_ record: CallRecord) {
        let entry = CallEntry(
            kind: record.kind.rawValue, method: record.method, path: record.path,
            startedAt: record.startedAt.milliseconds, endedAt: record.endedAt.milliseconds,
            status: record.status, pause: record.pause?.milliseconds)
        calls.withLock { $0.append(entry) }
    }

    package var count: Int { calls.withLock { $0.count } }

    /// The status of the last call; nil when none was answered.
    package var lastStatus: Int? { calls.withLock { $0.last?.status } }

    /// Takes everything out.
    package func drain() -> [CallEntry] {
        calls.withLock { calls in
            defer { calls = [] }
            return calls
        }
    }
}

extension Pacer {
    /// A pacer that knows what earlier processes sent to the host, so that a restart exceeds no limit.
    ///
    /// `afterCrash` says that a process ended without writing down its last calls; the account then gets a
    /// full window of rest for those that may be missing.
    package init(
        limits: PaceLimits, earlierCalls: [CallEntry], afterCrash: Bool, now: Duration
    ) {
        self.init(limits: limits)
        for call in earlierCalls {
            let ended = min(now, .milliseconds(call.endedAt))
            remember(RequestKind(rawValue: call.kind) ?? .general, answeredAt: ended)
            if let rest = call.pause {
                let left = ended + .milliseconds(rest) - now
                if left > .zero { pause(for: left, at: now) }
            }
        }
        if afterCrash { restAfterCrash(at: now) }
    }
}
