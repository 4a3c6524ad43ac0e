/// Who may use a connection.
package enum Audience: String, CaseIterable, Codable, Sendable {
    case administrators
    case contributors

    /// Whether the role is among them. Administrators always are, viewers never.
    package func admits(_ role: Role) -> Bool {
        switch role {
        case .administrator: true
        case .contributor: self == .contributors
        case .viewer: false
        }
    }
}

/// What someone may do with one export.
package enum ExportRight: String, Sendable {
    case change
    case view

    /// The right of a role over an export. Without a connection (`hasConnection` false) nothing of an
    /// account is at stake, and a contributor may change it.
    package static func of(
        _ role: Role, connectionAudience: Audience?, hasConnection: Bool
    ) -> ExportRight {
        guard role.allows(.changeExports) else { return .view }
        guard hasConnection, role != .administrator else { return .change }
        return connectionAudience?.admits(role) == true ? .change : .view
    }
}
