import Access
import HTTPTypes
import Store
import Testing

@testable import Web

/// Users as administrators see them, and as they see themselves.
struct AccountTests {
    @Test func `a changed role and a disabled user are written down and work at once`() async throws
    {
        let world = try WebWorld()
        let viewer = try world.user(.viewer)
        try await world.browse(as: .viewer) { browser async throws in
            #expect(try await browser.get("/account").status == .ok)
            try await world.browse(as: .administrator) { administrator async throws in
                _ = try await administrator.post(
                    "/admin/users/\(viewer.id)/role", [("role", "administrator")])
                #expect(try await browser.get("/admin/users").status == .ok)
                _ = try await administrator.post(
                    "/admin/users/\(viewer.id)/state", [("state", "disabled")])
            }
            #expect(try await browser.get("/account").status == .seeOther)
        }
        #expect(
            try world.audit() == [
                "user:administrator-user set user viewer-user [role]",
                "user:administrator-user disable user viewer-user []",
            ])
    }

    @Test func `the last administrator can neither step down nor be disabled`() async throws {
        let world = try WebWorld()
        let last = try world.user(.administrator)
        try await world.browse(as: .administrator) { browser async throws in
            let role = try await browser.post(
                "/admin/users/\(last.id)/role", [("role", "viewer")])
            #expect(role.status == .conflict)
            let state = try await browser.post(
                "/admin/users/\(last.id)/state", [("state", "disabled")])
            #expect(state.status == .conflict)
            #expect(state.text.contains("The last administrator"))
        }
        let kept = try world.catalog.people.user(id: last.id)
        #expect(kept?.role == .administrator)
        #expect(kept?.isDisabled == false)
    }

    @Test func `the present password cannot be guessed on the page that changes it`() async throws {
        var settings = ServiceSettings()
        settings.passwordCost = PasswordCost(roundsLog2: 4)
        let world = try WebWorld(settings: settings)
        let right = "a long walk by the sea"
        let user = try world.user(.viewer)
        try world.catalog.people.setPassword(
            try await PasswordHash.hash(right, cost: settings.passwordCost), ofUser: user.id,
            keepingSession: nil, by: WebWorld.actor)
        let new = [("password", "another long sentence"), ("repeated", "another long sentence")]
        try await world.browse(as: .viewer) { browser in
            for _ in 1...5 {
                let answer = try await browser.post("/account/password", [("old", "wrong")] + new)
                #expect(answer.status == .unprocessableContent)
            }
            let answer = try await browser.post("/account/password", [("old", right)] + new)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("There were too many attempts."))
        }
        #expect(
            try await world.catalog.people.passwordHash(ofUser: user.id)?.matches(right) == true)
    }

    @Test func `a new password that is typed differently the second time is not stored`()
        async throws
    {
        var settings = ServiceSettings()
        settings.passwordCost = PasswordCost(roundsLog2: 4)
        let world = try WebWorld(settings: settings)
        let right = "a long walk by the sea"
        let user = try world.user(.viewer)
        try world.catalog.people.setPassword(
            try await PasswordHash.hash(right, cost: settings.passwordCost), ofUser: user.id,
            keepingSession: nil, by: WebWorld.actor)
        try await world.browse(as: .viewer) { browser async throws in
            let differs = try await browser.post(
                "/account/password",
                [
                    ("old", right), ("password", "another long sentence"),
                    ("repeated", "another long sentense"),
                ])
            #expect(differs.status == .unprocessableContent)
            let kept = try world.catalog.people.passwordHash(ofUser: user.id)
            #expect(await kept?.matches(right) == true)
            let agrees = try await browser.post(
                "/account/password",
                [
                    ("old", right), ("password", "another long sentence"),
                    ("repeated", "another long sentence"),
                ])
            #expect(agrees.status == .seeOther)
            let changed = try world.catalog.people.passwordHash(ofUser: user.id)
            #expect(await changed?.matches("another long sentence") == true)
        }
    }

    @Test func `who signs out everywhere else stays signed in here`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { here async throws in
            try await world.browse(as: .viewer) { elsewhere async throws in
                #expect(try await elsewhere.get("/account").status == .ok)
                #expect(try await here.post("/account/sessions/end").status == .seeOther)
                #expect(try await here.get("/account").status == .ok)
                #expect(try await elsewhere.get("/account").status == .seeOther)
            }
        }
    }

    @Test func `a token is shown once and only its digest is kept`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let page = try await browser.post(
                "/account/tokens", [("tokenName", "nightly"), ("role", "viewer"), ("days", "30")])
            let secret = try #require(page.text.firstMatch(of: #/fa_[\w-]{43}/#)).output
            let later = try await browser.get("/account")
            #expect(!later.text.contains(secret))
            let token = try #require(SecretToken(text: String(secret), kind: .api))
            let found = try #require(
                try world.catalog.people.token(withSecret: token, at: world.now))
            #expect(found.0.role == .viewer)
        }
    }

    @Test func `nobody makes a token above their own role`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser async throws in
            let page = try await browser.post(
                "/account/tokens",
                [("tokenName", "nightly"), ("role", "administrator"), ("days", "30")])
            #expect(page.status == .badRequest)
        }
        #expect(try world.catalog.people.tokens(ofUser: try world.user(.viewer).id).isEmpty)
    }

    @Test func `nobody ends a session or revokes a token of somebody else`() async throws {
        let world = try WebWorld()
        _ = try world.apiToken(.administrator)
        let administrator = try world.user(.administrator)
        try await world.browse(as: .administrator) { own async throws in
            let session = try #require(
                try world.catalog.people.sessions(ofUser: administrator.id, at: world.now).first)
            let token = try #require(
                try world.catalog.people.tokens(ofUser: administrator.id).first)
            try await world.browse(as: .viewer) { viewer async throws in
                let end = try await viewer.post("/account/sessions/\(session.id)/end")
                #expect(end.status == .notFound)
                let revoke = try await viewer.post("/account/tokens/\(token.id)/revoke")
                #expect(revoke.status == .notFound)
            }
            #expect(try await own.get("/account").status == .ok)
            #expect(
                try world.catalog.people.tokens(ofUser: administrator.id).first?.isRevoked == false)
        }
    }

    @Test func `the audit log is filtered by what the address says and downloaded as CSV`()
        async throws
    {
        let world = try WebWorld()
        _ = try world.user(.viewer)
        try await world.browse(as: .administrator) { browser async throws in
            _ = try await browser.post("/admin/users", [("name", "=cmd"), ("role", "viewer")])
            _ = try await browser.post("/admin/users", [("name", "mina"), ("role", "viewer")])
            let page = try await browser.get("/admin/audit?thing=mina&noun=user")
            #expect(page.text.contains("mina"))
            #expect(!page.text.contains("viewer-user"))
            let file = try await browser.get("/admin/audit.csv?thing=mina")
            #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
            let lines = file.text.split(separator: "\r\n")
            #expect(lines.first == "time,actor,verb,noun,thing,changes")
            #expect(lines.dropFirst().allSatisfy { $0.contains("mina") })
            #expect(lines.count == 3)
        }
    }

    @Test func `the chosen language stays with the user and with the browser`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser async throws in
            let answer = try await browser.post(
                "/language", [("language", "he"), ("back", "/account")])
            #expect(answer.location == "/account")
            let page = try await browser.get("/account")
            #expect(page.text.contains("lang=\"he\" dir=\"rtl\""))
        }
        #expect(try world.catalog.people.user(id: try world.user(.viewer).id)?.language == "he")
    }
}
