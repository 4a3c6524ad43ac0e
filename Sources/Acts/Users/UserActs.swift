package import Access
import Profiles
import Store

/// All users, a page at a time in the order of their ids.
package struct ListUsers: RemoteAct {
    package static let needs = Permission.manageUsers
    package let page: PageRequest

    package init(page: PageRequest = PageRequest()) {
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<UserAnswer> {
        try page.page(all: acts.catalog.people.users(), .users, UserAnswer.init)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("GET", "/api/v1/users", query: page.query)
    }
}

/// One user, or the refusal that there is none.
package struct ShowUser: RemoteAct {
    package static let needs = Permission.manageUsers
    package let user: Reference<User>

    package init(_ user: Reference<User>) {
        self.user = user
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> UserAnswer {
        UserAnswer(try acts.user(user))
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall("GET", "/api/v1/users/\(try await things.id(of: user))")
    }
}

/// Adds a user, who sets a password by the link that the answer holds.
package struct AddUser: RemoteAct {
    package static let needs = Permission.manageUsers
    package let name: String
    package let role: Role

    package init(name: String, role: Role) {
        self.name = name
        self.role = role
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> InvitedUserAnswer {
        guard UserName.checked(name) != nil else {
            throw Refusal(.invalid, findings: [.init("name", "user-name")])
        }
        let user = try acts.catalog.people.addUser(
            named: name, role: role, password: nil, by: asker.actor)
        return InvitedUserAnswer(
            user: UserAnswer(user), invitation: try acts.invitation(for: user, by: asker))
    }

    package func call(_ things: any ThingFinder) -> APICall {
        APICall("POST", "/api/v1/users", body: self)
    }
}

/// Gives a user another role, or lets them sign in no more; what is nil stays.
package struct ChangeUser: RemoteAct {
    package static let needs = Permission.manageUsers
    package let user: Reference<User>
    package let role: Role?
    package let disabled: Bool?

    package init(_ user: Reference<User>, role: Role? = nil, disabled: Bool? = nil) {
        self.user = user
        self.role = role
        self.disabled = disabled
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> UserAnswer {
        let id = try acts.user(user).id
        if let role { try acts.catalog.people.setRole(role, ofUser: id, by: asker.actor) }
        if let disabled {
            try acts.catalog.people.setDisabled(disabled, ofUser: id, by: asker.actor)
        }
        return UserAnswer(try acts.user(.id(id)))
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        struct Body: Encodable {
            let role: Role?
            let disabled: Bool?
        }
        return APICall(
            "PATCH", "/api/v1/users/\(try await things.id(of: user))",
            body: Body(role: role, disabled: disabled))
    }
}

/// Makes a link by which a user sets another password.
package struct InviteUser: RemoteAct {
    package static let needs = Permission.manageUsers
    package let user: Reference<User>

    package init(_ user: Reference<User>) {
        self.user = user
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> InvitationAnswer {
        try acts.invitation(for: try acts.user(user), by: asker)
    }

    package func call(_ things: any ThingFinder) async throws -> APICall {
        APICall(
            "POST", "/api/v1/users/\(try await things.id(of: user))/invitations",
            body: [String: String]())
    }
}

extension ThingFinder {
    fileprivate func id(of user: Reference<User>) async throws -> User.ID {
        try await id(of: user, noun: "user", in: "/api/v1/users")
    }
}

extension ActContext {
    /// The user that is meant, or the refusal that there is none.
    func user(_ reference: Reference<User>) throws -> User {
        switch reference {
        case .id(let id):
            if let user = try catalog.people.user(id: id) { return user }
            throw Refusal(.notFound, ["noun": .word("user"), "id": .digits(id)])
        case .name(let name):
            if let user = try catalog.people.user(named: name) { return user }
            throw Refusal(.notFound, ["noun": .word("user"), "name": .text(name)])
        }
    }

    fileprivate func invitation(for user: User, by asker: Asker) throws -> InvitationAnswer {
        guard !user.isDisabled else {
            throw Refusal(.conflict, ["name": .text(user.name)], cause: "user-disabled")
        }
        let token = SecretToken.new(.invitation)
        let end = now() + Invitation.lifetimeMilliseconds
        _ = try catalog.people.addInvitation(
            for: .setPassword(user.id), token: token, expiresAt: end, by: asker.actor)
        return InvitationAnswer(
            link: "/invitation/\(token.text)", expiresAt: Moment(end))
    }
}
