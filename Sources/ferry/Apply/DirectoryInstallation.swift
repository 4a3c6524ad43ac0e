import Acts
import Delivery
import Exports
import Profiles
import Segments
import Service
import Store

/// The data directory as declarations are applied to it.
struct DirectoryInstallation: Installation {
    let workspace: Workspace
    private let exports: ExportDesk

    init(workspace: Workspace) {
        self.workspace = workspace
        exports = workspace.acts(ForegroundRuns(workspace.runner)).exports
    }

    var moment: Timestamp { workspace.moment }

    func schema() async throws -> ProfileSchema { try await workspace.engine.schema() }

    func segments() throws -> [Segment] { try workspace.catalog.setup.segments() }

    func connections() throws -> [InstalledConnection] {
        try workspace.catalog.setup.connections().map {
            InstalledConnection(id: $0.id, name: $0.name, host: $0.host, pace: $0.pace)
        }
    }

    func offer(of connection: InstalledConnection) async throws -> AccountContents {
        let found = try await exports.offer(connection.id)
        if let trouble = found.trouble, !trouble.isPassing { throw trouble }
        return AccountContents(lists: found.lists, fields: found.fields)
    }

    func addSegment(named name: String, rule: String) async throws {
        _ = try await workspace.segments.add(name, .dynamic(rule: rule), by: workspace.actor)
    }

    func setRule(_ rule: String, ofSegment name: String) async throws {
        let segment = try workspace.catalog.setup.segment(named: name)
        try await workspace.segments.change(segment.id, rule: rule, by: workspace.actor)
    }

    func setState(_ state: SegmentState, ofSegment name: String) async throws {
        let segment = try workspace.catalog.setup.segment(named: name)
        try await workspace.segments.setState(state, of: segment.id, by: workspace.actor)
    }

    func open(_ account: NewAccount) async throws -> OpenedAccount {
        let opened = try await workspace.opener.open(account.settings, pace: account.pace)
        let (facts, lists, fields) = try await workspace.withAccount(opened) {
            (
                try await $0.destination.check(), try await $0.destination.lists(),
                try await $0.destination.fields()
            )
        }
        let sealed = try workspace.opener.seal(account.settings)
        return OpenedAccount(offer: AccountContents(lists: lists, fields: fields)) {
            _ = try workspace.catalog.setup.add(
                NewConnection(
                    name: account.name, destination: account.settings.destination,
                    host: account.settings.host, sealedSecret: sealed, pace: account.pace,
                    facts: facts),
                by: workspace.actor)
        }
    }

    func setPace(_ pace: QuotaLimits, ofConnection name: String) throws {
        try workspace.catalog.setup.setPace(pace, ofConnection: name, by: workspace.actor)
    }
}
