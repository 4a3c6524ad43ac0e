import Access
import Delivery
import Phrases
import Profiles
import Testing

@testable import Web

/// The words for what can be wrong with an account.
struct ConnectionTroubleTests {
    @Test(arguments: ConnectionTrouble.allCases)
    func `every trouble has a title and says what to do`(trouble: ConnectionTrouble) {
        #expect(Phrase(rawValue: "trouble.\(trouble.rawValue).title") != nil)
        #expect(Phrase(rawValue: "trouble.\(trouble.rawValue).text") != nil)
        let text = TroubleText(trouble, host: "acme.example", PhraseBook(.en))
        #expect(!text.text.contains("{"))
        #expect(text.title != trouble.rawValue)
    }

    @Test func `drafts are few, and end`() throws {
        let drafts = ConnectionDrafts()
        for number in 0..<Int64(ConnectionDrafts.draftsMax + 10) {
            let place = ConnectionDrafts.Place(session: Session.ID(number), connection: nil)
            drafts.keep(ConnectionDraft(at: number), at: place, now: number)
        }
        #expect(drafts.count == ConnectionDrafts.draftsMax)
        _ = drafts.draft(
            at: .init(session: 1, connection: nil),
            now: ConnectionDrafts.lifetimeMilliseconds + 1_000)
        #expect(drafts.count == 0)
    }

    @Test func `a sealed key opens only in the place where it was typed`() throws {
        let drafts = ConnectionDrafts()
        let place = ConnectionDrafts.Place(session: 1, connection: nil)
        let sealed = try drafts.seal("secret", at: place)
        #expect(try drafts.open(sealed, at: place) == "secret")
        #expect(throws: (any Error).self) {
            try drafts.open(sealed, at: .init(session: 2, connection: nil))
        }
    }
}
