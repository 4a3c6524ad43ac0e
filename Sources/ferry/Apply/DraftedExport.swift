import Acts
import Exports
import Store

extension ExportResolver {
    /// The export, and what a person should know although it does not stop them. The first thing that is
    /// wrong is thrown.
    func export(
        of draft: ExportDraft, connection: Connection.ID?
    ) throws -> (export: Export, warnings: [String]) {
        let (export, findings) = resolve(draft, connection: connection)
        guard let export, findings.allSatisfy(\.isWarning) else {
            guard let finding = findings.first(where: { !$0.isWarning }) else {
                preconditionFailure("A draft without findings became no export.")
            }
            let told = Advice.sentence(finding)
            guard finding.code.isUnknownThing else { throw UsageError(told) }
            throw CommandError(told)
        }
        // That a date is text in the end is nothing to stop for here.
        let warnings = findings.filter { $0.code != .arrivesAsText }
        return (export, warnings.map { Advice.sentence($0) })
    }
}
