import Acts
import Delivery
import Phrases
import Profiles
import Segments
import Store
import Testing

@testable import Web

/// Codes of the rooms below, and what they say.
struct SentenceTests {
    struct Family: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Keys of which at least one stands in the tables: the code's own, or those of its variants.
        let codes: [String]
    }

    static let families = [
        Family(
            testDescription: "mistakes in rules",
            codes: RuleMistake.allCases.flatMap { mistake in
                mistake.variants.isEmpty
                    ? [mistake.rawValue] : mistake.variants.map { "\(mistake.rawValue).\($0)" }
            }),
        Family(
            testDescription: "refusals of the store",
            codes: StoreError.Code.allCases.map(\.rawValue)),
        Family(
            testDescription: "refusals of plans",
            codes: PlanRefusal.Code.allCases.map(\.rawValue)),
        Family(
            testDescription: "refusals of acts",
            codes: Refusal.Code.allCases.map(\.rawValue)),
    ]

    @Test(arguments: families, Language.allCases)
    func `every code has a sentence in every language`(_ family: Family, _ language: Language) {
        let book = PhraseBook(language)
        for code in family.codes {
            let key = "refusal.\(code)"
            #expect(book.text(at: key) != nil || book.hasPhrases(under: key), "\(key)")
        }
    }

    @Test
    func `a name nobody knows is answered with the nearest, with those there are, or with none`() {
        func sentence(_ facts: Facts) -> String {
            PhraseBook(.en).sentence(
                of: StoreError(
                    .notFound, facts.merging(["noun": .word("segment"), "name": "Alle"]) { $1 }))
        }
        #expect(sentence(["nearest": "All"]) == "There is no segment 'Alle'. Did you mean 'All'?")
        #expect(
            sentence(["names": .names(["A", "B"])])
                == "There is no segment 'Alle'. Known are 'A' and 'B'.")
        #expect(
            sentence(["names": .names([])]) == "There is no segment 'Alle'. There is none at all.")
    }

    @Test func `of many names the first five are told`() {
        let names = (1...7).map { "E\($0)" }
        let error = StoreError(
            .inUse, what: "connection-in-exports", ["name": "acme", "users": .names(names)])
        #expect(
            PhraseBook(.en).sentence(of: error)
                == "The connection 'acme' is used by exports: 'E1', 'E2', 'E3', 'E4', 'E5', and 2 more."
                + " Remove or detach them first.")
    }

    @Test(arguments: Language.allCases)
    func `a mistake is told with its place in every language`(_ language: Language) {
        let error = #expect(throws: RuleTextError.self) { try Rule(parsing: "Age == 3") }
        let report = error.map { PhraseBook(language).report(of: $0) } ?? ""
        #expect(report.contains("Age == 3\n    ^^\n"))
        #expect(!report.contains("{") && !report.contains("refusal."))
    }

    @Test func `a remark of older days is its own sentence`() {
        #expect(
            PhraseBook(.he).sentence(of: Remark(stored: "Too many leave.")) == "Too many leave.")
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
            book.sentence(of: Refusal(.notFound, ["noun": .word("user"), "id": .digits(12_345)]))
                == "There is no user 12345.")
    }

    @Test
    func `what was found is told before the refusal itself`() {
        let refusal = Refusal(.invalid, findings: [.init("name", "user-name")])
        #expect(PhraseBook(.en).report(of: refusal).hasPrefix("It takes letters and digits"))
        #expect(PhraseBook(.en).report(of: Refusal(.conflict)).hasPrefix("This cannot be done"))
    }
}
