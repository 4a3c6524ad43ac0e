import Access
import Acts
import Hummingbird
import Store

/// `/me`, users, one's own tokens and sessions.
struct PeopleAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/me", needs: .useAPI, use: me)
        routes.act(.get, "/api/v1/users") { ListUsers(page: try $0.page(.users)) }
        routes.act(.post, "/api/v1/users", readNewUser) { answer, caller in
            var answer = answer
            answer.invitation.link = link(answer.invitation, caller)
            return .created(answer, at: "/api/v1/users/\(answer.user.id)")
        }
        routes.act(.get, "/api/v1/users/{id}") { ShowUser(.id(try $0.id())) }
        routes.act(.patch, "/api/v1/users/{id}", readChange)
        routes.act(.post, "/api/v1/users/{id}/invitations", readInvitation) { answer, caller in
            var answer = answer
            answer.link = link(answer, caller)
            return .json(answer, status: .created)
        }
        routes.api(.get, "/api/v1/tokens", needs: .useAPI, use: listTokens)
        routes.api(.post, "/api/v1/tokens", needs: .useAPI, use: addToken)
        routes.api(.delete, "/api/v1/tokens/{id}", needs: .useAPI, use: revokeToken)
        routes.api(.get, "/api/v1/sessions", needs: .manageOwnAccount, use: listSessions)
        routes.api(.delete, "/api/v1/sessions/{id}", needs: .manageOwnAccount, use: endSession)
    }

    private func me(_ caller: Caller) -> Response {
        .json(
            [
                "user": JSONValue(caller.user),
                "token": JSONValue(caller.token, at: services.now()),
                "role": .string(caller.role.rawValue),
                "permissions": .texts(caller.role.permissions.map(\.rawValue).sorted()),
            ] as JSONValue)
    }

    // MARK: Users

    private func readNewUser(_ caller: Caller) async throws -> AddUser {
        var body = try await APIBody.read(caller.request)
        let name = body.text("name", length: 1...UserName.charactersMax)
        let role = body.choice("role", of: Role.allCases)
        try body.end()
        guard let name, let role else { throw WebProblem(.invalid) }
        return AddUser(name: name, role: role)
    }

    private func readChange(_ caller: Caller) async throws -> ChangeUser {
        var body = try await APIBody.read(caller.request)
        let role = body.choice("role", of: Role.allCases, isRequired: false)
        let isDisabled = body.flag("disabled")
        try body.end()
        return ChangeUser(.id(try caller.id()), role: role, disabled: isDisabled)
    }

    private func readInvitation(_ caller: Caller) async throws -> InviteUser {
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        return InviteUser(.id(try caller.id()))
    }

    private func link(_ invitation: InvitationAnswer, _ caller: Caller) -> String {
        services.baseURL(caller.request) + invitation.link
    }

    // MARK: Tokens and sessions

    private func listTokens(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.tokens)
        let tokens = try services.catalog.people.tokens(ofUser: caller.user.id)
        return .json(
            try page.answer(all: tokens, .tokens) { JSONValue($0, at: services.now()) })
    }

    private func addToken(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
        let name = body.text("name", length: 1...60)
        let role = body.choice("role", of: Role.allCases)
        let days = body.integer("expiresInDays", in: 1...365)
        if let name, name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            body.find("name", "text", "It takes no spaces around it.")
        }
        try body.end()
        guard let name, let role, let days else { throw WebProblem(.invalid) }
        guard role <= caller.role else {
            throw WebProblem(
                .notAllowed,
                "A token of the role '\(caller.role.rawValue)' makes none of the role '\(role.rawValue)'."
            )
        }
        let secret = SecretToken.new(.api)
        let now = services.now()
        let token = try services.catalog.people.addToken(
            of: caller.user, named: name, role: role, token: secret,
            expiresAt: now + days * 86_400_000, by: caller.actor, at: now)
        let value: JSONValue = [
            "token": JSONValue(token, at: now), "secret": .string(secret.text),
        ]
        return .json(value, status: .created)
    }

    private func revokeToken(_ caller: Caller) throws -> Response {
        let id = try caller.id()
        let tokens = try services.catalog.people.tokens(ofUser: caller.user.id)
        guard tokens.contains(where: { $0.id == id }) else {
            throw WebProblem(.notFound, "You have no token \(id).")
        }
        try services.catalog.people.revokeToken(id, ofUser: caller.user.id, by: caller.actor)
        return .done
    }

    private func listSessions(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.sessions)
        let sessions = try services.catalog.people.sessions(
            ofUser: caller.user.id, at: services.now())
        return .json(try page.answer(all: sessions, .sessions) { JSONValue($0) })
    }

    private func endSession(_ caller: Caller) throws -> Response {
        let id = try caller.id()
        guard
            try services.catalog.people.endSession(id, ofUser: caller.user.id, by: caller.actor)
        else {
            throw WebProblem(.notFound, "You have no session \(id).")
        }
        return .done
    }
}
