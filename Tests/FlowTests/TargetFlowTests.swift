import Exports
import Sandbox
import Store
import Testing

/// The importer passes over lists and fields that it does not know, so they are looked up before anything
/// is sent.
@Suite(.timeLimit(.minutes(5)))
struct TargetFlowTests {
    private func expectNothingSent(
        _ run: Run, _ world: FlowWorld, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(run.state == .failed, sourceLocation: sourceLocation)
        #expect(run.reason == "not-found", sourceLocation: sourceLocation)
        #expect(run.delivered == 0 && run.pending == 5, sourceLocation: sourceLocation)
        #expect(world.spy.imports.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func `a run to a list that is gone fails before anybody is sent`() async throws {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(5))
            let export = try world.addExport { $0.list = ListReference(id: "99", name: nil) }
            expectNothingSent(try await world.run(export), world)
        }
    }

    @Test func `a run with a custom field that is gone fails before anybody is sent`() async throws
    {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(5))
            let export = try world.addExport {
                $0.mapping.fields.append(
                    MappedField(id: "9999", title: "Gone", attribute: "city"))
            }
            expectNothingSent(try await world.run(export), world)
        }
    }

    @Test func `the field of people who leave is looked up as well`() async throws {
        try await FlowWorld.with { world in
            try world.load(TestPerson.many(5))
            let export = try world.addExport {
                $0.onLeave = .field(id: "9999", inside: "in", outside: "out")
            }
            expectNothingSent(try await world.run(export), world)
        }
    }
}
