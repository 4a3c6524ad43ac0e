import Access
import Acts
import Store

/// Where a command performs its acts: in the data directory of this machine, or in the service that
/// `--server` names. A command is written once for both.
struct ActDesk: Sendable {
    private enum Place {
        case here(ActContext, Asker)
        case service(RemoteService)
    }

    private let place: Place

    /// Opens the data directory for `use`, unless a service is named.
    static func open(_ use: DataDirectory.Use) throws -> ActDesk {
        if let service = try ServerOption.service() { return ActDesk(place: .service(service)) }
        let workspace = try Workspace.open(use)
        return ActDesk(place: .here(workspace.acts, .terminal(workspace.actor)))
    }

    /// Whether acts travel to a service.
    var isRemote: Bool {
        if case .service = place { true } else { false }
    }

    func perform<A: RemoteAct>(_ act: A) async throws -> A.Answer {
        switch place {
        case .here(let acts, let asker): try await acts.perform(act, by: asker)
        case .service(let service):
            try await service.use { try await $0.perform(act) }
        }
    }

    /// Everything on a list, over as many pages as that takes. `act` asks for one of them.
    func all<Item, A: RemoteAct>(
        _ act: (PageRequest) -> A
    ) async throws -> [Item] where A.Answer == Page<Item> {
        switch place {
        case .here(let acts, let asker):
            try await Self.pages { try await acts.perform(act($0), by: asker) }
        case .service(let service):
            // One connection for all of them: `use` closes it at its end.
            try await service.use { service in
                try await Self.pages { try await service.perform(act($0)) }
            }
        }
    }

    private static func pages<Item>(
        _ page: (PageRequest) async throws -> Page<Item>
    ) async throws -> [Item] {
        var items: [Item] = []
        var after: Cursor?
        repeat {
            let found = try await page(PageRequest(limit: PageRequest.limitMax, after: after))
            items += found.items
            after = found.next.flatMap { Cursor($0) }
        } while after != nil
        return items
    }
}

extension RemoteService: ThingFinder {
    /// Asks the service for an act.
    func perform<A: RemoteAct>(_ act: A) async throws -> A.Answer {
        let call = try await act.call(self)
        if A.Answer.self == Done.self, let done = Done() as? A.Answer {
            try await send(call)
            return done
        }
        return try await send(call, as: A.Answer.self)
    }

    func id(of reference: Reference, noun: String, in list: String) async throws -> Int64 {
        switch reference {
        case .id(let id): return id
        case .name(let name):
            let thing: NamedThing = try await named(name, in: list, noun: noun)
            return thing.id
        }
    }

    private struct NamedThing: Decodable, RemoteNamed {
        let id: Int64
        let name: String
    }
}
