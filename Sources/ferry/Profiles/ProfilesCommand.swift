import Acts
import ArgumentParser
import Delivery
import Foundation
import Phrases
import Profiles
import Service
import Store
import Web

struct ProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles", abstract: "Import customers and look them up.",
        subcommands: [Import.self, Show.self, List.self, Attributes.self])
}

extension ProfilesCommand {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import a CSV or JSON-lines file: all of it, or nothing.",
            discussion: """
                Kinds of columns are found out over the whole file and shown. Rows whose key is known change \
                that profile; other columns keep their values. '-' reads standard input.
                """)

        @Argument(help: "The file, or '-' for standard input.")
        var file: String
        @Option(help: "The column that identifies a customer.")
        var key: String
        @Option(
            name: .customLong("type"),
            help: "COLUMN=KIND: text, number, boolean, date or timestamp. Repeatable.")
        var types: [String] = []
        @Option(
            name: .customLong("null"), help: "A text that means absent, such as NA. Repeatable.")
        var nulls: [String] = []
        @Option(help: "Which number comes first in dates like 4/8/1966: mdy or dmy.")
        var dateOrder: String?
        @Option(name: .customLong("ignore"), help: "A column that is not imported. Repeatable.")
        var ignored: [String] = []
        @Option(help: "Write rows that cannot be imported to this file instead of stopping.")
        var skipBadRows: String?
        @Flag(
            name: [.customLong("replace"), .customLong("remove-missing")],
            help: "Remove profiles that are not in the file.")
        var removeMissing = false
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let choices = ImportChoices(try options(), skipsBadRows: skipBadRows != nil)
            let bar = ProgressBar(isQuiet: json)
            let start = ContinuousClock.now
            do {
                let summary =
                    if let service = try ServerOption.service() {
                        try await carryOut(choices, on: service, bar)
                    } else {
                        try await carryOut(choices, bar)
                    }
                bar.clear()
                guard let summary else { return }
                let view = ImportView(summary)
                if json { return try Output.json(view) }
                print(view, seconds: ContinuousClock.now - start)
            } catch {
                bar.clear()
                throw error
            }
        }

        /// In the data directory, here and now.
        private func carryOut(
            _ choices: ImportChoices, _ bar: ProgressBar
        ) async throws -> ImportAnswer.Summary? {
            let file = try ImportFile(path: file)
            let workspace = try Workspace.open(.changing(purpose: "profiles import"))
            let interruption = Interruption(message: Self.stopping)
            let desk = ActDesk(
                in: workspace,
                importing: ImportAtOnce.Work(
                    file: file, badRowsPath: skipBadRows,
                    progress: { Self.show(ImportAnswer.Progress($0), on: bar) },
                    isCancelled: { interruption.stop.isRequested }))
            let new = ImportDesk.NewFile(name: fileName, bytes: file.bytes, upload: nil)
            do {
                let done = try await desk.performHere(
                    AddImport(new, choices: choices, starts: true))
                if let skipBadRows { try BadRows.tell(at: skipBadRows) }
                guard json, let done else { return done?.summary }
                bar.clear()
                // With what the file itself is like, which a service does not tell.
                try Output.json(workspace.catalog.history.fileImport(id: done.id).summary)
                return nil
            } catch let error as ImportError {
                throw FileError(path: self.file, problem: Advice.sentence(error))
            }
        }

        /// In a service, which is watched until it has ended.
        private func carryOut(
            _ choices: ImportChoices, on service: RemoteService, _ bar: ProgressBar
        ) async throws -> ImportAnswer.Summary? {
            guard skipBadRows == nil else {
                throw UsageError(
                    "--skip-bad-rows writes a file where the import runs: use the service's pages, which offer it for download."
                )
            }
            let handle =
                file == "-"
                ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
            guard let handle else {
                throw FileError(path: file, problem: "it cannot be read")
            }
            let interruption = Interruption(message: Self.stopping)
            let draft: ImportAnswer = try await service.upload(
                "/api/v1/imports", ["fileName": fileName, "start": "false"], file: handle,
                contentType: "application/octet-stream")
            var job = try await service.perform(StartImport(draft.id, choices: choices))
            var isCancelled = false
            while job.state == .waiting || job.state == .running {
                if interruption.stop.isRequested, !isCancelled {
                    isCancelled = true
                    _ = try await service.perform(CancelImport(job.id))
                }
                if let now = job.progress { Self.show(now, on: bar) }
                try await Task.sleep(for: Self.lookPause)
                job = try await service.perform(ShowImport(job.id))
            }
            if job.state == .cancelled { throw CancellationError() }
            guard let summary = job.summary else {
                let rows = job.badRows.map { "\n  line \($0.line): \(Advice.sentence($0.detail))" }
                    .joined()
                throw RemoteProblem(
                    status: 409,
                    text: (job.detail.map(PhraseBook(.en).report) ?? "The import came to nothing.")
                        + rows)
            }
            return summary
        }

        private static let stopping = "Stopping; nothing will be kept."
        /// Between two looks at an import.
        private static let lookPause = Duration.milliseconds(500)

        private var fileName: String {
            file == "-" ? "standard input" : URL(filePath: file).lastPathComponent
        }

        private func options() throws -> ImportOptions {
            var kinds: [String: AttributeKind] = [:]
            for type in types {
                let parts = type.split(separator: "=", omittingEmptySubsequences: false)
                guard parts.count >= 2,
                    let kind = AttributeKind(rawValue: String(parts[parts.count - 1]))
                else {
                    throw UsageError(
                        "--type takes COLUMN=KIND, where KIND is \(AttributeKind.allCases.map(\.rawValue).joined(separator: ", "))."
                    )
                }
                kinds[parts.dropLast().joined(separator: "=")] = kind
            }
            var order: DateOrder?
            if let dateOrder {
                guard let known = DateOrder(rawValue: dateOrder) else {
                    throw UsageError("--date-order takes mdy (month first) or dmy (day first).")
                }
                order = known
            }
            return ImportOptions(
                key: key, kinds: kinds, nullTexts: nulls, dateOrder: order, ignoredColumns: ignored,
                removeMissing: removeMissing)
        }

        private static func show(_ progress: ImportAnswer.Progress, on bar: ProgressBar) {
            let label =
                switch progress.phase {
                case .inspecting: "Inspecting"
                case .storing: "Storing   "
                case .removing: "Removing  "
                }
            bar.show(
                label, progress.bytes >> 10, of: progress.bytesTotal >> 10, unit: "KB",
                note: "\(Output.number(progress.rows)) rows")
        }

        private func print(_ summary: ImportView, seconds: Duration) {
            Output.table(
                ["Attribute", "Kind", "Present", "Absent", ""],
                summary.attributes.map {
                    [
                        $0.name, $0.kind, Output.number($0.present), Output.number($0.absent),
                        $0.note,
                    ]
                })
            Output.line()
            var parts = [
                "\(Output.number(summary.rows)) rows: \(Output.number(summary.added)) added",
                "\(Output.number(summary.changed)) changed",
                "\(Output.number(summary.unchanged)) unchanged",
            ]
            if summary.skipped > 0 { parts.append("\(Output.number(summary.skipped)) set aside") }
            if summary.removed > 0 {
                parts.append("\(Output.number(summary.removed)) profiles removed")
            }
            let time =
                Double(seconds.components.seconds) + Double(seconds.components.attoseconds) / 1e18
            Output.line(parts.joined(separator: ", ") + String(format: ", in %.1f s.", time))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one profile.")

        @Argument(help: "The profile's id: its value in the key column.")
        var id: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            let profile: ProfileCardAnswer
            do {
                profile = try await desk.perform(ShowProfile(id))
            } catch let refusal as Refusal where refusal.code == .notFound {
                throw CommandError(
                    "There is no profile '\(id)'. 'ferry profiles list' shows some.")
            }
            let view = ProfileView(profile)
            if json { return try Output.json(view) }
            let attributes = try await desk.perform(ListAttributes()).items
            Output.table(
                ["Attribute", "Value"],
                attributes.map { [$0.name, view.values[$0.name]?.text ?? ""] })
            Output.line()
            Output.line("Last changed \(Output.time(profile.changedAt.milliseconds)) UTC.")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List profiles that a rule holds for.")

        @Option(name: .customLong("where"), help: "A rule; everyone without it.")
        var rule: String?
        @Option(help: "How many at most.")
        var limit = 20
        @Option(help: "Begin after this id.")
        var after: String?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            // A service has no order of ids to begin within.
            guard !desk.isRemote || after == nil else {
                throw UsageError("--after works where the data is. Narrow the list with --where.")
            }
            let found = try await desk.some(
                limit: min(max(1, limit), 10_000), after: after.map { Cursor(.members, $0) }
            ) { ListProfiles(filter: rule, order: .ids, page: $0) }
            let profiles = found.items.map(ProfileView.init)
            let next = desk.isRemote ? nil : found.next?.parts.first
            if json {
                struct View: Encodable {
                    let profiles: [ProfileView]
                    let next: String?
                }
                return try Output.json(View(profiles: profiles, next: next))
            }
            ProfileView.print(profiles, columns: try await desk.columns())
            if let next { Output.note("More may follow: --after '\(next)'.") }
        }
    }

    struct Attributes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the attributes of profiles.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let attributes = try await ActDesk.open(.reading).perform(ListAttributes()).items
            if json {
                struct View: Encodable { let attributes: [AttributesAnswer.Item] }
                return try Output.json(View(attributes: attributes))
            }
            Output.table(["Attribute", "Kind"], attributes.map { [$0.name, $0.kind.rawValue] })
        }
    }
}

extension ActDesk {
    /// How many attributes a table of profiles shows.
    private static let columnsMax = 8

    /// The first attributes, which a table of profiles shows.
    func columns() async throws -> [String] {
        try await perform(ListAttributes()).items.prefix(Self.columnsMax).map(\.name)
    }
}

/// A profile as JSON: values in their own types.
struct ProfileView: Encodable {
    let id: String
    let changedAt: String
    let values: [String: Value]

    init(_ profile: ProfileAnswer) {
        self.init(profile.id, profile.changedAt, profile.attributes)
    }

    init(_ profile: ProfileCardAnswer) {
        self.init(profile.id, profile.changedAt, profile.attributes)
    }

    private init(_ id: String, _ changedAt: Moment, _ attributes: [String: JSONValue]) {
        self.id = id
        self.changedAt = Timestamp(milliseconds: changedAt.milliseconds).shortDescription
        values = attributes.compactMapValues(Value.init)
    }

    static func print(_ profiles: [ProfileView], columns: [String]) {
        Output.table(
            columns, profiles.map { profile in columns.map { profile.values[$0]?.text ?? "" } })
    }

    enum Value: Encodable {
        case number(Double)
        case boolean(Bool)
        case text(String)

        init?(_ value: JSONValue) {
            switch value {
            case .integer(let number): self = .number(Double(number))
            case .number(let number): self = .number(number)
            case .bool(let boolean): self = .boolean(boolean)
            case .string(let text): self = .text(text)
            case .null, .array, .object: return nil
            }
        }

        /// As tables and files show it.
        var text: String {
            switch self {
            case .number(let number): AttributeValue.number(number).exported
            case .boolean(let boolean): AttributeValue.boolean(boolean).exported
            case .text(let text): text
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .boolean(let boolean): try container.encode(boolean)
            case .text(let text): try container.encode(text)
            }
        }
    }
}
