import Acts
import ArgumentParser
import Foundation
import Segments
import Store

struct SegmentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments", abstract: "Choose customers by rules, or as fixed sets.",
        subcommands: [
            Add.self, List.self, Show.self, Count.self, Members.self, Set.self, Remove.self,
        ])
}

extension SegmentsCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a segment.",
            discussion: """
                A dynamic segment follows its rule. With --static the members are fixed now: those the rule \
                holds for, or the profile ids in --ids-file, one per line.
                """)

        @Argument(help: "The segment's name.")
        var name: String
        @Option(help: "The rule, such as \"HomeOwner = true and AnnualIncome >= 90000\".")
        var rule: String?
        @Flag(name: .customLong("static"), help: "Fix the members now.")
        var isStatic = false
        @Option(help: "A file of profile ids, one per line; '-' for standard input.")
        var idsFile: String?
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard (rule == nil) != (idsFile == nil) else {
                throw ValidationError("Give either --rule or --ids-file.")
            }
        }

        func run() async throws {
            let ids = try idsFile.map(Self.ids)
            let desk = try ActDesk.open(.changing(purpose: "segments add"))
            let added = try await desk.perform(
                AddSegment(
                    name: name, kind: isStatic || ids != nil ? .static : .dynamic, rule: rule,
                    ids: ids, passesUnknown: true))
            let unknown = ids.map { Swift.Set($0).count - (added.members ?? 0) } ?? 0
            if unknown > 0 {
                Output.note(
                    "\(unknown) of \(ids?.count ?? 0) ids are not those of profiles and were left out."
                )
            }
            if json {
                return try Output.json(
                    SegmentView(
                        added, rule: added.rule ?? added.formerRule, members: added.members))
            }
            Output.line(
                "Added the segment '\(name)' with \(Output.number(added.members ?? 0)) members.")
        }

        private static func ids(in file: String) throws -> [String] {
            let data =
                file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile()
                : FileManager.default.contents(atPath: file)
            guard let data else { throw UsageError("The file '\(file)' cannot be read.") }
            return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List segments with their members.")

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let views = try await found()
            if json {
                struct View: Encodable { let segments: [SegmentView] }
                return try Output.json(View(segments: views))
            }
            let rows: [[String]] = views.map { view in
                let members = view.members.map { Output.number($0) } ?? "?"
                return [
                    view.name, members, view.kind.rawValue, view.state.rawValue, view.rule ?? "",
                ]
            }
            Output.table(["Segment", "Members", "Kind", "State", "Rule"], rows)
        }

        private func found() async throws -> [SegmentView] {
            let desk = try ActDesk.open(.reading)
            var views: [SegmentView] = []
            for segment in try await desk.all({ ListSegments(page: $0) }) {
                // A segment whose rule no longer fits the attributes is listed without a number.
                let counted = try? await desk.perform(ShowSegment(.id(segment.id), counts: true))
                views.append(
                    SegmentView(segment, rule: segment.rule, members: counted?.members))
            }
            return views.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one segment and its rule.")

        @Argument(help: "The segment's name.")
        var name: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            let view = SegmentView(
                try await desk.perform(ShowSegment(.name(name), counts: true)))
            if json { return try Output.json(view) }
            Output.line(
                "\(view.name): \(view.kind.rawValue), \(view.state.rawValue), \(Output.number(view.members ?? 0)) members"
            )
            if let rule = view.rule { Output.line(rule) }
        }
    }

    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Count the members of a segment, or of a rule that is not stored.")

        @Argument(help: "The segment's name.")
        var name: String?
        @Option(help: "A rule to try.")
        var rule: String?
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard (name == nil) != (rule == nil) else {
                throw ValidationError("Give either the name of a segment or --rule.")
            }
        }

        func run() async throws {
            let members = try await count()
            if json {
                struct View: Encodable {
                    let members: Int
                    let segment: String?
                    let rule: String?
                }
                return try Output.json(View(members: members, segment: name, rule: rule))
            }
            Output.line(Output.number(members))
        }

        private func count() async throws -> Int {
            let desk = try ActDesk.open(.reading)
            if let rule { return try await desk.perform(CountRule(rule)).count }
            return try await desk.perform(ShowSegment(.name(name ?? ""), counts: true)).members ?? 0
        }
    }

    struct Members: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List members of a segment.")

        @Argument(help: "The segment's name.")
        var name: String
        @Option(help: "How many at most.")
        var limit = 20
        @Option(help: "Begin after this id.")
        var after: String?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let desk = try ActDesk.open(.reading)
            let profiles = try await desk.all(
                limit: min(max(1, limit), 10_000), after: after.map { Cursor(.members, $0) }
            ) { ListMembers(.name(name), page: $0) }.map(ProfileView.init)
            if json {
                struct View: Encodable {
                    let segment: String
                    let profiles: [ProfileView]
                }
                return try Output.json(View(segment: name, profiles: profiles))
            }
            ProfileView.print(profiles, columns: try await desk.columns())
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a segment's rule, or make it active or inactive.")

        @Argument(help: "The segment's name.")
        var name: String
        @Option(help: "The new rule.")
        var rule: String?
        @Option(help: "active or inactive.")
        var state: String?

        func run() async throws {
            var newState: SegmentState?
            if let state {
                guard let known = SegmentState(rawValue: state) else {
                    throw UsageError("--state takes active or inactive.")
                }
                newState = known
            }
            let desk = try ActDesk.open(.changing(purpose: "segments set"))
            let changed = try await desk.perform(
                ChangeSegment(.name(name), rule: rule, state: newState))
            Output.line("Changed the segment '\(changed.name)'.")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a segment that nothing uses.")

        @Argument(help: "The segment's name.")
        var name: String

        func run() async throws {
            let desk = try ActDesk.open(.changing(purpose: "segments remove"))
            _ = try await desk.perform(RemoveSegment(.name(name)))
            Output.line("Removed the segment '\(name)'.")
        }
    }
}

/// A segment as JSON.
struct SegmentView: Encodable {
    let name: String
    let rule: String?
    let kind: SegmentKind
    let state: SegmentState
    /// Nil when the rule no longer fits the attributes there are.
    let members: Int?

    init(_ segment: SegmentAnswer, rule: String?, members: Int?) {
        name = segment.name
        self.rule = rule
        kind = segment.kind
        state = segment.state
        self.members = members
    }

    init(_ segment: SegmentAnswer) {
        self.init(segment, rule: segment.rule, members: segment.members)
    }
}
