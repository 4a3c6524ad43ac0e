import Mustache
import Synchronization

/// What a template sees: the frame around the page and the page's own model, side by side.
struct PageModel: MustacheParent {
    let frame: Frame
    let content: any Sendable

    func child(named name: String) -> Any? {
        for part in [frame, content] as [any Sendable] {
            for child in Mirror(reflecting: part).children where child.label == name {
                return Self.unwrapped(child.value)
            }
        }
        TemplateGaps.note(name)
        return nil
    }

    /// A value that may be absent comes as what it holds, or as nothing.
    private static func unwrapped(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return value }
        return mirror.children.first?.value
    }
}

/// Names that templates asked for and nobody knew; collected by tests, which expect none.
enum TemplateGaps {
    final class Collector: Sendable {
        private let names = Mutex<Set<String>>([])

        var found: Set<String> { names.withLock { $0 } }

        func add(_ name: String) { _ = names.withLock { $0.insert(name) } }
    }

    @TaskLocal static var collector: Collector?

    static func note(_ name: String) { collector?.add(name) }
}
