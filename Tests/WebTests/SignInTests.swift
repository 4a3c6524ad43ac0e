import Access
import HTTPTypes
import HummingbirdTesting
import Store
import Testing

@testable import Web

/// Names and passwords, sessions, and the forms that other sites must not send.
struct SignInTests {
    private static let password = "a long walk by the sea"
    private static let cheap = PasswordCost(roundsLog2: 4)

    private func world() async throws -> WebWorld {
        var settings = ServiceSettings()
        settings.passwordCost = Self.cheap
        let world = try WebWorld(settings: settings)
        let hash = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        _ = try world.catalog.people.addUser(
            named: "ada", role: .administrator, password: hash, by: WebWorld.actor)
        return world
    }

    private func signIn(
        _ browser: Browser, name: String = "ada", password: String = Self.password,
        next: String? = nil
    ) async throws -> Browser.Answer {
        var fields = [("name", name), ("password", password)]
        if let next { fields.append(("next", next)) }
        return try await browser.post("/sign-in", fields)
    }

    @Test func `the right password opens the pages and is no part of any of them`() async throws {
        let world = try await world()
        try await world.browse { browser async throws in
            let answer = try await signIn(browser)
            #expect(answer.status == .seeOther)
            #expect(answer.location == "/")
            let page = try await browser.get("/account")
            #expect(page.status == .ok)
            #expect(page.text.contains("ada"))
            #expect(!page.text.contains(Self.password))
        }
        #expect(try world.catalog.history.auditEntries().map(\.verb).contains("sign-in"))
    }

    @Test(arguments: [("ada", "a long walk by the sea!"), ("nobody", Self.password), ("", "")])
    func `a wrong name and a wrong password get the same answer`(
        name: String, password: String
    ) async throws {
        try await world().browse { browser async throws in
            let answer = try await signIn(browser, name: name, password: password)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("The name or the password is not right."))
            #expect(try await browser.get("/account").location?.hasPrefix("/sign-in") == true)
        }
    }

    @Test func `a disabled user gets the answer of a wrong password`() async throws {
        let world = try await world()
        let hash = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        let ben = try world.catalog.people.addUser(
            named: "ben", role: .viewer, password: hash, by: WebWorld.actor)
        try world.catalog.people.setDisabled(true, ofUser: ben.id, by: WebWorld.actor)
        try await world.browse { browser async throws in
            let answer = try await signIn(browser, name: "ben")
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("The name or the password is not right."))
        }
    }

    @Test
    func `five wrong passwords make the sixth attempt wait and the owner's browser is let in`()
        async throws
    {
        let world = try await world()
        let owner = CookieJar()
        try await world.app.test(.router) { client async throws in
            _ = try await signIn(Browser(client: client, jar: owner))
        }
        try await world.browse { stranger async throws in
            for _ in 1...5 { _ = try await signIn(stranger, password: "something else here") }
            let answer = try await signIn(stranger)
            #expect(answer.status == .tooManyRequests)
            #expect(answer.headers[.retryAfter] != nil)
        }
        owner.remove(GuardedRoutes.sessionCookie(world.services.settings))
        try await world.app.test(.router) { client async throws in
            let answer = try await signIn(Browser(client: client, jar: owner))
            #expect(answer.status == .seeOther)
        }
    }

    @Test(arguments: [
        ("/admin/users", "/admin/users"), ("//evil.example", "/"),
        ("https://evil.example", "/"), ("/\\evil.example", "/"), ("", "/"),
    ])
    func `signing in leads to pages of ours only`(next: String, place: String) async throws {
        try await world().browse { browser async throws in
            #expect(try await signIn(browser, next: next).location == place)
        }
    }

    @Test func `signing out ends the session itself and not only its cookie`() async throws {
        let world = try await world()
        try await world.browse { browser async throws in
            _ = try await signIn(browser)
            let name = GuardedRoutes.sessionCookie(world.services.settings)
            let token = browser.jar[name]
            _ = try await browser.post("/sign-out")
            #expect(browser.jar[name] == nil)
            browser.jar.set(name, token ?? "")
            #expect(try await browser.get("/account").location?.hasPrefix("/sign-in") == true)
        }
    }

    @Test func `a session ends twelve hours after the last visit`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser async throws in
            world.pass(.seconds(11 * 3_600))
            #expect(try await browser.get("/account").status == .ok)
            world.pass(.seconds(11 * 3_600))
            #expect(try await browser.get("/account").status == .ok)
            world.pass(.seconds(12 * 3_600))
            #expect(try await browser.get("/account").status == .seeOther)
        }
    }

    @Test
    func `cookies are out of reach of scripts and other sites and bound to HTTPS behind a proxy`()
        async throws
    {
        var settings = ServiceSettings()
        settings.passwordCost = Self.cheap
        settings.publicURL = "https://ferry.example"
        let world = try WebWorld(settings: settings)
        let hash = try await PasswordHash.hash(Self.password, cost: Self.cheap)
        _ = try world.catalog.people.addUser(
            named: "ada", role: .viewer, password: hash, by: WebWorld.actor)
        try await world.browse { browser async throws in
            let cookies = try await signIn(browser).headers[values: .setCookie]
            let session = try #require(cookies.first { $0.hasPrefix("__Host-ferry=") })
            for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
                #expect(session.contains(part))
            }
        }
    }

    // MARK: Forms

    @Test func `a form without its token changes nothing`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser async throws in
            let answer = try await browser.post(
                "/admin/users", [("name", "eve"), ("role", "administrator")], withToken: false)
            #expect(answer.status == .forbidden)
            let foreign = try await browser.post(
                "/admin/users", [("name", "eve"), ("role", "administrator"), ("csrf", "made up")],
                withToken: false)
            #expect(foreign.status == .forbidden)
        }
        #expect(try world.catalog.people.user(named: "eve") == nil)
    }

    @Test func `a form from another site changes nothing even with the token`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .administrator) { browser async throws in
            for origin in ["https://evil.example", "null"] {
                let answer = try await browser.post(
                    "/admin/users", [("name", "eve"), ("role", "viewer")],
                    headers: [.origin: origin])
                #expect(answer.status == .forbidden, "\(origin)")
            }
        }
        #expect(try world.catalog.people.user(named: "eve") == nil)
    }

    @Test(arguments: [
        ("https://ferry.example", true), ("https://ferry.exampl", false),
        ("https://ferry.example.evil", false), ("http://ferry.example", false),
    ])
    func `only the whole of our own address is our own`(origin: String, isOwn: Bool) async throws {
        var settings = ServiceSettings()
        settings.publicURL = "https://ferry.example/office"
        let world = try WebWorld(settings: settings)
        try await world.browse(as: .administrator) { browser async throws in
            let answer = try await browser.post(
                "/admin/users", [("name", "eve"), ("role", "viewer")],
                headers: [.origin: origin])
            #expect((answer.status != .forbidden) == isOwn, "\(answer.status)")
        }
        #expect((try world.catalog.people.user(named: "eve") != nil) == isOwn)
    }

    @Test func `every answer forbids foreign content and framing`() async throws {
        try await WebWorld().browse { browser async throws in
            for path in ["/sign-in", "/nothing", "/exports"] {
                let headers = try await browser.get(path).headers
                #expect(headers[.contentSecurityPolicy] == SecurityHeaders.policy)
                #expect(headers[.xContentTypeOptions] == "nosniff")
            }
        }
    }

    // MARK: Links

    @Test func `the first link makes the first administrator and works once`() async throws {
        let world = try WebWorld(settings: Self.cheapSettings)
        let token = SecretToken.new(.invitation)
        _ = try world.catalog.people.addInvitation(
            for: .firstAdministrator, token: token,
            expiresAt: world.now + Invitation.lifetimeMilliseconds, by: WebWorld.actor)
        try await world.browse { browser async throws in
            let short = try await browser.post(
                "/setup/\(token.text)",
                [("name", "grace"), ("password", "short"), ("repeated", "short")])
            #expect(short.status == .unprocessableContent)
            let fields = [
                ("name", "grace"), ("password", Self.password), ("repeated", Self.password),
            ]
            #expect(try await browser.post("/setup/\(token.text)", fields).status == .seeOther)
            #expect(try await browser.get("/admin/users").status == .ok)
            #expect(try await browser.get("/setup/\(token.text)").status == .notFound)
            #expect(try await browser.post("/setup/\(token.text)", fields).status == .notFound)
        }
        #expect(try world.catalog.people.user(named: "grace")?.role == .administrator)
    }

    @Test func `an invited user sets a password by the link that the administrator was shown`()
        async throws
    {
        let world = try WebWorld(settings: Self.cheapSettings)
        let link = try await world.browse(as: .administrator) { browser async throws in
            let page = try await browser.post(
                "/admin/users", [("name", "lin"), ("role", "contributor")])
            #expect(page.status == .ok)
            return try #require(page.text.firstMatch(of: #/\/invitation\/fi_[\w-]+/#)).output
        }
        try await world.browse { browser async throws in
            let fields = [("password", Self.password), ("repeated", Self.password)]
            #expect(try await browser.get(String(link)).text.contains("lin"))
            #expect(try await browser.post(String(link), fields).status == .seeOther)
            #expect(try await browser.get("/account").status == .ok)
            #expect(try await browser.get(String(link)).status == .notFound)
        }
        #expect(
            try world.audit() == [
                "user:administrator-user add user lin [role]",
                "user:administrator-user add invitation lin []",
                "user:lin set user lin [password]",
            ])
    }

    private static var cheapSettings: ServiceSettings {
        var settings = ServiceSettings()
        settings.passwordCost = cheap
        return settings
    }
}
