import Acts
import Exports
import Phrases
import Profiles
import Segments
import Store

/// Segments as the API takes them.
enum SegmentJSON {
    enum Kind: String, CaseIterable {
        case dynamic, `static`
    }

    /// Characters of a rule; more than the text of a body holds anyway.
    static let ruleLength = 1...RuleLimits.textLengthMax
    /// Ids of members in one body.
    private static let idsMax = 10_000

    /// What a new segment is made from: a rule, or for a static one ids in its place.
    static func draft(_ body: inout APIBody) -> SegmentDesk.Draft? {
        let kind = body.choice("kind", of: Kind.allCases, isRequired: false) ?? .dynamic
        let hasIDs = body.has("ids")
        let rule = body.text("rule", isRequired: !hasIDs, length: ruleLength)
        let ids = body.texts("ids", count: 1...idsMax, length: 1...1_000)
        if hasIDs, kind == .dynamic {
            body.find("ids", "dynamic", "Only a static segment takes ids.")
            return nil
        }
        if hasIDs, body.has("rule") {
            body.find("ids", "both", "Give a rule or ids, not both.")
            return nil
        }
        if let ids { return .fixed(ids: ids) }
        guard let rule else { return nil }
        return kind == .static ? .frozen(rule: rule) : .dynamic(rule: rule)
    }

    /// A rule that cannot be understood is a finding of its member.
    static func explaining<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as RuleTextError {
            let advice = error.suggestion.map { " Write '\($0)'." } ?? ""
            let sentence = PhraseBook(.en).sentence(of: error)
            throw WebProblem(
                .invalid, "The rule cannot be understood.",
                findings: [.init(field: "rule", code: "rule", detail: sentence + advice)])
        } catch let error as StoreError where error.code == .ruleMissing {
            let sentence = PhraseBook(.en).sentence(of: error)
            throw WebProblem(
                .invalid, sentence,
                findings: [.init(field: "rule", code: "required", detail: sentence)])
        } catch let error as StoreError where error.code == .badName {
            let sentence = PhraseBook(.en).sentence(of: error)
            throw WebProblem(
                .invalid, sentence,
                findings: [.init(field: "name", code: "name", detail: sentence)])
        }
    }

    /// Refuses ids that no profile has: nobody would see later that they were left out.
    static func requireProfiles(
        _ ids: [Profile.ID], in engine: any ProfileEngine
    ) async throws {
        let existing = try await engine.existing(ids)
        let findings = ids.enumerated().compactMap { index, id -> WebProblem.Finding? in
            guard !existing.contains(id) else { return nil }
            return .init(
                field: "ids[\(index)]", code: "unknown", detail: "No profile has this id.")
        }
        guard !findings.isEmpty else { return }
        throw WebProblem(
            .invalid, "\(findings.count) of the ids are not those of profiles. Nothing was stored.",
            findings: Array(findings.prefix(findingsMax)))
    }

    /// Most ids that are named one by one.
    private static let findingsMax = 100
}

extension JSONValue {
    /// A segment with its size and what uses it; `members` are counted anew when they are given.
    init(_ entry: SegmentEntry, members: Int? = nil) {
        let rule: String? =
            switch entry.segment.definition {
            case .dynamic(let rule): rule
            case .static: nil
            }
        self = [
            "id": .integer(entry.id), "name": .string(entry.segment.name),
            "kind": rule == nil ? "static" : "dynamic", "rule": .text(rule),
            "formerRule": .text(entry.formerRule),
            "state": .string(entry.segment.state.rawValue),
            "members": .count(members ?? entry.members), "evaluatedAt": .time(entry.evaluatedAt),
            "trouble": entry.trouble.map {
                [
                    "code": .string($0.code),
                    "detail": .string(PhraseBook(.en).sentence(of: $0.detail)),
                    "at": .time($0.at),
                ]
            } ?? .null,
            "usedBy": [
                "exports": .array(
                    entry.usedBy.exports.map {
                        ["id": .integer($0.id), "name": .string($0.name)]
                    }),
                "segments": .array(
                    entry.usedBy.segments.map {
                        ["id": .integer($0.id), "name": .string($0.name)]
                    }),
            ],
            "createdAt": .time(entry.createdAt), "changedAt": .time(entry.changedAt),
        ]
    }

    /// A profile with what is known of it. Attributes are data, so absent ones are left out.
    init(member profile: Profile) {
        self = [
            "id": .string(profile.id), "changedAt": .time(profile.changedAt.milliseconds),
            "attributes": .object(profile.values.mapValues { JSONValue(attribute: $0) }),
        ]
    }

    /// A value in its own kind; days and moments are text.
    private init(attribute value: AttributeValue) {
        switch value {
        case .text(let text): self = .string(text)
        case .number(let number): self = .number(number)
        case .boolean(let flag): self = .bool(flag)
        case .date, .timestamp: self = .string(value.exported)
        }
    }
}
