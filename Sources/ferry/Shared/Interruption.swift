import Delivery
import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C and a polite termination into a wish to stop; the second one ends the process at once.
final class Interruption: Sendable {
    let stop = StopSignal()
    private let sources: Mutex<[any DispatchSourceSignal]>

    init(message: String) {
        let stop = stop
        let sources: [any DispatchSourceSignal] = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if stop.isRequested { _exit(130) }
                stop.request()
                Output.note("\n\(message)")
            }
            source.resume()
            return source
        }
        self.sources = Mutex(sources)
    }

    deinit {
        sources.withLock { sources in
            for source in sources { source.cancel() }
        }
    }
}
