import ArgumentParser
import Exports
import Foundation
import Profiles
import Runs
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
            print(summary, seconds: ContinuousClock.now - start)
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

        private func print(_ summary: ImportSummary, seconds: Duration) {
            Output.table(
                ["Attribute", "Kind", "Present", "Absent", ""],
                summary.attributes.map {
                    [
                        $0.name, $0.kind.rawValue, Output.number($0.present),
                        Output.number($0.absent),
                        note(on: $0),
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

        private func note(on attribute: ImportedAttribute) -> String {
            var notes: [String] = []
            if attribute.reason == .key { notes.append("the key") }
            if attribute.reason == .empty { notes.append("no values yet") }
            if attribute.reason == .declared { notes.append("as declared") }
            if let order = attribute.dateOrder {
                notes.append(order == .monthFirst ? "month first" : "day first")
            }
            if let old = attribute.convertedFrom { notes.append("was \(old.rawValue)") }
            return notes.joined(separator: ", ")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one profile.")

        @Argument(help: "The profile's id: its value in the key column.")
        var id: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            guard let profile = try workspace.engine.profile(id: id) else {
                throw StoreError(
                    .notFound, "There is no profile '\(id)'. 'ferry profiles list' shows some.")
            }
            let schema = try workspace.engine.schema()
            if json { return try Output.json(ProfileView(profile)) }
            Output.table(
                ["Attribute", "Value"],
                schema.attributes.map { [$0.name, profile.values[$0.name]?.exported ?? ""] })
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
            let workspace = try Workspace.open(.reading)
            let schema = try workspace.engine.schema()
            let predicate =
                try rule.map { try workspace.checkedRule($0, as: nil).predicate } ?? .always
            let profiles = try workspace.engine.profiles(
                matching: predicate, after: after, limit: min(max(1, limit), 10_000))
            if json {
                return try Output.json(
                    ProfileList(
                        profiles: profiles.map(ProfileView.init),
                        next: profiles.count == limit ? profiles.last?.id : nil))
            }
            let columns = schema.attributes.prefix(8).map(\.name)
            Output.table(
                columns,
                profiles.map { profile in columns.map { profile.values[$0]?.exported ?? "" } })
            if profiles.count == limit, let last = profiles.last {
                Output.note("More may follow: --after '\(last.id)'.")
            }
        }
    }

    struct Attributes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the attributes of profiles.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            let schema = try workspace.engine.schema()
            if json {
                struct View: Encodable { let attributes: [AttributeView] }
                return try Output.json(
                    View(
                        attributes: schema.attributes.map {
                            AttributeView(name: $0.name, kind: $0.kind.rawValue)
                        }))
            }
            Output.table(
                ["Attribute", "Kind"], schema.attributes.map { [$0.name, $0.kind.rawValue] })
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
