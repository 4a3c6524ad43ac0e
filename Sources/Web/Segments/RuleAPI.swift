import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Hummingbird
import Profiles
import Segments
import Store

/// What programs need to write rules: the attributes there are, the values they have, and how many profiles a
/// rule holds for.
struct RuleAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/attributes", needs: .readSegments, use: attributes)
        routes.api(
            .get, "/api/v1/attributes/{name}/values", needs: .readCustomers, use: values)
        routes.api(.post, "/api/v1/segments/count", needs: .readSegments, use: count)
    }

    /// All of them: there are as many as columns were imported, and people know them by heart.
    private func attributes(_ caller: Caller) async throws -> Response {
        _ = try APIQuery(caller, names: [])
        let attributes = try await services.engine.schema().attributes
        return .json(
            [
                "items": .array(
                    attributes.map {
                        ["name": .string($0.name), "kind": .string($0.kind.rawValue)]
                    })
            ] as JSONValue)
    }

    private func values(_ caller: Caller) async throws -> Response {
        _ = try APIQuery(caller, names: [])
        let written = caller.visitor.parameters.get("name") ?? ""
        let name = written.removingPercentEncoding ?? written
        guard let attribute = try await services.engine.schema().attribute(named: name) else {
            throw WebProblem(.notFound, "Profiles have no attribute '\(name.prefix(100))'.")
        }
        return .json(
            JSONValue(
                try await services.counts.frequentValues(of: attribute, at: services.now())))
    }

    /// Counts a rule and each of its conditions in one pass.
    private func count(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
        let text = body.text("rule", length: SegmentJSON.ruleLength)
        try body.end()
        guard let text else { throw WebProblem(.invalid) }
        let checked = try await SegmentJSON.explaining {
            try await services.segments.check(text)
        }
        let conditions = try await conditions(of: checked.text)
        let counts = try await services.counts.counts(
            of: [.always, checked.predicate] + conditions.map(\.predicate))
        return .json(
            [
                "rule": .string(checked.text), "count": .count(counts[1]),
                "profiles": .count(counts[0]),
                "share": .number(counts[0] > 0 ? Double(counts[1]) / Double(counts[0]) : 0),
                "conditions": .array(
                    zip(conditions, counts.dropFirst(2)).map { condition, count in
                        ["rule": .string(condition.text), "count": .count(count)]
                    }),
            ] as JSONValue)
    }

    /// Most conditions that are counted by themselves, in the order of the rule.
    private static let conditionsMax = 250

    private func conditions(of text: String) async throws -> [(
        text: String, predicate: Segments.Predicate
    )] {
        let form = RuleForm(try Rule(parsing: text))
        let reading = form.reading
        let meaning = form.meaning(
            schema: try await services.engine.schema(),
            segments: SegmentLibrary(try services.catalog.setup.segments()),
            now: Timestamp(milliseconds: services.now()))
        return form.rowPaths.prefix(Self.conditionsMax).compactMap { path in
            guard let rule = reading.rules[path], let part = meaning.parts[path] else { return nil }
            return (rule.description, part)
        }
    }
}
