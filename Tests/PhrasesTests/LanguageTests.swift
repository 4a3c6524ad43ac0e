import Testing

@testable import Phrases

struct LanguageTests {
    struct Wish: Sendable, CustomTestStringConvertible {
        let header: String?
        let language: Language
        var testDescription: String { header ?? "no header" }
    }

    @Test(arguments: [
        Wish(header: nil, language: .en),
        Wish(header: "", language: .en),
        Wish(header: "hu", language: .hu),
        Wish(header: "zh-CN,zh;q=0.9,en;q=0.8", language: .zhHans),
        Wish(header: "zh-TW,bg;q=0.5", language: .bg),
        Wish(header: "iw-IL", language: .he),
        Wish(header: "fr;q=0.9, pl_PL;q=0.3, en;q=0.1", language: .pl),
        Wish(header: "en;q=0.2, he;q=0.7", language: .he),
        Wish(header: "pl;q=0, bg;q=0.1", language: .bg),
        Wish(header: "*", language: .en),
    ])
    func `the browser's first wish that Ferry speaks is chosen`(wish: Wish) {
        #expect(Language(acceptLanguage: wish.header) == wish.language)
    }

    struct Count: Sendable, CustomTestStringConvertible {
        let language: Language
        let count: Int
        let category: Language.PluralCategory
        var testDescription: String { "\(count) in \(language)" }
    }

    @Test(arguments: [
        Count(language: .en, count: 0, category: .other),
        Count(language: .en, count: 1, category: .one),
        Count(language: .he, count: 2, category: .two),
        Count(language: .he, count: 20, category: .other),
        Count(language: .zhHans, count: 1, category: .other),
        Count(language: .pl, count: 22, category: .few),
        Count(language: .pl, count: 112, category: .many),
        Count(language: .pl, count: 0, category: .many),
        Count(language: .bg, count: 21, category: .other),
        Count(language: .hu, count: 1, category: .one),
    ])
    func `a number takes the plural category of CLDR`(count: Count) {
        #expect(count.language.pluralCategory(for: count.count) == count.category)
        #expect(count.language.pluralCategories.contains(count.category))
    }

    @Test func `only Hebrew runs from right to left`() {
        #expect(Language.allCases.filter { $0.direction == .rightToLeft } == [.he])
    }
}
