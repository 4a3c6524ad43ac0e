import Access
import HTTPTypes
import Phrases
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

    @Test(arguments: [
        ("he", "he", "rtl"), ("iw-IL, en;q=0.5", "he", "rtl"), ("zh-CN,zh;q=0.9", "zh-Hans", "ltr"),
        ("zh-TW, hu;q=0.4", "hu", "ltr"), ("bg-BG", "bg", "ltr"), ("pl,en", "pl", "ltr"),
        ("fr", "en", "ltr"),
    ])
    func
        `R41: strangers get the language that their browser asks for, and Hebrew runs right to left`(
            wanted: String, language: String, direction: String
        ) async throws
    {
        let world = try WebWorld()
        try await world.browse { browser in
            let page = try await browser.get("/sign-in", headers: [.acceptLanguage: wanted])
            #expect(page.text.contains("<html lang=\"\(language)\" dir=\"\(direction)\">"))
        }
    }

    @Test func `a page that does not exist keeps the menu of whoever asks for it`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser in
            let page = try await browser.get("/no/such/page")
            #expect(page.status == .notFound)
            #expect(page.text.contains("viewer-user"))
        }
    }

    @Test(arguments: [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone"
        ),
        ("something new", "something new"), ("", "–"),
    ])
    func `browsers are called by names that people know`(agent: String, name: String) {
        #expect(BrowserText.name(of: agent, PhraseBook(.en)) == name)
    }
}
