package import Access
import Profiles
package import Store

/// Refreshes without their tasks, newest first, a page at a time.
package struct ListRefreshes: RemoteAct {
    package static let needs = Permission.readRefreshes
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(
        by asker: Asker, in acts: ActContext
    ) throws -> Page<RefreshSummaryAnswer> {
        let found = try acts.catalog.history.refreshes(
            before: page.afterID(), limit: page.limit + 1)
        let numbers = try acts.catalog.history.numbers(ofRefreshes: found.map(\.id))
        return page.page(
            found, cursor: { Cursor(.refreshes, after: $0.id) },
            { RefreshSummaryAnswer($0, numbers[$0.id] ?? RefreshNumbers(byState: [:])) })
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/refreshes", query: page.query)
    }
}

/// A refresh with its tasks.
package struct ShowRefresh: RemoteAct {
    package static let needs = Permission.readRefreshes
    package let refresh: Refresh.ID

    package init(_ refresh: Refresh.ID) {
        self.refresh = refresh
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RefreshAnswer {
        try acts.answer(acts.refresh(refresh))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/refreshes/\(refresh)")
    }
}

/// Begins a refresh, which goes on by itself; while one is under way, that one is the answer.
package struct StartRefresh: RemoteAct {
    package static let needs = Permission.startRefresh
    /// Lets the request take effect once, however often it arrives.
    package let key: String?

    package init(key: String? = nil) {
        self.key = key
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> StartedRefreshAnswer {
        let begun = try acts.refresher().begin(for: asker.role, by: asker.actor)
        return StartedRefreshAnswer(
            refresh: try acts.answer(begun.refresh), isNew: begun.isNew)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("POST", "/api/v1/refreshes", body: [String: String](), idempotencyKey: key)
    }
}

/// Ends a refresh: what waits does not begin, and what runs is asked to stop.
package struct CancelRefresh: RemoteAct {
    package static let needs = Permission.startRefresh
    package let refresh: Refresh.ID

    package init(_ refresh: Refresh.ID) {
        self.refresh = refresh
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> RefreshAnswer {
        let refresher = try acts.refresher()
        try refresher.cancel(acts.refresh(refresh).id, by: asker.actor)
        return try acts.answer(acts.refresh(refresh))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("POST", "/api/v1/refreshes/\(refresh)/cancel", body: [String: String]())
    }
}

extension ActContext {
    /// Throws `Refusal` where no service runs, for only a service refreshes.
    fileprivate func refresher() throws -> any Refreshing {
        guard let refreshing else { throw Refusal(.conflict, cause: "no-service") }
        return refreshing
    }

    /// The refresh that is meant. Throws `Refusal` when there is none.
    package func refresh(_ id: Refresh.ID) throws -> Refresh {
        do {
            return try catalog.history.refresh(id: id)
        } catch let error as StoreError where error.code == .notFound {
            throw Refusal(.notFound, ["noun": .word("refresh"), "id": .digits(id)])
        }
    }

    fileprivate func answer(_ refresh: Refresh) throws -> RefreshAnswer {
        RefreshAnswer(refresh, try catalog.history.tasks(ofRefresh: refresh.id))
    }
}
