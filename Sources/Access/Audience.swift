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
