import Acts
import ArgumentParser
import Delivery
import Exports
import Foundation
import Profiles
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
    func predicate(of segment: Segment) async throws -> Segments.Predicate {
        try await Planner.predicate(
            of: segment, schema: engine.schema(), library: library, moment: moment)
    }

    /// Reads a rule and checks what it means; the error shows the place.
    func checkedRule(_ text: String, as name: String?) async throws -> (
        rule: Rule, predicate: Segments.Predicate
    ) {
        do {
            let rule = try Rule(parsing: text)
            let predicate = try await rule.resolved(
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
            let ids = try idsFile.map(Self.ids)
            let view = try await add(ids)
            if json { return try Output.json(view) }
            Output.line(
                "Added the segment '\(name)' with \(Output.number(view.members ?? 0)) members.")
        }

        private func add(_ ids: [String]?) async throws -> SegmentView {
            if let service = try ServerOption.service() {
                let new = RemoteNewSegment(
                    name: name, kind: isStatic || ids != nil ? "static" : "dynamic", rule: rule,
                    ids: ids)
                return SegmentView(
                    try await service.use { try await $0.send("POST", "/api/v1/segments", new) },
                    rule: try canonicalRule)
            }
            let workspace = try Workspace.open(.changing(purpose: "segments add"))
            let draft: SegmentDesk.Draft
            if let rule {
                draft = isStatic ? .frozen(rule: rule) : .dynamic(rule: rule)
            } else {
                draft = .fixed(ids: ids ?? [])
            }
            let added = try await workspace.segments.add(name, draft, by: workspace.actor)
            if let ids, !added.unknown.isEmpty {
                Output.note(
                    "\(added.unknown.count) of \(ids.count) ids are not those of profiles and were left out."
                )
            }
            return SegmentView(
                name: name, rule: try canonicalRule,
                kind: isStatic || idsFile != nil ? "static" : "dynamic", state: "active",
                members: added.members)
        }

        private var canonicalRule: String? {
            get throws { try rule.map { try Rule(parsing: $0).description } }
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
                return [view.name, members, view.kind, view.state, view.rule ?? ""]
            }
            Output.table(["Segment", "Members", "Kind", "State", "Rule"], rows)
        }

        private func found() async throws -> [SegmentView] {
            if let service = try ServerOption.service() {
                return try await service.use { service in
                    var views: [SegmentView] = []
                    for segment in try await service.segments() {
                        // A segment whose rule no longer fits the attributes is listed without a number.
                        let counted = try? await service.counted(segment)
                        views.append(SegmentView(segment, members: counted?.members))
                    }
                    return views
                }
            }
            let workspace = try Workspace.open(.reading)
            var views: [SegmentView] = []
            for segment in try workspace.catalog.setup.segments() {
                // A segment whose rule no longer fits the attributes is listed without a number.
                let members = try? await workspace.engine.count(workspace.predicate(of: segment))
                views.append(SegmentView(segment, members: members))
            }
            return views
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one segment and its rule.")

        @Argument(help: "The segment's name.")
        var name: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let view = try await found()
            if json { return try Output.json(view) }
            Output.line(
                "\(view.name): \(view.kind), \(view.state), \(Output.number(view.members ?? 0)) members"
            )
            if let rule = view.rule { Output.line(rule) }
        }

        private func found() async throws -> SegmentView {
            if let service = try ServerOption.service() {
                return try await service.use { service in
                    let segment = try await service.counted(try await service.segment(named: name))
                    return SegmentView(segment, members: segment.members)
                }
            }
            let workspace = try Workspace.open(.reading)
            let segment = try workspace.catalog.setup.segment(named: name)
            return SegmentView(
                segment, members: try await workspace.engine.count(workspace.predicate(of: segment))
            )
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
            if let service = try ServerOption.service() {
                return try await service.use { service in
                    if let rule { return try await service.count(rule: rule) }
                    let segment = try await service.segment(named: name ?? "")
                    return try await service.counted(segment).members ?? 0
                }
            }
            let workspace = try Workspace.open(.reading)
            if let rule {
                return try await workspace.engine.count(
                    workspace.checkedRule(rule, as: nil).predicate)
            }
            let segment = try workspace.catalog.setup.segment(named: name ?? "")
            return try await workspace.engine.count(workspace.predicate(of: segment))
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
            let (profiles, columns) = try await found()
            if json {
                struct View: Encodable {
                    let segment: String
                    let profiles: [ProfileView]
                }
                return try Output.json(View(segment: name, profiles: profiles))
            }
            Output.table(
                columns,
                profiles.map { profile in columns.map { profile.values[$0]?.text ?? "" } })
        }

        /// Members, and the attributes that a table shows.
        private func found() async throws -> ([ProfileView], columns: [String]) {
            let limit = min(max(1, limit), 10_000)
            if let service = try ServerOption.service() {
                return try await service.use { service in
                    let segment = try await service.segment(named: name)
                    return (
                        try await service.members(of: segment, after: after, limit: limit),
                        try await service.columns()
                    )
                }
            }
            let workspace = try Workspace.open(.reading)
            let segment = try workspace.catalog.setup.segment(named: name)
            let page = try await workspace.engine.page(
                of: workspace.predicate(of: segment), after: after, limit: limit)
            return (page.profiles.map(ProfileView.init), try await workspace.columns)
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
            if let service = try ServerOption.service() {
                try await service.use {
                    try await $0.changeSegment(named: name, rule: rule, state: newState?.rawValue)
                }
                return Output.line("Changed the segment '\(name)'.")
            }
            let workspace = try Workspace.open(.changing(purpose: "segments set"))
            let segment = try workspace.catalog.setup.segment(named: name)
            if let rule {
                try await workspace.segments.change(segment.id, rule: rule, by: workspace.actor)
            }
            if let newState {
                try await workspace.segments.setState(newState, of: segment.id, by: workspace.actor)
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
            if let service = try ServerOption.service() {
                try await service.use {
                    let segment = try await $0.segment(named: name)
                    try await $0.send("DELETE", "/api/v1/segments/\(segment.id)")
                }
                return Output.line("Removed the segment '\(name)'.")
            }
            let workspace = try Workspace.open(.changing(purpose: "segments remove"))
            let segment = try workspace.catalog.setup.segment(named: name)
            let removed = try await workspace.segments.remove(segment.id, by: workspace.actor)
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

    /// A segment as a service tells it.
    init(_ segment: RemoteSegment, rule: String? = nil, members: Int?) {
        self.init(
            name: segment.name, rule: rule ?? segment.rule, kind: segment.kind,
            state: segment.state, members: members)
    }

    init(_ segment: RemoteSegment, rule: String?) {
        self.init(segment, rule: rule, members: segment.members)
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
