import Acts
import ArgumentParser
import Exports
import Foundation
import Profiles
import Segments
import Store

struct PeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "The whole story of one person.", subcommands: [Show.self])
}

extension PeopleCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Show in which segments a person is and why, what was sent when, and what the destination said."
        )

        @Argument(help: "The e-mail address.")
        var address: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let story = try await found()
            guard story.isKnown else {
                throw StoreError(
                    .notFound,
                    "Nobody with this address is known: no profile of an export's e-mail attribute, no delivery."
                )
            }
            if json { return try Output.json(story) }
            story.print()
        }

        private func found() async throws -> PersonStory {
            if let service = try ServerOption.service() {
                return try await service.use {
                    try await PersonStory(address: address, service: $0)
                }
            }
            return try PersonStory(address: address, workspace: try Workspace.open(.reading))
        }
    }
}

/// Everything the data directory knows of one person.
struct PersonStory: Encodable {
    let email: String
    let profiles: [ProfileStory]
    let exports: [LedgerStory]
    let history: [OutcomeView]

    struct ProfileStory: Encodable {
        let id: String
        let changedAt: String
        let segments: [Membership]
    }

    struct Membership: Encodable {
        let segment: String
        let isMember: Bool
        let rule: String?
        /// The attributes the rule speaks of, with this profile's values.
        let because: [String: String]
    }

    struct LedgerStory: Encodable {
        let export: String
        let state: String
        let since: String
        let run: Int64
        let profile: String
        let reason: String?
        let delivered: [String: String]
    }

    init(address: String, workspace: Workspace) throws {
        let key = PersonKey.normalized(address)
        email = key
        let exports = try workspace.catalog.setup.exports()
        let desk = CustomerDesk(
            catalog: workspace.catalog, engine: workspace.engine, moment: workspace.moment)
        profiles = try desk.profiles(withAddress: key).map { profile in
            ProfileStory(
                id: profile.id, changedAt: Output.time(profile.changedAt.milliseconds),
                segments: try desk.memberships(of: profile).compactMap {
                    try Self.membership($0)
                })
        }
        let names = Dictionary(
            exports.map { ($0.name, TargetNames($0)) }, uniquingKeysWith: { first, _ in first })
        self.exports = try workspace.catalog.ledger.ledgerEntries(ofPerson: key).map { entry in
            var delivered: [String: String] = [:]
            for change in names[entry.exportName]?.changes(
                from: nil, to: entry.delivered ?? ValueList()) ?? []
            {
                delivered[change.name] = change.after
            }
            return LedgerStory(
                export: entry.exportName, state: Self.word(entry.state),
                since: Output.time(entry.at),
                run: entry.run, profile: entry.profileID, reason: entry.reason, delivered: delivered
            )
        }
        history = try workspace.catalog.ledger.outcomes(ofPerson: key).map(OutcomeView.init)
    }

    /// What a service knows of the profiles with this address. People whose profiles are gone are found on
    /// its pages of runs only.
    init(address: String, service: RemoteService) async throws {
        let key = PersonKey.normalized(address)
        email = key
        let rules = Dictionary(
            try await service.segments().map { ($0.name, $0.rule) },
            uniquingKeysWith: { first, _ in first })
        let customers = try await service.customers(withAddress: key)
        profiles = customers.map { customer in
            ProfileStory(
                id: customer.id, changedAt: customer.changedAt.text,
                segments: customer.segments.compactMap { segment in
                    segment.member.map { isMember in
                        Membership(
                            segment: segment.name, isMember: isMember,
                            rule: rules[segment.name] ?? nil, because: segment.why?.values ?? [:])
                    }
                })
        }
        var exports: [String: LedgerStory] = [:]
        var history: [OutcomeView] = []
        for customer in customers {
            for standing in customer.exports where standing.address == key {
                guard let run = standing.runId, let at = standing.at,
                    ["delivered", "left", "refused"].contains(standing.state)
                else { continue }
                exports[standing.name] = LedgerStory(
                    export: standing.name, state: standing.state, since: at.text, run: run,
                    profile: standing.profileId ?? customer.id, reason: standing.reason,
                    delivered: standing.delivered)
            }
            for entry in customer.history {
                let view = OutcomeView(entry)
                if !history.contains(where: { $0.run == view.run && $0.profile == view.profile }) {
                    history.append(view)
                }
            }
        }
        self.exports = exports.values.sorted { $0.export < $1.export }
        self.history = history.sorted { ($0.at, $0.run) > ($1.at, $1.run) }
    }

    var isKnown: Bool { !profiles.isEmpty || !exports.isEmpty || !history.isEmpty }

    func print() {
        Output.line(email)
        for profile in profiles {
            Output.line("\nProfile \(profile.id), last changed \(profile.changedAt) UTC")
            for membership in profile.segments {
                let because = membership.because.sorted { $0.key < $1.key }
                    .map { "\($0.key) is \($0.value)" }.joined(separator: ", ")
                let verdict = membership.isMember ? "in    " : "not in"
                Output.line("  \(verdict) '\(membership.segment)'  \(membership.rule ?? "static")")
                if !because.isEmpty { Output.line("          because \(because)") }
            }
        }
        for entry in exports {
            Output.line(
                "\nExport '\(entry.export)': \(entry.state) since \(entry.since) UTC (run \(entry.run), profile \(entry.profile))"
            )
            if let reason = entry.reason { Output.line("  \(ReasonText.text(reason))") }
            for (name, value) in entry.delivered.sorted(by: { $0.key < $1.key }) {
                Output.line("  \(name): \(value)")
            }
        }
        guard !history.isEmpty else { return }
        Output.line("\nHistory, newest first")
        Output.table(
            ["At", "Run", "Export", "Action", "Outcome", "Reason"],
            history.map {
                [
                    $0.at, String($0.run), $0.export, $0.action ?? "", $0.outcome,
                    $0.explanation ?? "",
                ]
            })
    }

    private static func membership(_ known: Acts.Membership) throws -> Membership? {
        // A segment whose rule no longer fits the attributes says nothing about anybody.
        guard let isMember = known.isMember else { return nil }
        guard case .dynamic(let text) = known.segment.definition else {
            return Membership(
                segment: known.segment.name, isMember: isMember, rule: nil, because: [:])
        }
        let rule = try Rule(parsing: text)
        var because: [String: String] = [:]
        for (attribute, value) in known.verdict?.values ?? [] {
            because[attribute] = value?.exported ?? "absent"
        }
        return Membership(
            segment: known.segment.name, isMember: isMember, rule: rule.description,
            because: because)
    }

    private static func word(_ state: LedgerState) -> String {
        switch state {
        case .delivered: "delivered"
        case .left: "left"
        case .refused: "refused"
        }
    }
}
