/// What a user may do, from least to most.
package enum Role: String, CaseIterable, Codable, Sendable, Comparable {
    case viewer
    case contributor
    case administrator

    /// What the role may do.
    package var permissions: Set<Permission> {
        switch self {
        case .viewer:
            [
                .readExports, .readRuns, .readPeople, .readSegments, .readCustomers,
                .readRefreshes, .manageOwnAccount, .useAPI,
            ]
        case .contributor:
            Role.viewer.permissions.union([
                .changeExports, .runExports, .changeSegments, .importProfiles, .startRefresh,
            ])
        case .administrator:
            Set(Permission.allCases)
        }
    }

    /// Whether the role may do it.
    package func allows(_ permission: Permission) -> Bool {
        permissions.contains(permission)
    }

    package static func < (one: Role, other: Role) -> Bool {
        one.rank < other.rank
    }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .contributor: 1
        case .administrator: 2
        }
    }
}
