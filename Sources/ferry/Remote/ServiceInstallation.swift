import Acts
import Exports
import Foundation
import Profiles
import Segments
import Store

/// A running service as declarations are applied to it. It takes no new connections that way, because those
/// take the password of the administrator who adds them.
struct ServiceInstallation: Installation {
    let service: RemoteService
    let moment = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))

    func schema() async throws -> ProfileSchema {
        ProfileSchema(
            attributes: try await service.perform(ListAttributes()).items.map {
                Attribute(name: $0.name, kind: $0.kind)
            })
    }

    func segments() async throws -> [Segment] {
        try await service.list("/api/v1/segments", as: SegmentAnswer.self).map { segment in
            Segment(
                id: segment.id, name: segment.name,
                definition: segment.rule.map { .dynamic(rule: $0) } ?? .static,
                state: segment.state)
        }
    }

    func connections() async throws -> [InstalledConnection] {
        let found: [ConnectionAnswer] = try await service.list("/api/v1/connections")
        return found.map(InstalledConnection.init)
    }

    func offer(of connection: InstalledConnection) async throws -> AccountContents {
        do {
            let lists = try await service.perform(ListAccountLists(.id(connection.id))).items
            let fields = try await service.perform(ListAccountFields(.id(connection.id))).items
            return AccountContents(
                lists: lists, fields: fields, destination: connection.destination)
        } catch let problem as RemoteProblem where problem.status == 502 {
            return AccountContents(
                lists: nil, fields: nil, destination: connection.destination)
        }
    }

    func addSegment(named name: String, rule: String) async throws {
        _ = try await service.perform(AddSegment(name: name, rule: rule))
    }

    func setRule(_ rule: String, ofSegment name: String) async throws {
        _ = try await service.perform(ChangeSegment(.name(name), rule: rule))
    }

    func setState(_ state: SegmentState, ofSegment name: String) async throws {
        _ = try await service.perform(ChangeSegment(.name(name), state: state))
    }

    func open(_ account: NewAccount) async throws -> OpenedAccount {
        throw UsageError(
            "The service has no connection '\(account.name)'. Add it first with 'ferry connections add' or on its pages: that takes your own password, which no file should hold."
        )
    }

    func setLimits(_ limits: QuotaLimits, ofConnection name: String) async throws {
        var change = ChangeConnection(.name(name))
        change.limits = limits
        _ = try await service.perform(change)
    }
}
