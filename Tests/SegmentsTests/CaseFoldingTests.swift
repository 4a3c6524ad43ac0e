import Segments
import Testing

@Suite struct CaseFoldingTests {
    @Test(arguments: [
        ("", ""), ("abc-1", "abc-1"), ("ABC-1", "abc-1"), ("É", "é"), ("E\u{301}", "é"),
        ("ΟΔΟΣ", "οδοσ"), ("οδος", "οδοσ"), ("İ", "i\u{307}"), ("I", "i"), ("ı", "ı"),
        ("Straße", "straße"),
        ("J\u{30C}", "\u{1F0}"), ("ЖЪ", "жъ"), ("👩‍👩‍👧", "👩‍👩‍👧"),
    ])
    func `text folds to lower case in NFC`(text: String, folded: String) {
        #expect(Array(CaseFolding.fold(text).utf8) == Array(folded.utf8))
    }

    @Test func `folding twice is folding once`() {
        for text in RandomRules.texts {
            let once = CaseFolding.fold(text)
            #expect(Array(CaseFolding.fold(once).utf8) == Array(once.utf8))
        }
    }
}
