import Profiles
import Testing

struct AttributeRolesTests {
    private static func roles(_ names: [String], kind: AttributeKind = .text) -> AttributeRoles {
        AttributeRoles(
            ProfileSchema(attributes: names.map { Attribute(name: $0, kind: kind) }))
    }

    @Test(arguments: [
        (["CustomerId", "FirstName", "LastName", "Email"], ["FirstName", "LastName"]),
        (["first_name", "last name"], ["first_name", "last name"]),
        (["FullName", "FirstName"], ["FullName"]), (["name", "city"], ["name"]),
        (["Surname"], ["Surname"]), (["CompanyName", "UserName"], []), ([], []),
    ])
    func `a person's name is found by how attributes are called`(
        names: [String], expected: [String]
    ) {
        #expect(Self.roles(names).name == expected)
    }

    @Test func `names, addresses, phones and places are searched by, in the schema's order`() {
        let roles = Self.roles([
            "CustomerId", "Notes", "FirstName", "Last_Name", "EMail", "HomePhone", "City",
            "ZipCode", "UserName", "CompanyName", "Colour",
        ])
        #expect(
            roles.searchable == [
                "FirstName", "Last_Name", "EMail", "HomePhone", "City", "ZipCode", "CompanyName",
            ])
        #expect(roles.email == ["EMail"])
    }

    @Test func `at most eight are searched by, addresses before the rest`() {
        let roles = Self.roles((1...12).map { "City \($0)" } + ["email"])
        #expect(roles.searchable.count == 8)
        #expect(roles.searchable.last == "email")
    }

    @Test func `only texts are searched by`() {
        #expect(Self.roles(["Name", "Email", "Phone"], kind: .number).searchable == [])
    }
}
