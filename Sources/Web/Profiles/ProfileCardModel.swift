import Access
import Acts
import Exports
import Foundation
import Hummingbird
import Phrases
import Profiles
import Segments
import Store

/// Everything that is known of one customer.
struct ProfileModel: Sendable {
    let title: String
    let id: String
    let changed: MomentText
    let facts: [Fact]
    /// Names of attributes without a value.
    let missing: String?
    let others: [ProfilesModel.Row]
    let hasOthers: Bool
    let members: [SegmentMark]
    let outsiders: [SegmentMark]
    let outsidersText: String
    let hasOutsiders: Bool
    let hasSegments: Bool
    /// Whether the reader may know what became of anybody.
    let mayReadPeople: Bool
    let exports: [ExportMark]
    let hasExports: Bool
    let history: [HistoryRow]
    let hasHistory: Bool
    let isCut: Bool

    struct Fact: Sendable {
        let name: String
        let value: String
        let isLTR: Bool
    }
}

/// A segment on a card.
struct SegmentMark: Sendable {
    let href: String
    let name: String
    let badge: BadgeMark
    let isStatic: Bool
    /// Whether its reasons are shown at once.
    let isOpen: Bool
    let lines: [WhyLine]
    let cut: String?
}

/// A part of a rule with a tick or a cross.
struct WhyLine: Sendable {
    /// How deep it stands: `in0` to `in6`.
    let depth: String
    let icon: String
    /// `yes` or `no`.
    let kind: String
    /// The same in words, for those who do not see icons.
    let word: String
    /// A condition as it is written in rules.
    let condition: String?
    /// What joins the parts below.
    let phrase: String?
    /// What the profile holds.
    let value: String?

    private static let linesMax = 100
    private static let depthMax = 6
    private static let charactersMax = 300

    /// A verdict as lines, the beginning of it when it is long; and how many are left out.
    static func all(_ verdict: RuleVerdict, _ book: PhraseBook) -> (lines: [WhyLine], rest: Int) {
        var lines: [WhyLine] = []
        var rest = 0
        var open = [(verdict, 0)]
        while let (next, depth) = open.popLast() {
            if lines.count < linesMax {
                lines.append(WhyLine(next, depth, book))
            } else {
                rest += 1
            }
            open += next.parts.reversed().map { ($0, depth + 1) }
        }
        return (lines, rest)
    }

    private init(_ verdict: RuleVerdict, _ depth: Int, _ book: PhraseBook) {
        self.depth = "in\(min(depth, Self.depthMax))"
        icon = verdict.holds ? "done" : "cross"
        kind = verdict.holds ? "yes" : "no"
        word = book.text(verdict.holds ? .customersHolds : .customersFails)
        switch verdict.part {
        case .condition(let text, _, let value):
            condition = Self.cut(text)
            phrase = nil
            self.value =
                value.map { book.text(.customersHolding, ["value": Self.cut($0.exported)]) }
                ?? book.text(.customersAbsent)
        case .everyone: (condition, phrase, value) = (nil, book.text(.customersEveryone), nil)
        case .segment(let name):
            (condition, phrase, value) = (
                nil, book.text(.customersInSegment, ["name": name]), nil
            )
        case .not: (condition, phrase, value) = (nil, book.text(.customersNot), nil)
        case .all: (condition, phrase, value) = (nil, book.text(.customersAllOf), nil)
        case .any: (condition, phrase, value) = (nil, book.text(.customersAnyOf), nil)
        }
    }

    private static func cut(_ text: String) -> String {
        text.count > charactersMax ? text.prefix(charactersMax) + "…" : text
    }
}

/// An export on a card.
struct ExportMark: Sendable {
    let href: String
    let name: String
    let badge: BadgeMark
    let list: String
    let reason: String?
    let run: RunMark?
    let otherHref: String?
    let other: String?
    let values: [ProfileModel.Fact]
    let next: String

    struct RunMark: Sendable {
        let href: String
        let text: String
        let at: MomentText
    }

    init(_ standing: ExportStanding, _ book: PhraseBook) {
        href = "/exports/\(standing.export.id)"
        name = standing.export.name
        let list = standing.export.list
        self.list = list.name ?? list.id
        badge =
            switch standing.state {
            case .delivered: RunWords.badge(.delivered, book)
            case .refused: RunWords.badge(.refused, book)
            case .suppressed: RunWords.badge(.suppressed, book)
            case .left: RunWords.badge(.left, book)
            case .never: BadgeMark(kind: "idle", icon: "minus", text: book.text(.customersNever))
            }
        reason = standing.reason.map { RunWords.reason($0, book) }
        run =
            if let run = standing.run, let at = standing.at {
                RunMark(
                    href: "/runs/\(run)", text: book.text(.runsHeading, ["id": String(run)]),
                    at: MomentText(at, book))
            } else {
                nil
            }
        other = standing.otherProfile
        otherHref = standing.otherProfile.map(ProfileLook.href)
        values = standing.delivered.map {
            ProfileModel.Fact(name: $0.name, value: $0.after ?? "–", isLTR: false)
        }
        next = book.text(at: "customers.next.\(standing.next.rawValue)") ?? standing.next.rawValue
    }
}

/// What one run did to the person.
struct HistoryRow: Sendable {
    let at: MomentText
    let runHref: String
    let run: String
    let trigger: String
    let export: String
    let badge: BadgeMark
    let reason: String?
    /// The profile, where it was another one with the same address.
    let other: String?

    init(_ entry: OutcomeEntry, of profile: Profile, trigger: RunTrigger?, _ book: PhraseBook) {
        at = MomentText(entry.at, book)
        runHref = "/runs/\(entry.run)"
        run = book.text(.runsHeading, ["id": String(entry.run)])
        self.trigger = trigger.map { RunWords.trigger($0, book) } ?? "–"
        export = entry.exportName
        badge = RunWords.badge(entry.outcome, book)
        reason = entry.reason.map { RunWords.reason($0, book) }
        other = entry.profileID == profile.id ? nil : entry.profileID
    }
}

extension ProfilePages {
    func show(_ signedIn: SignedIn) async throws -> Response {
        guard let id = signedIn.visitor.textID(),
            let profile = try await services.engine.profile(id: id)
        else { throw WebProblem(.notFound) }
        let model = try await ProfileCardBuilder(services).model(of: profile, for: signedIn)
        return renderer.page("customer", title: model.title, model, for: signedIn)
    }
}

extension Visitor {
    /// An id in the path that may be any text.
    func textID(_ name: String = "id") -> String? {
        parameters.get(name).flatMap { $0.removingPercentEncoding ?? $0 }
    }
}

/// Puts a card together.
struct ProfileCardBuilder {
    let services: Services

    /// Members of more segments open those they want to understand.
    private static let openMax = 3

    init(_ services: Services) {
        self.services = services
    }

    func model(of profile: Profile, for signedIn: SignedIn) async throws -> ProfileModel {
        let book = signedIn.book
        let schema = try await services.engine.schema()
        let look = ProfileLook(schema, searched: [])
        let card = try await services.acts.profiles.card(of: profile, for: signedIn.role)
        let triggers = try triggers(of: card.history)
        let members = card.memberships.filter { $0.isMember == true }
        let outsiders = card.memberships.filter { $0.isMember != true }.map {
            mark($0, isOpen: false, book)
        }
        let others = card.others.prefix(20).map(look.row)
        let missing = schema.attributes.map(\.name).filter { profile.values[$0] == nil }
        return ProfileModel(
            title: look.title(of: profile), id: profile.id,
            changed: MomentText(profile.changedAt.milliseconds, book),
            facts: schema.attributes.compactMap { attribute in
                profile.values[attribute.name].map {
                    ProfileModel.Fact(
                        name: attribute.name, value: $0.exported,
                        isLTR: attribute.kind != .text
                            || look.roles.email.contains(attribute.name))
                }
            },
            missing: missing.isEmpty ? nil : missing.joined(separator: ", "),
            others: others, hasOthers: !others.isEmpty,
            members: members.map { mark($0, isOpen: members.count <= Self.openMax, book) },
            outsiders: outsiders,
            outsidersText: book.text(.customersOutsiders, count: outsiders.count),
            hasOutsiders: !outsiders.isEmpty,
            hasSegments: !card.memberships.isEmpty,
            mayReadPeople: card.mayReadPeople,
            exports: card.standings.map { ExportMark($0, book) },
            hasExports: !card.standings.isEmpty,
            history: card.history.map {
                HistoryRow($0, of: profile, trigger: triggers[$0.run], book)
            },
            hasHistory: !card.history.isEmpty, isCut: card.isCut)
    }

    private func triggers(of entries: [OutcomeEntry]) throws -> [Run.ID: RunTrigger] {
        var triggers: [Run.ID: RunTrigger] = [:]
        for run in Set(entries.map(\.run)) {
            triggers[run] = try services.catalog.ledger.run(id: run).trigger
        }
        return triggers
    }

    private func mark(
        _ membership: Membership, isOpen: Bool, _ book: PhraseBook
    ) -> SegmentMark {
        let badge =
            switch membership.isMember {
            case true?: BadgeMark(kind: "ok", icon: "done", text: book.text(.customersMember))
            case false?:
                BadgeMark(kind: "idle", icon: "minus", text: book.text(.customersNoMember))
            case nil: BadgeMark(kind: "warn", icon: "warn", text: book.text(.customersNoRule))
            }
        let (lines, rest) = membership.verdict.map { WhyLine.all($0, book) } ?? ([], 0)
        return SegmentMark(
            href: "/segments/\(membership.segment.id)", name: membership.segment.name,
            badge: badge, isStatic: membership.segment.definition == .static, isOpen: isOpen,
            lines: lines,
            cut: rest == 0 ? nil : book.text(.customersMoreConditions, count: rest))
    }
}
