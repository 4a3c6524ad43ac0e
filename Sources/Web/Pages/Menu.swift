import Access
import Phrases

/// The menu: what a person may see of it, and where they are.
enum Menu {
    private struct Item {
        let href: String
        let label: Phrase
        let icon: String
        let permission: Permission
    }

    private static let groups: [(label: Phrase, items: [Item])] = [
        (
            .exportsData,
            [
                Item(
                    href: "/exports", label: .exportsTitle, icon: "exports",
                    permission: .readExports),
                Item(href: "/runs", label: .runsTitle, icon: "runs", permission: .readRuns),
            ]
        ),
        (
            .connectionsAdmin,
            [
                Item(
                    href: "/admin/connections", label: .connectionsTitle, icon: "connections",
                    permission: .manageConnections),
                Item(
                    href: "/admin/users", label: .usersTitle, icon: "users",
                    permission: .manageUsers),
                Item(
                    href: "/admin/audit", label: .auditTitle, icon: "audit", permission: .readAudit),
            ]
        ),
    ]

    static func groups(for signedIn: SignedIn) -> [Frame.MenuGroup] {
        let path = signedIn.visitor.path
        return groups.compactMap { group in
            let items = group.items.filter { signedIn.role.allows($0.permission) }
            guard !items.isEmpty else { return nil }
            return Frame.MenuGroup(
                label: signedIn.book.text(group.label),
                items: items.map { item in
                    Frame.MenuItem(
                        href: item.href, label: signedIn.book.text(item.label), icon: item.icon,
                        isCurrent: path == item.href || path.hasPrefix("\(item.href)/"))
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
