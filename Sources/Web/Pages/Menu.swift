import Access
import Phrases

/// The menu: what a person may see of it, and where they are.
enum Menu {
    private static let groups: [(label: Phrase, items: [(String, Phrase, Permission)])] = [
        (
            .exportsData,
            [
                ("/exports", .exportsTitle, .readExports),
                ("/runs", .runsTitle, .readRuns),
            ]
        ),
        (
            .connectionsAdmin,
            [
                ("/admin/connections", .connectionsTitle, .manageConnections),
                ("/admin/users", .usersTitle, .manageUsers),
                ("/admin/audit", .auditTitle, .readAudit),
            ]
        ),
    ]

    static func groups(for signedIn: SignedIn) -> [Frame.MenuGroup] {
        let path = signedIn.visitor.path
        return groups.compactMap { group in
            let items = group.items.filter { signedIn.role.allows($0.2) }
            guard !items.isEmpty else { return nil }
            return Frame.MenuGroup(
                label: signedIn.book.text(group.label),
                items: items.map { href, label, _ in
                    Frame.MenuItem(
                        href: href, label: signedIn.book.text(label),
                        isCurrent: path == href || path.hasPrefix("\(href)/"))
                })
        }
    }
}

extension Role {
    /// The role's name.
    var phrase: Phrase {
        switch self {
        case .viewer: .roleViewer
        case .contributor: .roleContributor
        case .administrator: .roleAdministrator
        }
    }
}
