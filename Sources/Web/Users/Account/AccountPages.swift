import Access
import Foundation
import Hummingbird
import Phrases
import Store

/// One's own account: password, language, where one is signed in, tokens for programs.
struct AccountPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer
    private let signInDesk: SignInDesk

    /// Days a token may live.
    static let tokenDays = [7, 30, 90, 365]

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
        signInDesk = routes.signInDesk
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/account", needs: .manageOwnAccount) { try show($0) }
        routes.form("/account/password", needs: .manageOwnAccount, use: setPassword)
        routes.form("/account/sessions/end", needs: .manageOwnAccount, use: endOthers)
        routes.form("/account/sessions/{id}/end", needs: .manageOwnAccount, use: endSession)
        routes.form("/account/tokens", needs: .useAPI, use: addToken)
        routes.form("/account/tokens/{id}/revoke", needs: .useAPI, use: revokeToken)
    }

    /// A token that has just been made is shown here and never again.
    private func show(
        _ signedIn: SignedIn, findings: [String: String] = [:], tokenName: String = "",
        secret: String? = nil
    ) throws -> Response {
        let book = signedIn.book
        let now = services.now()
        let sessions = try services.catalog.people.sessions(ofUser: signedIn.user.id, at: now)
        let tokens = try services.catalog.people.tokens(ofUser: signedIn.user.id)
        return renderer.page(
            "account", title: book.text(.frameAccount),
            AccountModel(
                oldFinding: findings["old"], passwordFinding: findings["password"],
                repeatedFinding: findings["repeated"], tokenFinding: findings["tokenName"],
                sessions: sessions.map {
                    AccountModel.SessionRow($0, isThis: $0.id == signedIn.session.id, book)
                },
                hasOtherSessions: sessions.count > 1,
                hasTokens: !tokens.isEmpty,
                tokens: tokens.map { AccountModel.TokenRow($0, at: now, book) },
                tokenName: tokenName, secret: secret,
                tokenRoles: RoleChoice.all(selected: .viewer, book, upTo: signedIn.role),
                tokenDays: Self.tokenDays.map {
                    .init(
                        value: $0, text: book.text(.accountDays, count: $0), isSelected: $0 == 90)
                }),
            for: signedIn, status: findings.isEmpty ? .ok : .unprocessableContent)
    }

    private func setPassword(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        // Failures count as failures to sign in do: a session left open is no place to guess.
        switch try await signInDesk.confirm(password: fields["old"] ?? "", of: signedIn) {
        case .confirmed: break
        case .refused:
            return try show(signedIn, findings: ["old": signedIn.book.text(.accountOldWrong)])
        case .wait(let seconds):
            let finding = signedIn.book.text(.signinWait, count: seconds)
            return try show(signedIn, findings: ["old": finding])
        }
        let findings = passwordFindings(fields, name: signedIn.user.name, signedIn.book)
        guard findings.isEmpty else { return try show(signedIn, findings: findings) }
        let hash = try await PasswordHash.hash(
            fields["password"] ?? "", cost: services.settings.passwordCost)
        try services.catalog.people.setPassword(
            hash, ofUser: signedIn.user.id, keepingSession: signedIn.session.id,
            by: signedIn.actor)
        return GuardedRoutes.redirect("/account?notice=password-changed")
    }

    private func endSession(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        guard
            try services.catalog.people.endSession(
                try signedIn.id(), ofUser: signedIn.user.id, by: signedIn.actor)
        else {
            throw WebProblem(.notFound)
        }
        return GuardedRoutes.redirect("/account?notice=session-ended")
    }

    private func endOthers(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        _ = try services.catalog.people.endSessions(
            ofUser: signedIn.user.id, except: signedIn.session.id, by: signedIn.actor)
        return GuardedRoutes.redirect("/account?notice=session-ended")
    }

    private func addToken(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        guard let role = fields["role"].flatMap(Role.init(rawValue:)), role <= signedIn.role,
            let days = fields["days"].flatMap(Int.init), Self.tokenDays.contains(days)
        else {
            throw WebProblem(.badRequest)
        }
        let name = fields.text("tokenName") ?? ""
        guard (1...60).contains(name.count) else {
            return try show(
                signedIn, findings: ["tokenName": signedIn.book.text(.accountTokenNameRule)],
                tokenName: name)
        }
        let secret = SecretToken.new(.api)
        _ = try services.catalog.people.addToken(
            of: signedIn.user, named: name, role: role, token: secret,
            expiresAt: services.now() + Int64(days) * 86_400_000, by: signedIn.actor,
            at: services.now())
        return try show(signedIn, secret: secret.text)
    }

    private func revokeToken(_ signedIn: SignedIn, _ fields: FormFields) throws -> Response {
        guard
            try services.catalog.people.revokeToken(
                try signedIn.id(), ofUser: signedIn.user.id, by: signedIn.actor)
        else {
            throw WebProblem(.notFound)
        }
        return GuardedRoutes.redirect("/account?notice=token-revoked")
    }
}
