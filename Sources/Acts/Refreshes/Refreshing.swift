package import Access
package import Store

/// Who carries refreshes out: a service has it, for a refresh goes on by itself.
package protocol Refreshing: Sendable {
    /// Begins a refresh and answers it at once; while one is under way, that one is the answer. Exports that the
    /// role may not run are skipped. Throws what the catalog throws.
    func begin(for role: Role, by actor: Actor) throws -> (refresh: Refresh, isNew: Bool)

    /// Ends a refresh: what waits does not begin, and what runs is asked to stop. Throws `StoreError` when it has
    /// ended.
    func cancel(_ id: Refresh.ID, by actor: Actor) throws
}
