import Access
import Hummingbird
import Store

/// `/me`, users, one's own tokens and sessions.
struct PeopleAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.api(.get, "/api/v1/me", needs: .useAPI, use: me)
        routes.api(.get, "/api/v1/users", needs: .manageUsers, use: listUsers)
        routes.api(.post, "/api/v1/users", needs: .manageUsers, use: addUser)
        routes.api(.get, "/api/v1/users/{id}", needs: .manageUsers) { caller in
            .json(JSONValue(try user(caller)))
        }
        routes.api(.patch, "/api/v1/users/{id}", needs: .manageUsers, use: changeUser)
        routes.api(
            .post, "/api/v1/users/{id}/invitations", needs: .manageUsers, use: inviteUser)
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

    private func listUsers(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.users)
        return .json(
            try page.answer(all: try services.catalog.users(), .users) { JSONValue($0) })
    }

    private func addUser(_ caller: Caller) async throws -> Response {
        var body = try await APIBody.read(caller.request)
        let name = body.text("name", length: 1...UserName.charactersMax)
        let role = body.choice("role", of: Role.allCases)
        if let name, UserName.checked(name) == nil {
            body.find(
                "name", "name", "It takes letters and digits of any script, '.', '_', '-' and '@'.")
        }
        try body.end()
        guard let name, let role else { throw WebProblem(.invalid) }
        let user = try services.catalog.addUser(
            named: name, role: role, password: nil, by: caller.actor)
        let value: JSONValue = [
            "user": JSONValue(user), "invitation": try invitation(for: user, caller),
        ]
        return .created(value, at: "/api/v1/users/\(user.id)")
    }

    private func changeUser(_ caller: Caller) async throws -> Response {
        let user = try user(caller)
        var body = try await APIBody.read(caller.request)
        let role = body.choice("role", of: Role.allCases, isRequired: false)
        let isDisabled = body.flag("disabled")
        try body.end()
        if let role { try services.catalog.setRole(role, ofUser: user.id, by: caller.actor) }
        if let isDisabled {
            try services.catalog.setDisabled(isDisabled, ofUser: user.id, by: caller.actor)
        }
        return .json(JSONValue(try self.user(caller)))
    }

    private func inviteUser(_ caller: Caller) async throws -> Response {
        let user = try user(caller)
        var body = try await APIBody.read(caller.request, isOptional: true)
        try body.end()
        return .json(try invitation(for: user, caller), status: .created)
    }

    /// A link by which the user sets a password. It is told here and never again.
    private func invitation(for user: User, _ caller: Caller) throws -> JSONValue {
        guard !user.isDisabled else {
            throw WebProblem(.conflict, "The user '\(user.name)' is disabled.")
        }
        let token = SecretToken.new(.invitation)
        let end = services.now() + Invitation.lifetimeMilliseconds
        _ = try services.catalog.addInvitation(
            for: .setPassword(user.id), token: token, expiresAt: end, by: caller.actor)
        return [
            "link": .string("\(services.baseURL(caller.request))/invitation/\(token.text)"),
            "expiresAt": .time(end),
        ]
    }

    private func user(_ caller: Caller) throws -> User {
        let id = try caller.id()
        guard let user = try services.catalog.user(id: id) else {
            throw WebProblem(.notFound, "There is no user \(id).")
        }
        return user
    }

    // MARK: Tokens and sessions

    private func listTokens(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.tokens)
        let tokens = try services.catalog.tokens(ofUser: caller.user.id)
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
        let token = try services.catalog.addToken(
            of: caller.user, named: name, role: role, token: secret,
            expiresAt: now + days * 86_400_000, by: caller.actor, at: now)
        let value: JSONValue = [
            "token": JSONValue(token, at: now), "secret": .string(secret.text),
        ]
        return .json(value, status: .created)
    }

    private func revokeToken(_ caller: Caller) throws -> Response {
        let id = try caller.id()
        let tokens = try services.catalog.tokens(ofUser: caller.user.id)
        guard tokens.contains(where: { $0.id == id }) else {
            throw WebProblem(.notFound, "You have no token \(id).")
        }
        try services.catalog.revokeToken(id, ofUser: caller.user.id, by: caller.actor)
        return .done
    }

    private func listSessions(_ caller: Caller) throws -> Response {
        let page = try APIQuery(caller, names: PageRequest.names).page(.sessions)
        let sessions = try services.catalog.sessions(
            ofUser: caller.user.id, at: services.now())
        return .json(try page.answer(all: sessions, .sessions) { JSONValue($0) })
    }

    private func endSession(_ caller: Caller) throws -> Response {
        let id = try caller.id()
        guard
            try services.catalog.endSession(id, ofUser: caller.user.id, by: caller.actor)
        else {
            throw WebProblem(.notFound, "You have no session \(id).")
        }
        return .done
    }
}
