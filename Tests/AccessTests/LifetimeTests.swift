import Access
import Profiles
import Testing

struct LifetimeTests {
    private static let hour: Int64 = 3_600_000
    private static let start: Int64 = 1_700_000_000_000

    private func session(lastSeen: Int64) -> Session {
        Session(
            id: 1, user: 1, createdAt: Self.start, lastSeenAt: Self.start + lastSeen,
            expiresAt: Self.start + SessionLimits.lifetimeMilliseconds, agent: nil, address: nil)
    }

    @Test(arguments: [
        (Int64(0), 12 * hour - 1, true), (0, 12 * hour, false),
        (336 * hour - 1, 336 * hour - 1, true), (336 * hour - 1, 336 * hour, false),
    ])
    func `a session ends on the millisecond: idle for 12 hours, or 14 days old`(
        lastSeen: Int64, now: Int64, isLive: Bool
    ) {
        #expect(session(lastSeen: lastSeen).isLive(at: Self.start + now) == isLive)
    }

    @Test(arguments: [(Int64(299_999), false), (300_000, true)])
    func `a visit is written down after five minutes`(now: Int64, isDue: Bool) {
        #expect(session(lastSeen: 0).isDueForTouch(at: Self.start + now) == isDue)
    }

    @Test func `a token lives for the days that were chosen`() {
        #expect(TokenLifetime.allCases.map(\.rawValue) == [7, 30, 90, 365])
        #expect(TokenLifetime.week.end(from: Self.start) == Self.start + 168 * Self.hour)
    }

    @Test func `a token has no more rights than its owner`() {
        let token = APIToken(
            id: 1, user: 1, name: "t", role: .contributor, createdAt: 0, expiresAt: 10,
            lastUsedAt: nil, isRevoked: false)
        #expect(token.limited(to: .viewer).role == .viewer)
        #expect(token.limited(to: .contributor).role == .contributor)
        #expect(token.limited(to: .administrator).role == .contributor)
    }
}
