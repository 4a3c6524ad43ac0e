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
                item("/", .homeTitle, "home", .readExports),
                item("/customers", .customersTitle, "customers", .readCustomers),
                item("/segments", .segmentsTitle, "segments", .readSegments),
                item("/exports", .exportsTitle, "exports", .readExports),
                item("/runs", .runsTitle, "runs", .readRuns),
                item("/imports", .importsTitle, "imports", .importProfiles),
            ]
        ),
        (
            .frameSystem,
            [
                item("/system/status", .statusTitle, "status", .readRefreshes),
                item("/system/schedule", .scheduleTitle, "schedule", .readRefreshes),
                item("/system/usage", .usageTitle, "usage", .readUsage),
                item("/system/notifications", .notifyTitle, "notify", .manageNotifications),
            ]
        ),
        (
            .connectionsAdmin,
            [
                item("/admin/connections", .connectionsTitle, "connections", .manageConnections),
                item("/admin/users", .usersTitle, "users", .manageUsers),
                item("/admin/audit", .auditTitle, "audit", .readAudit),
            ]
        ),
    ]

    private static func item(
        _ href: String, _ label: Phrase, _ icon: String, _ permission: Permission
    ) -> Item {
        Item(href: href, label: label, icon: icon, permission: permission)
    }

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
                        isCurrent: path == item.href
                            || (item.href != "/" && path.hasPrefix("\(item.href)/"))
                            || (item.href == "/imports" && path.hasPrefix("/sources")))
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
