import Access
import Testing

struct RoleTests {
    /// Who may do what, written out: a change of rights is a change of this table.
    static let table: [(permission: Permission, roles: Set<Role>)] = [
        (.readExports, [.viewer, .contributor, .administrator]),
        (.changeExports, [.contributor, .administrator]),
        (.runExports, [.contributor, .administrator]),
        (.readRuns, [.viewer, .contributor, .administrator]),
        (.readPeople, [.viewer, .contributor, .administrator]),
        (.readSegments, [.viewer, .contributor, .administrator]),
        (.changeSegments, [.contributor, .administrator]),
        (.readCustomers, [.viewer, .contributor, .administrator]),
        (.manageSearch, [.administrator]),
        (.importProfiles, [.contributor, .administrator]),
        (.readRefreshes, [.viewer, .contributor, .administrator]),
        (.startRefresh, [.contributor, .administrator]),
        (.changeSchedule, [.administrator]),
        (.readUsage, [.administrator]),
        (.manageNotifications, [.administrator]),
        (.manageConnections, [.administrator]),
        (.manageUsers, [.administrator]),
        (.readAudit, [.administrator]),
        (.manageOwnAccount, [.viewer, .contributor, .administrator]),
        (.useAPI, [.viewer, .contributor, .administrator]),
    ]

    @Test(arguments: table.indices)
    func `a role may do exactly what the table says`(row: Int) {
        let (permission, roles) = Self.table[row]
        #expect(Set(Role.allCases.filter { $0.allows(permission) }) == roles)
    }

    @Test func `the table speaks of every permission once`() {
        #expect(Self.table.map(\.permission) == Permission.allCases)
    }

    @Test func `roles are ordered, and a higher one may do all that a lower one may`() {
        #expect(Role.allCases.sorted() == [.viewer, .contributor, .administrator])
        #expect(Role.viewer.permissions.isStrictSubset(of: Role.contributor.permissions))
        #expect(Role.contributor.permissions.isStrictSubset(of: Role.administrator.permissions))
        #expect(min(Role.administrator, .viewer) == .viewer)
    }

    @Test(arguments: [
        (Audience.administrators, Role.viewer, false),
        (.administrators, .contributor, false),
        (.administrators, .administrator, true),
        (.contributors, .viewer, false),
        (.contributors, .contributor, true),
        (.contributors, .administrator, true),
    ])
    func `a connection is open to its audience`(
        audience: Audience, role: Role, isAdmitted: Bool
    ) {
        #expect(audience.admits(role) == isAdmitted)
    }

    @Test(arguments: [
        ("user:ada", "ada"), ("user:ada (token nightly)", "ada"),
        ("user:a@b.example (token x (token y))", "a@b.example"),
        ("cli:ada", nil), ("visitor:127.0.0.1", nil), ("ada", nil),
    ])
    func `an actor names the user who acted`(name: String, user: String?) {
        #expect(Actor(name: name).userName == user)
    }

    @Test func `an actor is written as the audit names it`() {
        #expect(Actor(user: "ada").name == "user:ada")
        #expect(Actor(token: "nightly", ofUser: "ada").name == "user:ada (token nightly)")
    }
}
