import Access
import Foundation
import Hummingbird
import Phrases
import Store

/// Signing in and out, the first administrator, and setting a password by a link.
struct SignInPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer
    private let desk: SignInDesk

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
        desk = routes.signInDesk
    }

    func add(to routes: GuardedRoutes) {
        routes.open("/sign-in", use: show)
        routes.openForm("/sign-in", use: signIn)
        routes.form("/sign-out", needs: .manageOwnAccount, use: signOut)
        routes.open("/setup/{token}", use: showSetup)
        routes.openForm("/setup/{token}", use: setUp)
        routes.open("/invitation/{token}", use: showInvitation)
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
        switch try await desk.signIn(
            name: name, password: fields["password"] ?? "", visitor: visitor)
        {
        case .signedIn(let session, let device):
            return begin((session, device), userName: name, at: LocalPath.checked(next))
        case .refused:
            return page(
                visitor, name: name, next: next, finding: visitor.book.text(.signinRefused))
        case .wait(let seconds):
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

    private func begin(
        _ tokens: (session: SecretToken, device: SecretToken), userName: String,
        at path: String
    ) -> Response {
        var response = GuardedRoutes.redirect(path)
        let isSecure = services.settings.isSecure
        response.setCookie(
            Cookie(
                name: GuardedRoutes.sessionCookie(services.settings), value: tokens.session.text,
                maxAge: Int(SessionLimits.lifetimeMilliseconds / 1_000), path: "/",
                secure: isSecure, httpOnly: true, sameSite: .lax))
        response.setCookie(
            Cookie(
                name: SignInDesk.deviceCookie(ofUserNamed: userName), value: tokens.device.text,
                maxAge: SignInDesk.deviceLifetimeSeconds, path: "/", secure: isSecure,
                httpOnly: true, sameSite: .strict))
        return response
    }

    private func signOut(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        try services.catalog.people.endSession(signedIn.session.id, by: signedIn.actor)
        var response = GuardedRoutes.redirect("/sign-in?notice=signed-out")
        response.setCookie(
            Cookie(
                name: GuardedRoutes.sessionCookie(services.settings), value: "", maxAge: 0,
                path: "/", secure: services.settings.isSecure, httpOnly: true, sameSite: .lax))
        return response
    }

    // MARK: The first administrator

    private func showSetup(_ visitor: Visitor, _: SignedIn?) throws -> Response {
        _ = try setupToken(visitor)
        return setupPage(visitor, name: "", findings: [:])
    }

    private func setUp(
        _ visitor: Visitor, _ fields: FormFields, _: SignedIn?
    ) async throws -> Response {
        let token = try setupToken(visitor)
        let name = fields.text("name") ?? ""
        var findings = passwordFindings(fields, name: name, visitor.book)
        if UserName.checked(name) == nil {
            findings["name"] = visitor.book.text(.usersNameRule)
        }
        guard findings.isEmpty else {
            return setupPage(visitor, name: name, findings: findings)
        }
        let user = try services.catalog.people.acceptFirstAdministrator(
            token: token, name: name, password: try await hash(fields), at: services.now())
        return begin(try desk.begin(user, visitor), userName: user.name, at: "/")
    }

    private func setupToken(_ visitor: Visitor) throws -> SecretToken {
        let (token, invitation) = try invitation(visitor)
        guard invitation.purpose == .firstAdministrator else { throw WebProblem(.notFound) }
        return token
    }

    private func setupPage(
        _ visitor: Visitor, name: String, findings: [String: String]
    ) -> Response {
        renderer.page(
            "setup", title: visitor.book.text(.signinSetupTitle),
            PasswordModel(
                name: name, lead: visitor.book.text(.signinSetupLead), findings: findings),
            for: visitor,
            status: findings.isEmpty ? .ok : .unprocessableContent)
    }

    // MARK: A password by a link

    private func showInvitation(_ visitor: Visitor, _: SignedIn?) throws -> Response {
        invitationPage(visitor, name: try invited(visitor).user.name, findings: [:])
    }

    private func accept(
        _ visitor: Visitor, _ fields: FormFields, _: SignedIn?
    ) async throws -> Response {
        let (token, user) = try invited(visitor)
        let findings = passwordFindings(fields, name: user.name, visitor.book)
        guard findings.isEmpty else {
            return invitationPage(visitor, name: user.name, findings: findings)
        }
        let accepted = try services.catalog.people.acceptPassword(
            token: token, password: try await hash(fields), at: services.now())
        return begin(
            try desk.begin(accepted, visitor), userName: accepted.name, at: "/")
    }

    private func invited(_ visitor: Visitor) throws -> (token: SecretToken, user: User) {
        let (token, invitation) = try invitation(visitor)
        guard case .setPassword(let id) = invitation.purpose,
            let user = try services.catalog.people.user(id: id), !user.isDisabled
        else {
            throw WebProblem(.notFound)
        }
        return (token, user)
    }

    private func invitationPage(
        _ visitor: Visitor, name: String, findings: [String: String]
    ) -> Response {
        renderer.page(
            "invitation", title: visitor.book.text(.signinInvitationTitle),
            PasswordModel(
                name: name, lead: visitor.book.text(.signinInvitationLead, ["name": name]),
                findings: findings),
            for: visitor,
            status: findings.isEmpty ? .ok : .unprocessableContent)
    }

    private func invitation(_ visitor: Visitor) throws -> (SecretToken, Invitation) {
        guard let text = visitor.parameters.get("token"),
            let token = SecretToken(text: text, kind: .invitation),
            let invitation = try services.catalog.people.invitation(
                withToken: token, at: services.now())
        else {
            throw WebProblem(.notFound)
        }
        return (token, invitation)
    }

    private func hash(_ fields: FormFields) async throws -> PasswordHash {
        try await PasswordHash.hash(
            fields["password"] ?? "", cost: services.settings.passwordCost)
    }
}

/// What is wrong with a new password that was typed twice, by the name of the field.
func passwordFindings(
    _ fields: FormFields, name: String, _ book: PhraseBook
) -> [String: String] {
    let password = fields["password"] ?? ""
    if let problem = PasswordRules.check(password, userName: name) {
        return ["password": book.text(problem.phrase)]
    }
    if fields["repeated"] != password { return ["repeated": book.text(.signinRepeatDiffers)] }
    return [:]
}

extension PasswordProblem {
    var phrase: Phrase {
        switch self {
        case .tooShort: .signinPasswordTooShort
        case .tooLong: .signinPasswordTooLong
        case .isName: .signinPasswordIsName
        case .isCommon: .signinPasswordIsCommon
        case .isOneCharacter: .signinPasswordIsOneCharacter
        }
    }
}
