import Access
import Acts
import Hummingbird
import Phrases

/// Signing in and out, the first administrator, and setting a password by a link.
struct SignInPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.open("/sign-in", use: show)
        routes.openForm("/sign-in", use: signIn)
        routes.form("/sign-out", needs: .manageOwnAccount, use: signOut)
        routes.open("/setup/{token}") { visitor, _ in try await showLink(visitor, .setup) }
        routes.openForm("/setup/{token}", use: setUp)
        routes.open("/invitation/{token}") { visitor, _ in
            try await showLink(visitor, .invitation)
        }
        routes.openForm("/invitation/{token}", use: accept)
    }

    // MARK: Signing in

    private func show(_ visitor: Visitor, _ signedIn: SignedIn?) throws -> Response {
        if signedIn != nil { return GuardedRoutes.redirect("/") }
        return page(visitor, name: "", next: visitor.query["next"])
    }

    private func signIn(
        _ visitor: Visitor, _ fields: FormFields, _: SignedIn?
    ) async throws -> Response {
        let name = fields.text("name") ?? ""
        let next = fields["next"]
        do {
            let entrance = try await services.acts.perform(
                SignIn(name: name, password: fields["password"] ?? ""), from: visitor.browser)
            return begin(entrance, at: LocalPath.checked(next))
        } catch let refusal as Refusal where refusal.code == .wrongPassword {
            return page(
                visitor, name: name, next: next, finding: visitor.book.text(.signinRefused))
        } catch let refusal as Refusal where refusal.code == .wait {
            let seconds = refusal.seconds ?? 1
            var response = page(
                visitor, name: name, next: next, status: .tooManyRequests,
                finding: visitor.book.text(.signinWait, count: seconds))
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    private func page(
        _ visitor: Visitor, name: String, next: String?,
        status: HTTPResponse.Status? = nil, finding: String? = nil
    ) -> Response {
        renderer.page(
            "sign-in", title: visitor.book.text(.frameSignIn),
            SignInModel(name: name, next: next.map(LocalPath.checked), finding: finding),
            for: visitor, status: status ?? (finding == nil ? .ok : .unprocessableContent))
    }

    private func begin(_ entrance: Entrance, at path: String) -> Response {
        var response = GuardedRoutes.redirect(path)
        response.setCookie(
            sessionCookie(
                entrance.session.text,
                maxAge: Int(SessionLimits.lifetimeMilliseconds / 1_000)))
        response.setCookie(
            DeviceCookie.cookie(
                entrance.device, ofUserNamed: entrance.user.name,
                isSecure: services.settings.isSecure))
        return response
    }

    private func signOut(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        _ = try await services.acts.perform(SignOut(), by: signedIn.asker)
        var response = GuardedRoutes.redirect("/sign-in?notice=signed-out")
        response.setCookie(sessionCookie("", maxAge: 0))
        return response
    }

    private func sessionCookie(_ value: String, maxAge: Int) -> Cookie {
        Cookie(
            name: GuardedRoutes.sessionCookie(services.settings), value: value, maxAge: maxAge,
            path: "/", secure: services.settings.isSecure, httpOnly: true, sameSite: .lax)
    }

    // MARK: A password by a link

    /// What a link is for: the first administrator, or a user's password.
    private enum Link {
        case setup, invitation
    }

    private func showLink(_ visitor: Visitor, _ link: Link) async throws -> Response {
        let name = try await services.acts.perform(
            ShowInvitation(token(visitor)), from: visitor.browser)
        guard (name == nil) == (link == .setup) else { throw WebProblem(.notFound) }
        return page(visitor, link, name: name ?? "", findings: [:])
    }

    private func setUp(
        _ visitor: Visitor, _ fields: FormFields, _: SignedIn?
    ) async throws -> Response {
        let name = fields.text("name") ?? ""
        do {
            let entrance = try await services.acts.perform(
                MakeFirstAdministrator(
                    token(visitor), name: name, password: NewPassword(fields)),
                from: visitor.browser)
            return begin(entrance, at: "/")
        } catch let refusal as Refusal where refusal.code == .invalid {
            var findings = visitor.book.findings(of: refusal)
            if findings["name"] != nil { findings["name"] = visitor.book.text(.usersNameRule) }
            return page(visitor, .setup, name: name, findings: findings)
        }
    }

    private func accept(
        _ visitor: Visitor, _ fields: FormFields, _: SignedIn?
    ) async throws -> Response {
        let token = try token(visitor)
        do {
            let entrance = try await services.acts.perform(
                AcceptInvitation(token, password: NewPassword(fields)), from: visitor.browser)
            return begin(entrance, at: "/")
        } catch let refusal as Refusal where refusal.code == .invalid {
            let name = try await services.acts.perform(
                ShowInvitation(token), from: visitor.browser)
            return page(
                visitor, .invitation, name: name ?? "",
                findings: visitor.book.findings(of: refusal))
        }
    }

    private func page(
        _ visitor: Visitor, _ link: Link, name: String, findings: [String: String]
    ) -> Response {
        let book = visitor.book
        let isSetup = link == .setup
        return renderer.page(
            isSetup ? "setup" : "invitation",
            title: book.text(isSetup ? .signinSetupTitle : .signinInvitationTitle),
            PasswordModel(
                name: name,
                lead: isSetup
                    ? book.text(.signinSetupLead)
                    : book.text(.signinInvitationLead, ["name": name]),
                findings: findings),
            for: visitor, status: findings.isEmpty ? .ok : .unprocessableContent)
    }

    private func token(_ visitor: Visitor) throws(WebProblem) -> SecretToken {
        guard let text = visitor.parameters.get("token"),
            let token = SecretToken(text: text, kind: .invitation)
        else {
            throw WebProblem(.notFound)
        }
        return token
    }
}

extension NewPassword {
    init(_ fields: FormFields) {
        self.init(fields["password"] ?? "", repeated: fields["repeated"] ?? "")
    }
}

extension PhraseBook {
    /// What is said beside each field of a form.
    func findings(of refusal: Refusal) -> [String: String] {
        Dictionary(refusal.findings.map { ($0.field, sentence(of: $0)) }) { first, _ in first }
    }
}
