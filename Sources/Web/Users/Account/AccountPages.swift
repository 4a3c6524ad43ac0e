import Access
import Acts
import Hummingbird
import Phrases
import Store

/// One's own account: password, language, where one is signed in, tokens for programs.
struct AccountPages: Sendable {
    private let services: Services
    private let renderer: PageRenderer

    /// Days a token may live.
    static let tokenDays = [7, 30, 90, 365]

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
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
        let book = signedIn.book
        do {
            _ = try await services.acts.perform(
                SetPassword(old: fields["old"] ?? "", new: NewPassword(fields)),
                by: signedIn.asker)
            return GuardedRoutes.redirect("/account?notice=password-changed")
        } catch let refusal as Refusal where refusal.code == .wrongPassword {
            return try show(signedIn, findings: ["old": book.text(.accountOldWrong)])
        } catch let refusal as Refusal where refusal.code == .wait {
            let finding = book.text(.signinWait, count: refusal.seconds ?? 1)
            return try show(signedIn, findings: ["old": finding])
        } catch let refusal as Refusal where refusal.code == .invalid {
            return try show(signedIn, findings: book.findings(of: refusal))
        }
    }

    private func endSession(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        _ = try await services.acts.perform(EndSession(try signedIn.id()), by: signedIn.asker)
        return GuardedRoutes.redirect("/account?notice=session-ended")
    }

    private func endOthers(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        _ = try await services.acts.perform(EndOtherSessions(), by: signedIn.asker)
        return GuardedRoutes.redirect("/account?notice=session-ended")
    }

    private func addToken(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        guard let role = fields["role"].flatMap(Role.init(rawValue:)),
            let days = fields["days"].flatMap(Int64.init), Self.tokenDays.contains(Int(days))
        else {
            throw WebProblem(.badRequest)
        }
        let name = fields.text("tokenName") ?? ""
        do {
            let issued = try await services.acts.perform(
                AddToken(name: name, role: role, expiresInDays: days), by: signedIn.asker)
            return try show(signedIn, secret: issued.secret)
        } catch let refusal as Refusal where refusal.code == .notAllowed {
            // The form offers no such role.
            throw WebProblem(.badRequest)
        } catch let refusal as Refusal where refusal.code == .invalid {
            return try show(
                signedIn, findings: ["tokenName": signedIn.book.text(.accountTokenNameRule)],
                tokenName: name)
        }
    }

    private func revokeToken(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        _ = try await services.acts.perform(RevokeToken(try signedIn.id()), by: signedIn.asker)
        return GuardedRoutes.redirect("/account?notice=token-revoked")
    }
}
