import Access
import Phrases

/// What surrounds every page: language, menu, who is signed in.
struct Frame: Sendable {
    let lang: String
    let dir: String
    let t: PhraseLookup
    /// The page's title for the browser's tab.
    let title: String
    /// Nil before signing in.
    let user: UserMark?
    let csrf: String
    let menu: MenuMark
    let languages: [LanguageChoice]
    let assets: AssetPaths
    let notice: Notice?
    /// The path of this page, to come back to after changing the language.
    let path: String
    /// The language's own name.
    let languageName: String
    /// Set for administrators: ending a transfer is two clicks away from every page.
    let transfer: String?
    /// Seconds after which a page without script loads itself anew; nil when nothing changes by itself.
    let refreshSeconds: Int?

    struct UserMark: Sendable {
        let name: String
        let role: String
    }

    struct MenuMark: Sendable {
        let groups: [MenuGroup]
    }

    struct MenuGroup: Sendable {
        let label: String
        let items: [MenuItem]
    }

    struct MenuItem: Sendable {
        let href: String
        let label: String
        let icon: String
        let isCurrent: Bool
    }

    struct LanguageChoice: Sendable {
        let tag: String
        let name: String
        let isCurrent: Bool
    }

    struct AssetPaths: Sendable {
        let css: String
        let script: String
        let icon: String
    }

    struct Notice: Sendable {
        /// `ok`, `info`, `warn` or `trouble`: how it is coloured.
        let kind: String
        let icon: String
        let text: String

        init(kind: String, text: String) {
            self.kind = kind
            self.text = text
            icon = ["ok": "done", "info": "info"][kind] ?? "warn"
        }
    }

    init(
        title: String, visitor: Visitor, signedIn: SignedIn?, notice: Notice? = nil,
        refreshSeconds: Int? = nil
    ) {
        let book = visitor.book
        lang = book.language.rawValue
        dir = book.language.direction.rawValue
        t = PhraseLookup(book: book)
        self.title = title
        user = signedIn.map {
            UserMark(name: $0.user.name, role: book.text($0.role.phrase))
        }
        csrf = signedIn?.csrf ?? ""
        menu = MenuMark(groups: signedIn.map { Menu.groups(for: $0) } ?? [])
        languages = Language.allCases.map {
            LanguageChoice(
                tag: $0.rawValue, name: $0.nativeName, isCurrent: $0 == book.language)
        }
        assets = AssetPaths(
            css: Assets.own.path(of: "ferry.css"), script: Assets.own.path(of: "ferry.js"),
            icon: Assets.own.path(of: "ferry-icon.svg"))
        self.notice = notice ?? Self.notice(in: visitor)
        path = visitor.path
        languageName = book.language.nativeName
        transfer =
            signedIn?.role.allows(.manageConnections) == true
            ? "/admin/connections?end=1" : nil
        self.refreshSeconds = refreshSeconds
    }

    /// A redirect may name one of our own notices, `?notice=export-saved`; it cannot bring words.
    private static func notice(in visitor: Visitor) -> Notice? {
        guard let name = visitor.query.text("notice"),
            let phrase = Phrase(rawValue: "notice.\(name)")
        else {
            return nil
        }
        return Notice(kind: "ok", text: visitor.book.text(phrase))
    }
}
