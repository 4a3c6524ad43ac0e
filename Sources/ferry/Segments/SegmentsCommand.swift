import ArgumentParser
import Exports
import Foundation
import Profiles
import Runs
import Segments
import Store

struct SegmentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments", abstract: "Choose customers by rules, or as fixed sets.",
        subcommands: [
            Add.self, List.self, Show.self, Count.self, Members.self, Set.self, Remove.self,
        ])
}

extension Workspace {
    /// What makes a profile a member of a stored segment, now.
    func predicate(of segment: Segment) throws -> Segments.Predicate {
        try Planner.predicate(
            of: segment, schema: engine.schema(), library: library, moment: moment)
    }

    /// Reads a rule and checks what it means; the error shows the place.
    func checkedRule(_ text: String, as name: String?) throws -> (
        rule: Rule, predicate: Segments.Predicate
    ) {
        do {
            let rule = try Rule(parsing: text)
            let predicate = try rule.resolved(
                schema: engine.schema(), segments: library, now: moment, as: name)
            return (rule, predicate)
        } catch let error as RuleTextError {
            throw error.inText(text)
        }
    }
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
            let workspace = try Workspace.open(.changing(purpose: "segments add"))
            let ids = try idsFile.map(Self.ids)
            let draft: SegmentDesk.Draft
            if let rule {
                draft = isStatic ? .frozen(rule: rule) : .dynamic(rule: rule)
            } else {
                draft = .fixed(ids: ids ?? [])
            }
            let added = try workspace.segments.add(name, draft, by: workspace.actor)
            if let ids, !added.unknown.isEmpty {
                Output.note(
                    "\(added.unknown.count) of \(ids.count) ids are not those of profiles and were left out."
                )
            }
            let members = added.members
            if json {
                return try Output.json(
                    SegmentView(
                        name: name, rule: try rule.map { try Rule(parsing: $0).description },
                        kind: isStatic || idsFile != nil ? "static" : "dynamic", state: "active",
                        members: members))
            }
            Output.line("Added the segment '\(name)' with \(Output.number(members)) members.")
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
            let workspace = try Workspace.open(.reading)
            let views = try workspace.catalog.segments().map { segment in
                // A segment whose rule no longer fits the attributes is listed without a number.
                SegmentView(
                    segment, members: try? workspace.engine.count(workspace.predicate(of: segment)))
            }
            if json {
                struct View: Encodable { let segments: [SegmentView] }
                return try Output.json(View(segments: views))
            }
            let rows: [[String]] = views.map { view in
                let members = view.members.map { Output.number($0) } ?? "?"
                return [view.name, members, view.kind, view.state, view.rule ?? ""]
            }
            Output.table(["Segment", "Members", "Kind", "State", "Rule"], rows)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one segment and its rule.")

        @Argument(help: "The segment's name.")
        var name: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let workspace = try Workspace.open(.reading)
            let segment = try workspace.catalog.segment(named: name)
            let members = try workspace.engine.count(workspace.predicate(of: segment))
            let view = SegmentView(segment, members: members)
            if json { return try Output.json(view) }
            Output.line(
                "\(segment.name): \(view.kind), \(view.state), \(Output.number(members)) members")
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
            let workspace = try Workspace.open(.reading)
            let members: Int
            if let rule {
                members = try workspace.engine.count(workspace.checkedRule(rule, as: nil).predicate)
            } else {
                let segment = try workspace.catalog.segment(named: name ?? "")
                members = try workspace.engine.count(workspace.predicate(of: segment))
            }
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
            let workspace = try Workspace.open(.reading)
            let segment = try workspace.catalog.segment(named: name)
            let profiles = try workspace.engine.profiles(
                matching: workspace.predicate(of: segment), after: after,
                limit: min(max(1, limit), 10_000))
            if json {
                struct View: Encodable {
                    let segment: String
                    let profiles: [ProfileView]
                }
                return try Output.json(
                    View(segment: segment.name, profiles: profiles.map(ProfileView.init)))
            }
            let columns = try workspace.engine.schema().attributes.prefix(8).map(\.name)
            Output.table(
                columns,
                profiles.map { profile in columns.map { profile.values[$0]?.exported ?? "" } })
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
            let workspace = try Workspace.open(.changing(purpose: "segments set"))
            let segment = try workspace.catalog.segment(named: name)
            var newState: SegmentState?
            if let state {
                guard let known = SegmentState(rawValue: state) else {
                    throw UsageError("--state takes active or inactive.")
                }
                newState = known
            }
            if let rule {
                try workspace.segments.change(segment.id, rule: rule, by: workspace.actor)
            }
            if let newState {
                try workspace.segments.setState(newState, of: segment.id, by: workspace.actor)
            }
            Output.line("Changed the segment '\(segment.name)'.")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a segment that nothing uses.")

        @Argument(help: "The segment's name.")
        var name: String

        func run() async throws {
            let workspace = try Workspace.open(.changing(purpose: "segments remove"))
            let segment = try workspace.catalog.segment(named: name)
            let removed = try workspace.segments.remove(segment.id, by: workspace.actor)
            Output.line("Removed the segment '\(removed.name)'.")
        }
    }
}

/// A segment as JSON.
struct SegmentView: Encodable {
    let name: String
    let rule: String?
    let kind: String
    let state: String
    /// Nil when the rule no longer fits the attributes there are.
    let members: Int?

    init(name: String, rule: String?, kind: String, state: String, members: Int?) {
        self.name = name
        self.rule = rule
        self.kind = kind
        self.state = state
        self.members = members
    }

    init(_ segment: Segment, members: Int?) {
        switch segment.definition {
        case .dynamic(let rule):
            self.init(
                name: segment.name, rule: rule, kind: "dynamic", state: segment.state.rawValue,
                members: members)
        case .static:
            self.init(
                name: segment.name, rule: nil, kind: "static", state: segment.state.rawValue,
                members: members)
        }
    }
}
