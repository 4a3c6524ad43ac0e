import Testing

@testable import Phrases

struct PhraseBookTests {
    /// Keys of a table with the plural categories taken off.
    private func bases(of entries: [String: String]) -> Set<String> {
        let counted = countedKeys
        return Set(
            entries.keys.map { key in
                counted.first { key.hasPrefix($0 + ".") } ?? key
            })
    }

    /// Keys that count something: English has them with `.other`.
    private var countedKeys: Set<String> {
        Set(
            PhraseBook.entries(of: .en).keys.filter { $0.hasSuffix(".other") }
                .map { String($0.dropLast(6)) })
    }

    private func gaps(of text: String) -> Set<Substring> {
        Set(text.matches(of: /\{[^}]*\}/).map(\.output))
    }

    @Test(arguments: Language.allCases)
    func `a table has exactly the keys of the phrases`(language: Language) {
        let keys = bases(of: PhraseBook.entries(of: language))
        #expect(keys == Set(Phrase.allCases.map(\.rawValue)))
    }

    @Test(arguments: Language.allCases)
    func `a phrase has the same gaps as in English`(language: Language) {
        let english = PhraseBook.entries(of: .en)
        for (key, text) in PhraseBook.entries(of: language) {
            let counted = countedKeys.first { key.hasPrefix($0 + ".") }
            let original = english[counted.map { $0 + ".other" } ?? key] ?? ""
            #expect(gaps(of: text) == gaps(of: original), "\(key)")
        }
    }

    @Test(arguments: Language.allCases)
    func `a counted phrase exists in every plural category of the language`(language: Language) {
        let entries = PhraseBook.entries(of: language)
        for key in countedKeys {
            let categories = Language.PluralCategory.allCases.filter {
                entries["\(key).\($0.rawValue)"] != nil
            }
            #expect(categories == language.pluralCategories, "\(key)")
        }
    }

    @Test(arguments: Language.allCases)
    func `no phrase is empty or begins or ends with a space`(language: Language) {
        for (key, text) in PhraseBook.entries(of: language) {
            #expect(!text.isEmpty, "\(key)")
            #expect(text.first?.isWhitespace == false && text.last?.isWhitespace == false, "\(key)")
        }
    }

    @Test func `named gaps are filled and a value is never filled again`() {
        #expect(PhraseBook.filled("{a} of {b}", ["a": "{b}", "b": "2"]) == "{b} of 2")
        #expect(PhraseBook.filled("{a} of {c}", ["a": "1"]) == "1 of {c}")
        #expect(PhraseBook.filled("an open { brace", [:]) == "an open { brace")
    }

    @Test func `a counted phrase takes the form of its number`() {
        let polish = PhraseBook(.pl)
        #expect(polish.text(.sandboxContactCount, count: 1) == "1 kontakt")
        #expect(polish.text(.sandboxContactCount, count: 3) == "3 kontakty")
        #expect(polish.text(.sandboxContactCount, count: 12) == "12 kontaktów")
        #expect(PhraseBook(.en).text(.sandboxContactCount, count: 12_345) == "12,345 contacts")
    }

    @Test func `the consent names product and destination`() {
        for language in Language.allCases {
            let text = PhraseBook(language).text(
                .consentBody, ["product": "Ferry", "destination": "ActiveCampaign"])
            #expect(text.contains("Ferry") && text.contains("ActiveCampaign"))
            #expect(!text.contains("{"))
        }
    }

    @Test func `templates find phrases and groups of phrases by path`() {
        let book = PhraseBook(.hu)
        #expect(book.text(at: "consent.agree") == "Elfogadom")
        #expect(book.text(at: "consent.nothing") == nil)
        #expect(book.hasPhrases(under: "sandbox.knob"))
        #expect(!book.hasPhrases(under: "consent.agree"))
    }
}
