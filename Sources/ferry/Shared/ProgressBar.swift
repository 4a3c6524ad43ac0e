import Foundation
import Synchronization

/// A line on the terminal that shows how far long work has come; silent when nobody watches.
final class ProgressBar: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant?
        var started = ContinuousClock.now
        var width = 0
        var label = ""
        var first = 0
    }

    private let state = Mutex(State())
    private let isShown: Bool

    private static let interval: Duration = .milliseconds(100)
    private static let barWidth = 24

    /// Shown on a terminal, unless the caller wants silence.
    init(isQuiet: Bool = false) {
        isShown = !isQuiet && isatty(STDERR_FILENO) == 1
    }

    /// Draws, at most ten times a second. `unit` names what is counted.
    func show(_ label: String, _ done: Int, of total: Int, unit: String, note: String = "") {
        guard isShown else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if state.label != label {
                state.label = label
                state.started = now
                state.lastDrawn = nil
                state.first = done
            }
            if let last = state.lastDrawn, now - last < Self.interval, done < total { return }
            state.lastDrawn = now
            let seconds = max(0.001, Self.seconds(now - state.started))
            let rate = Double(done - state.first) / seconds
            var line = "\(label) "
            if total > 0 {
                let filled = min(Self.barWidth, Self.barWidth * done / total)
                let bar = String(repeating: "█", count: filled)
                let rest = String(repeating: "·", count: Self.barWidth - filled)
                line += "\(bar)\(rest) \(min(100, 100 * done / total)) %  "
            }
            line +=
                Output.number(done) + (total > 0 ? " of \(Output.number(total))" : "") + " \(unit)"
            if rate >= 1, seconds > 0.5 { line += "  \(Output.number(Int(rate)))/s" }
            if total > done, rate > 0, seconds > 1 {
                line += "  \(Output.duration(Double(total - done) / rate)) left"
            }
            if !note.isEmpty { line += "  \(note)" }
            let blank = String(repeating: " ", count: max(0, state.width - line.count))
            state.width = line.count
            FileHandle.standardError.write(Data("\r\(line)\(blank)".utf8))
        }
    }

    /// Takes the line away.
    func clear() {
        guard isShown else { return }
        state.withLock { state in
            guard state.width > 0 else { return }
            let blank = String(repeating: " ", count: state.width)
            FileHandle.standardError.write(Data("\r\(blank)\r".utf8))
            state.width = 0
            state.label = ""
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
