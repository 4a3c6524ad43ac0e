package import Access
import Profiles
import Store

/// Who asks, and what they may do.
package struct ShowMe: RemoteAct {
    package static let needs = Permission.useAPI

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> MeAnswer {
        let user = try asker.account()
        var token: APIToken?
        if case .token(let id) = asker.means {
            token = try acts.catalog.people.tokens(ofUser: user.id).first { $0.id == id }
        }
        return MeAnswer(
            user: UserAnswer(user),
            token: token.map { TokenAnswer($0.limited(to: user.role), at: acts.now()) },
            role: asker.role, permissions: asker.role.permissions.map(\.rawValue).sorted())
    }

    package func call(_ things: any ThingFinder) -> APICall { APICall("GET", "/api/v1/me") }
}

/// One's own password, which ends all other sessions.
package struct SetPassword: Act {
    package static let needs = Permission.manageOwnAccount
    /// The present one.
    package let old: String
    package let new: NewPassword

    package init(old: String, new: NewPassword) {
        self.old = old
        self.new = new
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> Done {
        guard case .page(let session) = asker.means else { throw Asker.noAccount }
        try await acts.confirm(password: old, of: asker)
        let user = try asker.account()
        let findings = new.findings(userName: user.name)
        guard findings.isEmpty else { throw Refusal(.invalid, findings: findings) }
        try acts.catalog.people.setPassword(
            await acts.signIns.hash(new.text), ofUser: user.id, keepingSession: session,
            by: asker.actor)
        return Done()
    }
}

/// The language in which one sees pages.
package struct SetLanguage: Act {
    package static let needs = Permission.manageOwnAccount
    package let language: String

    package init(_ language: String) {
        self.language = language
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        try acts.catalog.people.setLanguage(language, ofUser: asker.account().id)
        return Done()
    }
}

/// One's own sessions, a page at a time in the order of their ids.
package struct ListSessions: RemoteAct {
    package static let needs = Permission.manageOwnAccount
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<SessionAnswer> {
        let sessions = try acts.catalog.people.sessions(
            ofUser: asker.account().id, at: acts.now())
        return try page.page(all: sessions, .sessions, SessionAnswer.init)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/sessions", query: page.query)
    }
}

/// Signs oneself out somewhere.
package struct EndSession: RemoteAct {
    package static let needs = Permission.manageOwnAccount
    package let session: Session.ID

    package init(_ session: Session.ID) {
        self.session = session
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        guard
            try acts.catalog.people.endSession(
                session, ofUser: asker.account().id, by: asker.actor)
        else {
            throw Refusal(
                .notFound, ["noun": .word("session"), "id": .digits(session)])
        }
        return Done()
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("DELETE", "/api/v1/sessions/\(session)")
    }
}

/// Signs oneself out everywhere but here.
package struct EndOtherSessions: Act {
    package static let needs = Permission.manageOwnAccount

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        guard case .page(let session) = asker.means else { throw Asker.noAccount }
        try acts.catalog.people.endSessions(
            ofUser: asker.account().id, except: session, by: asker.actor)
        return Done()
    }
}

/// Signs oneself out here.
package struct SignOut: Act {
    package static let needs = Permission.manageOwnAccount

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> Done {
        guard case .page(let session) = asker.means else { throw Asker.noAccount }
        try acts.catalog.people.endSession(session, by: asker.actor)
        return Done()
    }
}
