package import Access
package import Delivery
package import Exports
package import Store

/// What carries runs out: a service beside everything else, a command line in the foreground. Acts begin runs
/// and decide about them here.
package protocol RunCarrier: Sendable {
    var catalog: Catalog { get }

    /// Begins a run. One that trouble left unfinished is carried on instead. Throws `StoreError` while
    /// another run of the export is unfinished; the answer names it.
    func start(_ export: Export.ID, trigger: RunTrigger, by actor: Actor) throws -> Run

    /// Lets a held run be planned anew and sent; it is held again if more people would leave than were looked
    /// at. Throws `StoreError` when it is not held.
    func approve(_ run: Run, by actor: Actor) throws

    /// Ends a held run without sending. Throws `StoreError` when it is not held.
    func dismiss(_ run: Run, by actor: Actor) throws

    /// Lets a run send nothing more; what it sent is still confirmed. Throws `StoreError` when it has ended,
    /// or is held.
    func stop(_ run: Run, by actor: Actor) throws

    /// How far a run is; nil when it is not under way in this process.
    func progress(of run: Run.ID) -> RunProgress?
}

extension RunCarrier {
    /// Takes the connection off an export. A run of it stops sending. Throws what the catalog throws.
    package func detach(_ export: Export, by actor: Actor) throws {
        try catalog.setup.detach([export.id], by: actor)
        try endRun(of: export.id, by: actor)
    }

    /// Ends the transfer to an account: takes it off every export, and stops their runs. Throws what the
    /// catalog throws.
    package func endTransfer(_ connection: Connection, by actor: Actor) throws {
        let exports = try catalog.setup.exports().filter { $0.connection == connection.id }
        // First, so that no further run finds the connection.
        try catalog.setup.detach(exports.map(\.id), by: actor)
        for export in exports { try endRun(of: export.id, by: actor) }
    }

    /// The state of a run may change while this looks; what was refused for that reason is tried once more.
    private func endRun(of export: Export.ID, by actor: Actor) throws {
        for isLastTry in [false, true] {
            guard let run = try catalog.ledger.openRun(ofExport: export) else { return }
            do {
                if run.state == .held {
                    try dismiss(run, by: actor)
                } else {
                    try stop(run, by: actor)
                }
                return
            } catch let error as StoreError
                where !isLastTry && (error.code == .notHeld || error.code == .runEnded)
            {
                continue
            }
        }
    }
}
