import Access
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
    private let acts: ActContext
    private var asker: Asker { .terminal(workspace.actor) }

    init(workspace: Workspace) {
        self.workspace = workspace
        acts = workspace.acts(ForegroundRuns(workspace.runner))
    }

    var moment: Timestamp { workspace.moment }

    func schema() async throws -> ProfileSchema { try await workspace.engine.schema() }

    func segments() throws -> [Segment] { try workspace.catalog.setup.segments() }

    func connections() throws -> [InstalledConnection] {
        try acts.connections(for: asker).map(InstalledConnection.init)
    }

    func offer(of connection: InstalledConnection) async throws -> AccountContents {
        let found = try await acts.exports.offer(connection.id)
        if let trouble = found.trouble, !trouble.isPassing { throw trouble }
        return AccountContents(
            lists: found.lists, fields: found.fields, destination: connection.destination)
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
        let type = account.destination.id
        let checked = try await acts.perform(
            CheckAccount(type: type, settings: account.settings), by: asker)
        let opened = try await acts.open(type: type, account.settings)
        let (lists, fields) = try await opened.closing {
            (try await $0.lists(), try await $0.fields())
        }
        let offer = AccountContents(
            lists: lists, fields: fields, destination: account.destination)
        return OpenedAccount(offer: offer) {
            _ = try await acts.perform(
                AddConnection(
                    name: account.name, type: type, audience: .administrators,
                    account: .checked(checked), agrees: true, password: .confirmed,
                    limits: account.limits), by: asker)
        }
    }

    func setLimits(_ limits: QuotaLimits, ofConnection name: String) async throws {
        var change = ChangeConnection(.name(name))
        change.limits = limits
        _ = try await acts.perform(change, by: asker)
    }
}
