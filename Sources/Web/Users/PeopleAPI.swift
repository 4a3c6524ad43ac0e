import Access
import Acts
import Hummingbird
import Store

/// `/me`, users, one's own tokens and sessions.
struct PeopleAPI: Sendable {
    let services: Services

    func add(to routes: GuardedRoutes) {
        routes.act(.get, "/api/v1/me") { _ in ShowMe() }
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
        routes.act(.get, "/api/v1/tokens") { ListTokens(page: try $0.page(.tokens)) }
        routes.act(.post, "/api/v1/tokens", readNewToken) { answer, _ in
            .json(answer, status: .created)
        }
        routes.act(.delete, "/api/v1/tokens/{id}") { RevokeToken(try $0.id()) }
        routes.act(.get, "/api/v1/sessions") { ListSessions(page: try $0.page(.sessions)) }
        routes.act(.delete, "/api/v1/sessions/{id}") { EndSession(try $0.id()) }
    }

    // MARK: Users

    private func readNewUser(_ caller: Caller) async throws -> AddUser {
        var body = try await caller.body()
        let name = body.text("name", length: 1...UserName.charactersMax)
        let role = body.choice("role", of: Role.allCases)
        try body.end()
        guard let name, let role else { throw WebProblem(.invalid) }
        return AddUser(name: name, role: role)
    }

    private func readChange(_ caller: Caller) async throws -> ChangeUser {
        var body = try await caller.body()
        let role = body.choice("role", of: Role.allCases, isRequired: false)
        let isDisabled = body.flag("disabled")
        try body.end()
        return ChangeUser(.id(try caller.id()), role: role, disabled: isDisabled)
    }

    private func readInvitation(_ caller: Caller) async throws -> InviteUser {
        var body = try await caller.body(isOptional: true)
        try body.end()
        return InviteUser(.id(try caller.id()))
    }

    private func link(_ invitation: InvitationAnswer, _ caller: Caller) -> String {
        services.baseURL(caller.request) + invitation.link
    }

    // MARK: Tokens

    private func readNewToken(_ caller: Caller) async throws -> AddToken {
        var body = try await caller.body()
        let name = body.text("name", length: AddToken.nameLength)
        let role = body.choice("role", of: Role.allCases)
        let days = body.integer("expiresInDays", in: AddToken.days)
        try body.end()
        guard let name, let role, let days else { throw WebProblem(.invalid) }
        return AddToken(name: name, role: role, expiresInDays: days)
    }
}
