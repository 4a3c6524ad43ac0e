package import Access
import Profiles
import Store

/// One's own API tokens, a page at a time in the order of their ids.
package struct ListTokens: RemoteAct {
    package static let needs = Permission.useAPI
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<TokenAnswer> {
        let tokens = try acts.catalog.people.tokens(ofUser: asker.account().id)
        return try page.page(all: tokens, .tokens) { TokenAnswer($0, at: acts.now()) }
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/tokens", query: page.query)
    }
}

/// Makes an API token for oneself, no higher than one's own role.
package struct AddToken: RemoteAct {
    package static let needs = Permission.useAPI
    package static let nameLength = 1...60
    package static let days: ClosedRange<Int64> = 1...365
    private static let dayMilliseconds: Int64 = 86_400_000

    package let name: String
    package let role: Role
    package let expiresInDays: Int64

    package init(name: String, role: Role, expiresInDays: Int64) {
        self.name = name
        self.role = role
        self.expiresInDays = expiresInDays
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> IssuedTokenAnswer {
        let user = try asker.account()
        let findings = self.findings
        guard findings.isEmpty else { throw Refusal(.invalid, findings: findings) }
        guard role <= asker.role else {
            throw Refusal(
                .notAllowed,
                ["own": .word(asker.role.rawValue), "role": .word(role.rawValue)],
                cause: "token-role")
        }
        let secret = SecretToken.new(.api)
        let now = acts.now()
        let token = try acts.catalog.people.addToken(
            of: user, named: name, role: role, token: secret,
            expiresAt: now + expiresInDays * Self.dayMilliseconds, by: asker.actor, at: now)
        return IssuedTokenAnswer(token: TokenAnswer(token, at: now), secret: secret.text)
    }

    private var findings: [Refusal.Finding] {
        var found: [Refusal.Finding] = []
        if !Self.nameLength.contains(name.count) {
            found.append(.init("name", "token-name"))
        } else if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            found.append(.init("name", "text-around"))
        }
        if !Self.days.contains(expiresInDays) {
            found.append(.init("expiresInDays", "token-days"))
        }
        return found
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("POST", "/api/v1/tokens", body: self)
    }
}

/// Makes one of one's own tokens useless.
package struct RevokeToken: RemoteAct {
    package static let needs = Permission.useAPI
    package let token: APIToken.ID

    package init(_ token: APIToken.ID) {
        self.token = token
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        let user = try asker.account()
        guard try acts.catalog.people.tokens(ofUser: user.id).contains(where: { $0.id == token })
        else {
            throw Refusal(.notFound, ["noun": .word("token"), "id": .digits(token)])
        }
        try acts.catalog.people.revokeToken(token, ofUser: user.id, by: asker.actor)
        return Done()
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("DELETE", "/api/v1/tokens/\(token)")
    }
}
