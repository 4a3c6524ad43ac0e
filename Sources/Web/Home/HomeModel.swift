import Access
import Phrases
import Store

/// The front door.
struct HomeModel: Sendable {
    let items: [HomeAttention.Item]
    let isQuiet: Bool
    /// Nil once there has been a run.
    let steps: HomeSteps.Mark?
    let deliveries: BarChart?
    let sizes: [HomeCharts.Size]
    let hasSizes: Bool
    let runs: [RunsModel.Row]
    let hasRuns: Bool
    /// When the next scheduled refresh is, as a sentence; nil when none is.
    let next: String?
    let refreshes: [StatusModel.Row]
    let hasRefreshes: Bool

    init(
        attention: HomeAttention, steps: HomeSteps, deliveries: BarChart?,
        sizes: [HomeCharts.Size], runs: [Run], refreshes: [Refresh],
        numbers: [Refresh.ID: RefreshNumbers], next: String?, now: Int64, _ book: PhraseBook
    ) {
        self.next = next
        items = attention.items(book)
        isQuiet = items.isEmpty
        self.steps = steps.mark(book)
        self.deliveries = deliveries
        self.sizes = sizes
        hasSizes = !sizes.isEmpty
        self.runs = runs.map { RunsModel.Row($0, now: now, book) }
        hasRuns = !runs.isEmpty
        self.refreshes = refreshes.map {
            StatusModel.Row($0, numbers[$0.id] ?? RefreshNumbers(byState: [:]), now: now, book)
        }
        hasRefreshes = !refreshes.isEmpty
    }
}

/// The way from nothing to the first delivery.
struct HomeSteps: Sendable {
    let hasProfiles: Bool
    let hasSegments: Bool
    let hasConnections: Bool
    let hasExports: Bool
    let hasRuns: Bool
    let role: Role

    struct Mark: Sendable {
        let steps: [Step]
    }

    struct Step: Sendable {
        let text: String
        let isDone: Bool
        /// Nil when it was done, or is not for this person to do.
        let href: String?
    }

    /// Nil for those who have got there.
    func mark(_ book: PhraseBook) -> Mark? {
        guard !hasRuns else { return nil }
        let steps: [(Phrase, Bool, String, Permission)] = [
            (.homeStepImport, hasProfiles, "/imports", .importProfiles),
            (.homeStepSegment, hasSegments, "/segments/new", .changeSegments),
            (.homeStepConnection, hasConnections, "/admin/connections/new", .manageConnections),
            (.homeStepExport, hasExports, "/exports/new", .changeExports),
            (.homeStepRun, false, "/exports", .runExports),
        ]
        return Mark(
            steps: steps.map { phrase, isDone, href, permission in
                Step(
                    text: book.text(phrase), isDone: isDone,
                    href: !isDone && role.allows(permission) ? href : nil)
            })
    }
}
