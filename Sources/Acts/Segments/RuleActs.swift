package import Access
import Exports
package import Profiles
import Segments
import Store

/// The attributes of profiles. All of them: there are as many as columns were imported, and people know them by
/// heart.
package struct ListAttributes: RemoteAct {
    package static let needs = Permission.readSegments

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) async throws -> AttributesAnswer {
        AttributesAnswer(
            items: try await acts.engine.schema().attributes.map {
                AttributesAnswer.Item(name: $0.name, kind: $0.kind)
            })
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/attributes")
    }
}

/// The attributes there are, in the order in which imports brought them.
package struct AttributesAnswer: Codable, Equatable, Sendable {
    package let items: [Item]

    /// One of them.
    package struct Item: Codable, Equatable, Sendable {
        package let name: String
        package let kind: AttributeKind
    }
}

/// The values of an attribute that most profiles have.
package struct ListFrequentValues: Act {
    package static let needs = Permission.readCustomers
    package let attribute: String

    package init(attribute: String) {
        self.attribute = attribute
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> ValuesAnswer {
        guard let attribute = try await acts.engine.schema().attribute(named: attribute) else {
            throw Refusal(
                .notFound,
                ["noun": .word("attribute"), "name": .text(String(attribute.prefix(100)))])
        }
        let found = try await acts.counts.frequentValues(of: attribute, at: acts.now())
        return ValuesAnswer(
            isSample: found.isSample,
            items: found.values.map {
                ValuesAnswer.Item(
                    value: RuleFormValue($0.value.literal).text, count: $0.count)
            })
    }
}

/// Values with how often they occur, most frequent first.
package struct ValuesAnswer: Codable, Equatable, Sendable {
    /// Whether only some of the profiles were looked at.
    package let isSample: Bool
    package let items: [Item]

    /// One of them, as it is written in rules.
    package struct Item: Codable, Equatable, Sendable {
        package let value: String
        package let count: Int
    }
}

/// Counts the profiles that a rule and each of its conditions hold for, in one pass.
package struct CountRule: RemoteAct {
    package static let needs = Permission.readSegments
    package let rule: String

    package init(_ rule: String) {
        self.rule = rule
    }

    /// Most conditions that are counted by themselves, in the order of the rule.
    private static let conditionsMax = 250

    package func perform(by asker: Asker, in acts: ActContext) async throws -> RuleCountAnswer {
        let checked = try await RuleRefusal.explaining(.rule) {
            try await acts.segments.check(rule)
        }
        let conditions = try await conditions(of: checked.text, in: acts)
        let counts = try await acts.counts.counts(
            of: [.always, checked.predicate] + conditions.map(\.predicate))
        return RuleCountAnswer(
            rule: checked.text, count: counts[1], profiles: counts[0],
            share: counts[0] > 0 ? Double(counts[1]) / Double(counts[0]) : 0,
            conditions: zip(conditions, counts.dropFirst(2)).map {
                RuleCountAnswer.Condition(rule: $0.text, count: $1)
            })
    }

    private func conditions(
        of text: String, in acts: ActContext
    ) async throws -> [(text: String, predicate: Predicate)] {
        let form = RuleForm(try Rule(parsing: text))
        let reading = form.reading
        let meaning = form.meaning(
            schema: try await acts.engine.schema(),
            segments: SegmentLibrary(try acts.catalog.setup.segments()),
            now: Timestamp(milliseconds: acts.now()))
        return form.rowPaths.prefix(Self.conditionsMax).compactMap { path in
            guard let rule = reading.rules[path], let part = meaning.parts[path] else { return nil }
            return (rule.description, part)
        }
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("POST", "/api/v1/segments/count", body: self)
    }
}

/// How many profiles a rule holds for.
package struct RuleCountAnswer: Codable, Equatable, Sendable {
    /// In its canonical form.
    package let rule: String
    package let count: Int
    /// All there are.
    package let profiles: Int
    package let share: Double
    package let conditions: [Condition]

    /// A part of the rule, counted by itself.
    package struct Condition: Codable, Equatable, Sendable {
        package let rule: String
        package let count: Int
    }
}
