import Acts
import Delivery
import Exports
import Phrases
import Profiles
import Schedules
import Segments
import Store
import Testing

@testable import Web

/// Codes of the rooms below, and what they say.
struct SentenceTests {
    struct Family: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var table = PhraseFamily.refusal
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
        Family(
            testDescription: "refusals of files",
            codes: ImportError.Code.allCases.map { ImportError($0).refusalCode }),
        Family(
            testDescription: "mistakes in rows",
            codes: RowError.Code.allCases.map { RowError($0, line: 1).refusalCode }),
        Family(
            testDescription: "trouble of destinations",
            codes: DestinationError.Code.allCases.map { DestinationError($0).refusalCode }
                + DestinationError.Cause.allCases.filter { $0 != .noImportRight }.map {
                    "\(DestinationError(.unreachable).refusalCode).\($0.rawValue)"
                }),
        Family(
            testDescription: "mistakes in schedules",
            codes: ScheduleError.allCases.map(\.refusalCode)),
        Family(
            testDescription: "values that are not known",
            codes: [StoredValueError(table: "run", column: "state").refusalCode]),
        Family(
            testDescription: "findings of exports", table: .finding,
            codes: ExportFinding.Code.allCases.map(\.rawValue)),
    ]

    @Test(arguments: families, Language.allCases)
    func `every code has a sentence in every language`(_ family: Family, _ language: Language) {
        let book = PhraseBook(language)
        for code in family.codes {
            let key = "\(family.table.rawValue).\(code)"
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

    @Test(arguments: Language.allCases)
    func `a mistake in a file is told with its facts in every language`(_ language: Language) {
        let book = PhraseBook(language)
        let column = ImportError(
            .unknownColumn,
            ["path": "p.csv", "column": "idd", "option": .word("key"), "nearest": "id"])
        #expect(book.sentence(of: column).contains("p.csv"))
        #expect(book.sentence(of: column).contains("idd"))
        let cell = RowError(
            .valueDoesNotFit, line: 2, column: 2, columnName: "Age",
            ["what": .word("new"), "attribute": "Age", "expected": .word("expected-number")])
        let told = book.sentence(of: cell)
        #expect(told.contains("Age") && told.contains("1250"))
        #expect(!told.contains("{") && !told.contains("expected-"))
    }

    @Test func `what a destination answers is told with the number of its answer and of the tries`()
    {
        let book = PhraseBook(.en)
        #expect(
            book.sentence(
                of: DestinationError(.keyRefused, what: "answer", ["status": .digits(401)])
            ).hasPrefix("ActiveCampaign refused the API key (answer 401)."))
        #expect(
            book.sentence(of: DestinationError(.unavailable, cause: .timeout, ["tries": 5]))
                == "No answer from the host in time. Tried 5 times."
                + " Check the host name, or try again later.")
        #expect(
            book.sentence(of: DestinationError(.unavailable))
                == "The account did not answer in time.")
    }

    @Test func `a remark of older days is its own sentence`() {
        #expect(
            PhraseBook(.he).sentence(of: Remark(stored: "Too many leave.")) == "Too many leave.")
    }

    @Test func `a finding stays one when it is kept as a remark or told of a field`() {
        let finding = ExportFinding(
            .email, .attributeUnknown, ["attribute": "Mail", "nearest": "Email"])
        let told = "Profiles have no attribute “Mail”. Did you mean 'Email'?"
        let book = PhraseBook(.en)
        #expect(book.sentence(of: finding) == told)
        #expect(book.sentence(of: Refusal.Finding("mapping.email", finding)) == told)
        #expect(book.sentence(of: Remark(stored: Remark(finding).stored)) == told)
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
