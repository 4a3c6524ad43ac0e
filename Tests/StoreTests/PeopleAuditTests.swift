import Access
import Profiles
import Testing

@testable import Store

/// A change of people or of what lets them in, and the audit rows it must leave.
enum PeopleChange: String, CaseIterable, Sendable {
    case addUser, addInvitedUser, setPassword, demote, promote, disable, enable, setLanguage
    case signIn, signInOnceMore, failSignIn, failSignInOfNobody, endSession, endSessions
    case addToken, revokeToken
    case invite, inviteFirst, acceptFirst, acceptPassword

    func prepare(_ people: PeopleFixture) throws {
        let catalog = people.catalog
        switch self {
        case .demote:
            _ = try people.addToken("nightly", of: people.carl, role: .contributor)
            _ = try people.addToken("reader", of: people.carl, role: .viewer)
        case .enable:
            try catalog.people.setDisabled(true, ofUser: people.vera.id, by: PeopleFixture.admin)
        case .signInOnceMore:
            for number in 0..<20 {
                _ = try people.begin(people.carl, at: PeopleFixture.start + Int64(number))
            }
        case .endSession, .endSessions:
            _ = try people.begin(people.carl)
            _ = try people.begin(people.carl)
        case .revokeToken:
            _ = try people.addToken("nightly", of: people.carl, role: .viewer)
        case .inviteFirst:
            try people.base.execute("DELETE FROM user")
        case .acceptFirst:
            try people.base.execute("DELETE FROM user")
            try catalog.people.addInvitation(
                for: .firstAdministrator, token: Self.invitation, expiresAt: .max,
                by: CatalogFixture.actor)
        case .acceptPassword:
            try people.invite(people.vera, Self.invitation)
        default: break
        }
    }

    private static let invitation = SecretToken.new(.invitation)

    func carryOut(_ people: PeopleFixture) throws {
        let catalog = people.catalog
        let admin = PeopleFixture.admin
        let now = PeopleFixture.start + 9
        let password = try PeopleFixture.password(2)
        switch self {
        case .addUser:
            _ = try catalog.people.addUser(
                named: "Eve", role: .viewer, password: password, by: admin)
        case .addInvitedUser:
            _ = try catalog.people.addUser(named: "Eve", role: .viewer, password: nil, by: admin)
        case .setPassword:
            try catalog.people.setPassword(
                password, ofUser: people.carl.id, keepingSession: nil, by: admin)
        case .demote: try catalog.people.setRole(.viewer, ofUser: people.carl.id, by: admin)
        case .promote: try catalog.people.setRole(.administrator, ofUser: people.vera.id, by: admin)
        case .disable: try catalog.people.setDisabled(true, ofUser: people.carl.id, by: admin)
        case .enable: try catalog.people.setDisabled(false, ofUser: people.vera.id, by: admin)
        case .setLanguage: try catalog.people.setLanguage("he", ofUser: people.vera.id)
        case .signIn, .signInOnceMore: _ = try people.begin(people.carl, at: now)
        case .failSignIn:
            try catalog.people.noteFailedSignIn(name: "CARL", address: "203.0.113.9", at: now)
        case .failSignInOfNobody:
            try catalog.people.noteFailedSignIn(name: "my-own-password", address: nil, at: now)
        case .endSession: try catalog.people.endSession(1, by: admin)
        case .endSessions:
            try catalog.people.endSessions(ofUser: people.carl.id, except: nil, by: admin)
        case .addToken: _ = try people.addToken("nightly", of: people.carl, role: .viewer)
        case .revokeToken: try catalog.people.revokeToken(1, by: admin)
        case .invite: try people.invite(people.vera, .new(.invitation))
        case .inviteFirst:
            try catalog.people.addInvitation(
                for: .firstAdministrator, token: .new(.invitation), expiresAt: .max,
                by: CatalogFixture.actor)
        case .acceptFirst:
            _ = try catalog.people.acceptFirstAdministrator(
                token: Self.invitation, name: "Eve", password: password, at: now)
        case .acceptPassword:
            _ = try catalog.people.acceptPassword(
                token: Self.invitation, password: password, at: now)
        }
    }

    var auditRows: [CatalogAuditRow] {
        switch self {
        case .addUser: [.row("user:ada", "add", "user", "Eve", "role password")]
        case .addInvitedUser: [.row("user:ada", "add", "user", "Eve", "role")]
        case .setPassword: [.row("user:ada", "set", "user", "Carl", "password")]
        case .demote:
            [
                .row("user:ada", "set", "user", "Carl", "role"),
                .row("user:ada", "revoke", "token", "Carl nightly"),
            ]
        case .promote: [.row("user:ada", "set", "user", "vera", "role")]
        case .disable: [.row("user:ada", "disable", "user", "Carl")]
        case .enable: [.row("user:ada", "enable", "user", "vera")]
        case .setLanguage: [.row("user:vera", "set", "user", "vera", "language")]
        case .signIn: [.row("user:Carl", "sign-in", "user", "Carl")]
        case .signInOnceMore:
            [
                .row("user:Carl", "end", "session", "Carl"),
                .row("user:Carl", "sign-in", "user", "Carl"),
            ]
        case .failSignIn: [.row("visitor:203.0.113.9", "fail-sign-in", "user", "Carl")]
        case .failSignInOfNobody: [.row("visitor", "fail-sign-in", "user", "unknown")]
        case .endSession, .endSessions: [.row("user:ada", "end", "session", "Carl")]
        case .addToken: [.row("user:Carl", "add", "token", "Carl nightly", "role expiry")]
        case .revokeToken: [.row("user:ada", "revoke", "token", "Carl nightly")]
        case .invite: [.row("user:ada", "add", "invitation", "vera")]
        case .inviteFirst: [.row("cli:maria", "add", "invitation", "first administrator")]
        case .acceptFirst: [.row("user:Eve", "add", "user", "Eve", "role password")]
        case .acceptPassword: [.row("user:vera", "set", "user", "vera", "password")]
        }
    }
}

@Suite struct PeopleAuditTests {
    @Test(arguments: PeopleChange.allCases)
    func `a change of people leaves exactly its audit rows`(_ change: PeopleChange) throws {
        let people = try PeopleFixture()
        try change.prepare(people)
        let before = try people.base.audit()
        try change.carryOut(people)
        #expect(try people.base.audit() == before + change.auditRows)
    }

    @Test(arguments: PeopleChange.allCases)
    func `a change of people that cannot be audited does not happen`(
        _ change: PeopleChange
    ) throws {
        let people = try PeopleFixture()
        try change.prepare(people)
        try people.base.execute(
            """
            CREATE TRIGGER refuseAudit AFTER INSERT ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit is closed'); END
            """)
        let before = try people.base.contents()
        #expect(throws: (any Error).self) { try change.carryOut(people) }
        #expect(try people.base.contents() == before)
    }

    @Test func `what changes nothing, and what is refused, leaves no audit row`() throws {
        let people = try PeopleFixture()
        let catalog = people.catalog
        let admin = PeopleFixture.admin
        let password = try PeopleFixture.password(2)
        try catalog.people.setRole(.viewer, ofUser: people.vera.id, by: admin)
        try catalog.people.setDisabled(false, ofUser: people.vera.id, by: admin)
        try catalog.people.setLanguage(nil, ofUser: people.vera.id)
        #expect(try !catalog.people.endSession(99, by: admin))
        #expect(try catalog.people.endSessions(ofUser: people.vera.id, except: nil, by: admin) == 0)
        let before = try people.base.contents()
        let refused: [() throws -> Void] = [
            {
                _ = try catalog.people.addUser(
                    named: "ADA", role: .viewer, password: nil, by: admin)
            },
            {
                _ = try catalog.people.addUser(
                    named: "a b", role: .viewer, password: nil, by: admin)
            },
            { try catalog.people.setRole(.viewer, ofUser: people.ada.id, by: admin) },
            { try catalog.people.setDisabled(true, ofUser: people.ada.id, by: admin) },
            {
                try catalog.people.setPassword(password, ofUser: 99, keepingSession: nil, by: admin)
            },
            { _ = try people.addToken("x", of: people.vera, role: .contributor) },
            { _ = try people.addToken(" ", of: people.vera, role: .viewer) },
            { try catalog.people.revokeToken(99, by: admin) },
            {
                try catalog.people.addInvitation(
                    for: .firstAdministrator, token: .new(.invitation), expiresAt: .max, by: admin)
            },
            {
                _ = try catalog.people.acceptPassword(
                    token: .new(.invitation), password: password, at: 0)
            },
        ]
        for (position, change) in refused.enumerated() {
            #expect(throws: StoreError.self, "change \(position)") { try change() }
            #expect(try people.base.contents() == before, "change \(position)")
        }
        #expect(try people.base.audit().isEmpty)
    }
}
