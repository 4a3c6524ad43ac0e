import Access
import Acts
import Exports
import Hummingbird
import Phrases
import Schedules
import Segments
import Service
import Store

/// The front door: what needs a person, then how things went, then what comes next.
struct HomePages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    /// How far back the charts go, and what counts as lately.
    private static let chartDays: Int64 = 30
    private static let latelyDays: Int64 = 1
    static let rowsMax = 5
    /// Segments with a chart of their own: those that exports use, then the largest.
    private static let segmentsMax = 4

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/", needs: .readExports) { signedIn in
            renderer.page(
                "home", title: signedIn.book.text(.homeTitle), try await model(for: signedIn),
                for: signedIn)
        }
    }

    /// When the schedule begins the next refresh, in the time zone of the schedule; nil when it is off.
    private func next(_ book: PhraseBook) throws -> String? {
        guard let stored = try services.catalog.setup.systemSchedule(), stored.isActive,
            let next = stored.schedule.next(after: services.acts.scheduleNow)
        else { return nil }
        return book.text(
            .homeNext,
            [
                "time":
                    "\(book.longTime(next, in: stored.schedule.timeZone)) (\(stored.schedule.timeZone))"
            ])
    }

    private func model(for signedIn: SignedIn) async throws -> HomeModel {
        let (catalog, book, now) = (services.catalog, signedIn.book, services.now())
        let entries = try catalog.history.segmentEntries()
        let exports = try catalog.setup.exportEntries(limit: 1)
        let connections =
            signedIn.role.allows(.manageConnections) ? try catalog.setup.connections() : []
        let lately = now - Self.latelyDays * HistoryCatalog.dayMilliseconds
        let refreshes = try catalog.history.refreshes(limit: Self.rowsMax)
        let attention = HomeAttention(
            runs: try catalog.history.runsThatNeedSomebody(limit: Self.rowsMax),
            refusals: try catalog.history.runsThatRefused(since: lately, limit: Self.rowsMax),
            connections: connections.filter { $0.checkCode != nil },
            segments: entries.filter { $0.trouble != nil }, refresh: refreshes.first)
        let start = now - Self.chartDays * HistoryCatalog.dayMilliseconds
        return HomeModel(
            attention: attention,
            steps: HomeSteps(
                hasProfiles: try await !services.engine.page(of: .always, limit: 1).profiles
                    .isEmpty, hasSegments: !entries.isEmpty,
                hasConnections: try !catalog.setup.connections(usableBy: signedIn.role).isEmpty,
                hasExports: !exports.isEmpty, hasRuns: try !catalog.ledger.runs(limit: 1).isEmpty,
                role: signedIn.role),
            deliveries: HomeCharts.deliveries(
                try catalog.history.daysOfRuns(since: start), days: Self.chartDays, now: now, book),
            sizes: HomeCharts.sizes(
                entries, try catalog.history.segmentSizes(since: start), limit: Self.segmentsMax,
                book),
            // Without their reasons, which take a count of people.
            runs: try catalog.ledger.runs(
                ofExport: Export.ID?.none, state: nil, before: nil, limit: Self.rowsMax),
            refreshes: refreshes,
            numbers: try catalog.history.numbers(ofRefreshes: refreshes.map(\.id)),
            next: try next(book),
            now: now,
            book)
    }
}
