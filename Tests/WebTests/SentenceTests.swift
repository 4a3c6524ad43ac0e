import Acts
import Phrases
import Profiles
import Testing
import Web

/// Refusals as people read them.
struct SentenceTests {
    @Test(arguments: Refusal.Code.allCases)
    func `every refusal has a sentence in every language`(code: Refusal.Code) {
        for language in Language.allCases {
            let sentence = PhraseBook(language).sentence(of: Refusal(code))
            #expect(!sentence.hasPrefix("refusal."), "\(language.rawValue): \(sentence)")
            #expect(language == .en || sentence != PhraseBook(.en).sentence(of: Refusal(code)))
        }
    }

    @Test(arguments: ["user-name", "cursor"])
    func `every finding has a sentence in every language`(code: String) {
        for language in Language.allCases {
            let sentence = PhraseBook(language).sentence(of: Refusal.Finding("name", code))
            #expect(!sentence.hasPrefix("invalid."), "\(language.rawValue): \(sentence)")
        }
    }

    @Test
    func `a refusal about a kind of thing names it, and ids are written without commas`() {
        let book = PhraseBook(.en)
        #expect(
            book.sentence(of: Refusal(.notFound, ["noun": .word("user"), "name": "Ada"]))
                == "There is no user 'Ada'.")
        #expect(
            book.sentence(of: Refusal(.notFound, ["noun": .word("user"), "id": "12345"]))
                == "There is no user 12345.")
    }

    @Test
    func `what was found is told before the refusal itself`() {
        let refusal = Refusal(.invalid, findings: [.init("name", "user-name")])
        #expect(PhraseBook(.en).report(of: refusal).hasPrefix("It takes letters and digits"))
        #expect(PhraseBook(.en).report(of: Refusal(.conflict)).hasPrefix("This cannot be done"))
    }
}
