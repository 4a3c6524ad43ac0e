import Profiles
import Testing

struct ProfileSchemaTests {
    private let schema = ProfileSchema(attributes: [
        Attribute(name: "Email", kind: .text), Attribute(name: "email", kind: .text),
        Attribute(name: "Born", kind: .date),
    ])

    @Test func `a name is found as it is spelt`() {
        #expect(schema.attribute(named: "email")?.name == "email")
        #expect(schema.attribute(named: "Email")?.name == "Email")
    }

    @Test func `case does not matter while it is clear who is meant`() {
        #expect(schema.attribute(named: "BORN")?.name == "Born")
        #expect(schema.attribute(named: "EMAIL") == nil)
        #expect(schema.attribute(named: "Age") == nil)
    }
}
