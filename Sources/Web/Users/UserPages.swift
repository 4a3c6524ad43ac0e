import Access
import Acts
import Hummingbird
import Phrases
import Service
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
            try showUser(signedIn, try user(signedIn.id()))
        }
        routes.form("/admin/users/{id}/role", needs: .manageUsers, use: setRole)
        routes.form("/admin/users/{id}/state", needs: .manageUsers, use: setState)
        routes.form("/admin/users/{id}/reset", needs: .manageUsers, use: reset)
    }

    private func list(_ signedIn: SignedIn) throws -> Response {
        let users = try services.catalog.people.users()
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

    private func add(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let name = fields.text("name") ?? ""
        guard let role = fields["role"].flatMap(Role.init(rawValue:)) else {
            throw WebProblem(.badRequest)
        }
        do {
            let added = try await services.acts.perform(
                AddUser(name: name, role: role), by: signedIn.asker)
            return try showUser(
                signedIn, try user(added.user.id), link: link(added.invitation, signedIn))
        } catch let refusal as Refusal where refusal.code == .invalid {
            return showNew(
                signedIn, name: name, role: role, finding: signedIn.book.text(.usersNameRule))
        } catch let refusal as Refusal where refusal.code == .nameTaken {
            return showNew(
                signedIn, name: name, role: role, finding: signedIn.book.text(.usersNameTaken))
        }
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

    private func setRole(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        guard let role = fields["role"].flatMap(Role.init(rawValue:)) else {
            throw WebProblem(.badRequest)
        }
        return try await change(ChangeUser(.id(try signedIn.id()), role: role), signedIn)
    }

    private func setState(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        guard let state = fields["state"], ["enabled", "disabled"].contains(state) else {
            throw WebProblem(.badRequest)
        }
        return try await change(
            ChangeUser(.id(try signedIn.id()), disabled: state == "disabled"), signedIn)
    }

    private func change(_ act: ChangeUser, _ signedIn: SignedIn) async throws -> Response {
        let user = try await services.acts.perform(act, by: signedIn.asker)
        return GuardedRoutes.redirect("/admin/users/\(user.id)?notice=user-changed")
    }

    private func reset(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let user = try user(signedIn.id())
        let invitation = try await services.acts.perform(
            InviteUser(.id(user.id)), by: signedIn.asker)
        return try showUser(signedIn, user, link: link(invitation, signedIn))
    }

    private func link(_ invitation: InvitationAnswer, _ signedIn: SignedIn) -> String {
        services.baseURL(signedIn.request) + invitation.link
    }

    private func user(_ id: User.ID) throws -> User {
        guard let user = try services.catalog.people.user(id: id) else {
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
