/// A user as the API tells it.
struct RemoteUser: Decodable, RemoteNamed {
    let id: Int64
    let name: String
    let role: String
    let disabled: Bool
    let hasPassword: Bool
    let createdAt: RemoteTime
    let lastSignInAt: RemoteTime?
}

/// A link by which a user sets a password.
struct RemoteInvitation: Decodable {
    let link: String
    let expiresAt: RemoteTime
}

extension RemoteService {
    func users() async throws -> [RemoteUser] {
        try await list("/api/v1/users")
    }

    func addUser(_ name: String, role: String) async throws -> RemoteInvitation {
        struct Invited: Decodable { let invitation: RemoteInvitation }
        let invited: Invited = try await send(
            "POST", "/api/v1/users", ["name": name, "role": role])
        return invited.invitation
    }

    func invite(userNamed name: String) async throws -> RemoteInvitation {
        let user: RemoteUser = try await named(name, in: "/api/v1/users", noun: "user")
        return try await send("POST", "/api/v1/users/\(user.id)/invitations", EmptyObject())
    }
}
