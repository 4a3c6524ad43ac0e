import Access
import Testing

@testable import Web

struct FrameTests {
    @Test
    func
        `R41: the pages of people and of one's own account render in every language without a gap`()
        async throws
    {
        let world = try WebWorld()
        let viewer = try world.user(.viewer)
        try await world.expectNoGaps([
            "/account", "/admin/users", "/admin/users/new", "/admin/users/\(viewer.id)",
            "/admin/audit",
        ])
    }
}
