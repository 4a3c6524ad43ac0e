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
            if json { return try Output.json(story) }
            story.print()
        }

        private func found() async throws -> PersonStory {
            if let service = try ServerOption.service() {
                let story = try await service.use {
                    try await PersonStory(address: address, service: $0)
                }
                guard story.isKnown else {
                    throw Refusal(.notFound, ["noun": .word("person")])
                }
                return story
            }
            let desk = try ActDesk.open(.reading)
            guard let person = try await desk.performHere(ShowPerson(address)) else {
                preconditionFailure("No service is named, and the data is elsewhere.")
            }
            return PersonStory(person)
        }
    }
}

/// Everything that is known of one person, as the command shows it.
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
        let run: Run.ID
        let profile: String
        let reason: String?
        let delivered: [String: String]
    }

    init(_ person: PersonAnswer) {
        email = person.address
        profiles = person.profiles.map { profile in
            ProfileStory(
                id: profile.id, changedAt: Output.time(profile.changedAt),
                segments: profile.segments.map {
                    Membership(
                        segment: $0.segment, isMember: $0.isMember, rule: $0.rule,
                        because: $0.because)
                })
        }
        exports = person.exports.map {
            LedgerStory(
                export: $0.export, state: $0.state, since: Output.time($0.since), run: $0.run,
                profile: $0.profile, reason: $0.reason, delivered: $0.delivered)
        }
        history = person.history.map {
            OutcomeView($0.outcome, run: $0.run, export: $0.export)
        }
    }

    /// What a service knows of the profiles with this address. People whose profiles are gone are found on
    /// its pages of runs only.
    init(address: String, service: RemoteService) async throws {
        let key = PersonKey.normalized(address)
        email = key
        let rules = Dictionary(
            try await service.list("/api/v1/segments", as: SegmentAnswer.self)
                .map { ($0.name, $0.rule) },
            uniquingKeysWith: { first, _ in first })
        let cards = try await service.cards(withAddress: key)
        profiles = cards.map { card in
            ProfileStory(
                id: card.id, changedAt: Output.time(card.changedAt.milliseconds),
                segments: card.segments.compactMap { segment in
                    segment.member.map { isMember in
                        Membership(
                            segment: segment.name, isMember: isMember,
                            rule: rules[segment.name] ?? nil, because: segment.why?.values ?? [:])
                    }
                })
        }
        var exports: [String: LedgerStory] = [:]
        var history: [OutcomeView] = []
        for card in cards {
            for standing in card.exports where standing.address == key {
                guard let run = standing.runId, let at = standing.at,
                    [.delivered, .left, .refused].contains(standing.state)
                else { continue }
                exports[standing.name] = LedgerStory(
                    export: standing.name, state: standing.state.rawValue,
                    since: Output.time(at.milliseconds), run: run,
                    profile: standing.profileId ?? card.id, reason: standing.reason,
                    delivered: standing.delivered.compactMapValues(\.self))
            }
            for entry in card.history {
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
}

extension RemoteService {
    /// The cards of the profiles that hold this address.
    fileprivate func cards(withAddress key: String) async throws -> [ProfileCardAnswer] {
        let found = try await perform(ListProfiles(search: key, page: PageRequest(limit: 100)))
        var cards: [ProfileCardAnswer] = []
        for profile in found.items {
            let holdsIt = profile.attributes.values.contains { value in
                guard case .string(let text) = value else { return false }
                return PersonKey.normalized(text) == key
            }
            if holdsIt { cards.append(try await perform(ShowProfile(profile.id))) }
        }
        return cards
    }
}

extension ProfileCardAnswer.Verdict {
    /// The attributes looked at, with the profile's values.
    fileprivate var values: [String: String] {
        var found: [String: String] = [:]
        if let attribute {
            found[attribute] = value.flatMap { ProfileView.Value($0) }?.text ?? "absent"
        }
        for part in parts { found.merge(part.values) { one, _ in one } }
        return found
    }
}
