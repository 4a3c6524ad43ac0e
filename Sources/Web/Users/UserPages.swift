import Access
import Hummingbird
import Phrases
import Store

/// Admin > Users: who may sign in, and as what.
struct UserPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/admin/users", needs: .manageUsers, use: list)
        routes.page("/admin/users/new", needs: .manageUsers) { signedIn in
            showNew(signedIn, name: "", role: .viewer, finding: nil)
        }
        routes.form("/admin/users", needs: .manageUsers, use: add)
        routes.page("/admin/users/{id}", needs: .manageUsers) { signedIn in
            try showUser(signedIn, try user(signedIn))
        }
        routes.form("/admin/users/{id}/role", needs: .manageUsers, use: setRole)
        routes.form("/admin/users/{id}/state", needs: .manageUsers, use: setState)
        routes.form("/admin/users/{id}/reset", needs: .manageUsers, use: reset)
    }

    private func list(_ signedIn: SignedIn) throws -> Response {
        let users = try services.catalog.users()
        return renderer.page(
            "users", title: signedIn.book.text(.usersTitle),
            UsersModel(
                users: users.map { UsersModel.Row($0, signedIn.book) },
                count: signedIn.book.text(.usersCount, count: users.count)),
            for: signedIn)
    }

    private func showNew(
        _ signedIn: SignedIn, name: String, role: Role, finding: String?
    ) -> Response {
        renderer.page(
            "user-new", title: signedIn.book.text(.usersAdd),
            NewUserModel(
                name: name, nameFinding: finding,
                roles: RoleChoice.all(selected: role, signedIn.book)),
            for: signedIn, status: finding == nil ? .ok : .unprocessableContent)
    }

    private func add(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        let name = fields.text("name") ?? ""
        guard let role = fields["role"].flatMap(Role.init(rawValue:)) else {
            throw WebProblem(.badRequest)
        }
        guard UserName.checked(name) != nil else {
            return showNew(
                signedIn, name: name, role: role, finding: signedIn.book.text(.usersNameRule))
        }
        guard try services.catalog.user(named: name) == nil else {
            return showNew(
                signedIn, name: name, role: role, finding: signedIn.book.text(.usersNameTaken))
        }
        let user = try services.catalog.addUser(
            named: name, role: role, password: nil, by: signedIn.actor)
        return try showUser(signedIn, user, link: try newLink(for: user, signedIn))
    }

    /// The page of one user; a link that has just been made is shown here and never again.
    private func showUser(
        _ signedIn: SignedIn, _ user: User, link: String? = nil, notice: Phrase? = nil
    ) throws -> Response {
        let book = signedIn.book
        return renderer.page(
            "user", title: user.name,
            UserModel(
                id: user.id, name: user.name, state: BadgeMark(user, book),
                isDisabled: user.isDisabled, isSelf: user.id == signedIn.user.id,
                roles: RoleChoice.all(selected: user.role, book), secret: link,
                linkHint: link.map { _ in
                    let end = services.now() + Invitation.lifetimeMilliseconds
                    return book.text(.usersLinkHint, ["time": book.time(end)])
                },
                created: MomentText(user.createdAt, book),
                lastSignIn: user.lastSignInAt.map { MomentText($0, book) },
                auditHref: "/admin/audit"
                    + LinkQuery.text([("actor", Actor(user: user.name).name)])),
            for: signedIn,
            notice: notice.map { Frame.Notice(kind: "ok", text: book.text($0)) })
    }

    private func setRole(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        let user = try user(signedIn)
        guard let role = fields["role"].flatMap(Role.init(rawValue:)) else {
            throw WebProblem(.badRequest)
        }
        try services.catalog.setRole(role, ofUser: user.id, by: signedIn.actor)
        return GuardedRoutes.redirect("/admin/users/\(user.id)?notice=user-changed")
    }

    private func setState(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        let user = try user(signedIn)
        guard let state = fields["state"], ["enabled", "disabled"].contains(state) else {
            throw WebProblem(.badRequest)
        }
        try services.catalog.setDisabled(
            state == "disabled", ofUser: user.id, by: signedIn.actor)
        return GuardedRoutes.redirect("/admin/users/\(user.id)?notice=user-changed")
    }

    private func reset(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        let user = try user(signedIn)
        return try showUser(signedIn, user, link: try newLink(for: user, signedIn))
    }

    private func newLink(for user: User, _ signedIn: SignedIn) throws -> String {
        let token = SecretToken.new(.invitation)
        _ = try services.catalog.addInvitation(
            for: .setPassword(user.id), token: token,
            expiresAt: services.now() + Invitation.lifetimeMilliseconds, by: signedIn.actor)
        return "\(services.baseURL(signedIn.request))/invitation/\(token.text)"
    }

    private func user(_ signedIn: SignedIn) throws -> User {
        guard let user = try services.catalog.user(id: try signedIn.id()) else {
            throw WebProblem(.notFound)
        }
        return user
    }
}

extension Services {
    /// The address under which the one who asks reaches the service, without a slash at the end.
    func baseURL(_ request: Request) -> String {
        if let url = settings.publicURL { return url.hasSuffix("/") ? String(url.dropLast()) : url }
        return "http://\(request.head.authority ?? "\(settings.host):\(settings.port)")"
    }
}
