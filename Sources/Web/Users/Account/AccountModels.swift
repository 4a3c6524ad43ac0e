import Access
import Phrases

/// One's own account.
struct AccountModel: Sendable {
    let oldFinding: String?
    let passwordFinding: String?
    let repeatedFinding: String?
    let tokenFinding: String?
    let sessions: [SessionRow]
    let hasOtherSessions: Bool
    let hasTokens: Bool
    let tokens: [TokenRow]
    let tokenName: String
    /// A token's secret, when it has just been made.
    let secret: String?
    let tokenRoles: [RoleChoice]
    let tokenDays: [DayChoice]

    struct DayChoice: Sendable {
        let value: Int
        let text: String
        let isSelected: Bool
    }

    struct SessionRow: Sendable {
        let id: Session.ID
        let isThis: Bool
        let agent: String
        let address: String
        let began: MomentText
        let lastSeen: MomentText

        init(_ session: Session, isThis: Bool, _ book: PhraseBook) {
            id = session.id
            self.isThis = isThis
            agent = BrowserText.name(of: session.agent ?? "", book)
            address = session.address ?? "–"
            began = MomentText(session.createdAt, book)
            lastSeen = MomentText(session.lastSeenAt, book)
        }
    }

    struct TokenRow: Sendable {
        let id: APIToken.ID
        let name: String
        let role: String
        let created: MomentText
        let expires: MomentText
        let lastUsed: MomentText?
        let isUsable: Bool
        /// How the badge looks.
        let state: String
        let icon: String
        let stateText: String

        init(_ token: APIToken, at now: Int64, _ book: PhraseBook) {
            id = token.id
            name = token.name
            role = book.text(token.role.phrase)
            created = MomentText(token.createdAt, book)
            expires = MomentText(token.expiresAt, book)
            lastUsed = token.lastUsedAt.map { MomentText($0, book) }
            isUsable = !token.isRevoked && token.expiresAt > now
            if token.isRevoked {
                (state, icon, stateText) = ("idle", "withheld", book.text(.accountTokenRevoked))
            } else if isUsable {
                (state, icon, stateText) = ("ok", "done", book.text(.accountTokenActive))
            } else {
                (state, icon, stateText) = ("warn", "warn", book.text(.accountTokenExpired))
            }
        }
    }
}
