import ArgumentParser
import Delivery
import Exports
import Foundation
import Profiles
import Segments
import Store

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
            let options = try options()
            if let service = try ServerOption.service() {
                return try await service.use { try await run(on: $0, options) }
            }
            let file = try ImportFile(path: file)
            let workspace = try Workspace.open(.changing(purpose: "profiles import"))
            let interruption = Interruption(message: "Stopping; nothing will be kept.")
            let bar = ProgressBar(isQuiet: json)
            let start = ContinuousClock.now
            let summary: ImportSummary
            do {
                summary = try workspace.importRecorded(
                    file, options: options, progress: { show($0, on: bar) },
                    isCancelled: { interruption.stop.isRequested })
            } catch let error as ImportError {
                bar.clear()
                throw FileError(path: self.file, problem: error.description)
            } catch {
                bar.clear()
                throw error
            }
            bar.clear()
            if json { return try Output.json(summary) }
            print(ImportView(summary), seconds: ContinuousClock.now - start)
        }

        private func run(on service: RemoteService, _ options: ImportOptions) async throws {
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
            let name = file == "-" ? "standard input" : URL(filePath: file).lastPathComponent
            let interruption = Interruption(message: "Stopping; nothing will be kept.")
            let bar = ProgressBar(isQuiet: json)
            let start = ContinuousClock.now
            let summary = try await service.importProfiles(
                handle, named: name, options: options, stop: interruption.stop
            ) { now in
                bar.show(
                    now.phase, now.bytes >> 10, of: now.bytesTotal >> 10, unit: "KB",
                    note: "\(Output.number(now.rows)) rows")
            }
            bar.clear()
            let view = ImportView(summary)
            if json { return try Output.json(view) }
            print(view, seconds: ContinuousClock.now - start)
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
                badRowsPath: skipBadRows, removeMissing: removeMissing)
        }

        private func show(_ progress: ImportProgress, on bar: ProgressBar) {
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
            if let service = try ServerOption.service() {
                let (customer, names) = try await service.use {
                    (try await $0.customer(id), try await $0.attributes().map(\.name))
                }
                let view = ProfileView(customer)
                if json { return try Output.json(view) }
                return show(view, names, changedAt: customer.changedAt.text)
            }
            let workspace = try Workspace.open(.reading)
            guard let profile = try await workspace.engine.profile(id: id) else {
                throw CommandError(
                    "There is no profile '\(id)'. 'ferry profiles list' shows some.")
            }
            let schema = try await workspace.engine.schema()
            let view = ProfileView(profile)
            if json { return try Output.json(view) }
            show(
                view, schema.attributes.map(\.name),
                changedAt: Output.time(profile.changedAt.milliseconds))
        }

        private func show(_ profile: ProfileView, _ names: [String], changedAt: String) {
            Output.table(
                ["Attribute", "Value"], names.map { [$0, profile.values[$0]?.text ?? ""] })
            Output.line()
            Output.line("Last changed \(changedAt) UTC.")
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
            if let service = try ServerOption.service() {
                return try await service.use { try await list(on: $0) }
            }
            let workspace = try Workspace.open(.reading)
            let schema = try await workspace.engine.schema()
            let predicate: Segments.Predicate =
                if let rule { try await workspace.checkedRule(rule, as: nil).predicate } else {
                    .always
                }
            let page = try await workspace.engine.page(
                of: predicate, after: after, limit: min(max(1, limit), 10_000))
            let profiles = page.profiles
            if json {
                return try Output.json(
                    ProfileList(profiles: profiles.map(ProfileView.init), next: page.next))
            }
            let columns = schema.attributes.prefix(8).map(\.name)
            Output.table(
                columns,
                profiles.map { profile in columns.map { profile.values[$0]?.exported ?? "" } })
            if let next = page.next {
                Output.note("More may follow: --after '\(next)'.")
            }
        }

        /// A service has no order of ids to begin within.
        private func list(on service: RemoteService) async throws {
            guard after == nil else {
                throw UsageError("--after works where the data is. Narrow the list with --where.")
            }
            let limit = min(max(1, limit), 10_000)
            let profiles = try await service.profiles(matching: rule, limit: limit)
            if json { return try Output.json(ProfileList(profiles: profiles, next: nil)) }
            let columns = try await service.columns()
            Output.table(
                columns,
                profiles.map { profile in columns.map { profile.values[$0]?.text ?? "" } })
        }
    }

    struct Attributes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the attributes of profiles.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let attributes = try await found()
            if json {
                struct View: Encodable { let attributes: [AttributeView] }
                return try Output.json(View(attributes: attributes))
            }
            Output.table(["Attribute", "Kind"], attributes.map { [$0.name, $0.kind] })
        }

        private func found() async throws -> [AttributeView] {
            if let service = try ServerOption.service() {
                return try await service.use { try await $0.attributes() }.map {
                    AttributeView(name: $0.name, kind: $0.kind)
                }
            }
            return try await Workspace.open(.reading).engine.schema().attributes.map {
                AttributeView(name: $0.name, kind: $0.kind.rawValue)
            }
        }
    }

    private struct AttributeView: Encodable {
        let name: String
        let kind: String
    }

    private struct ProfileList: Encodable {
        let profiles: [ProfileView]
        let next: String?
    }
}

/// A profile as JSON: values in their own types.
struct ProfileView: Encodable {
    let id: String
    let changedAt: String
    let values: [String: Value]

    init(_ profile: Profile) {
        id = profile.id
        changedAt = profile.changedAt.shortDescription
        values = profile.values.mapValues(Value.init)
    }

    /// A profile as a service tells it.
    init(_ profile: RemoteProfile) {
        id = profile.id
        // Whole seconds without their fraction, as the data directory tells them.
        changedAt = profile.changedAt.replacing(".000Z", with: "Z")
        values = profile.attributes.compactMapValues(Value.init)
    }

    /// A profile as a service tells it with everything else.
    init(_ customer: RemoteCustomer) {
        id = customer.id
        changedAt = customer.changedAt.iso
        values = customer.attributes.compactMapValues(Value.init)
    }

    enum Value: Encodable {
        case number(Double)
        case boolean(Bool)
        case text(String)

        init(_ value: AttributeValue) {
            switch value {
            case .number(let number): self = .number(number)
            case .boolean(let boolean): self = .boolean(boolean)
            case .text, .date, .timestamp: self = .text(value.exported)
            }
        }

        init?(_ value: RemoteJSON) {
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
