import Foundation
import Profiles
import Segments
import Testing

/// The language reference says what the language does.
@Suite struct RuleDocumentTests {
    private static func document() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/rules.md"), encoding: .utf8)
    }

    private static let schema = ProfileSchema(attributes: [
        Attribute(name: "FirstName", kind: .text), Attribute(name: "City", kind: .text),
        Attribute(name: "Phone", kind: .text), Attribute(name: "EducationLevel", kind: .text),
        Attribute(name: "AnnualIncome", kind: .number),
        Attribute(name: "TotalChildren", kind: .number),
        Attribute(name: "HomeOwner", kind: .boolean), Attribute(name: "BirthDate", kind: .date),
        Attribute(name: "LastOrder", kind: .timestamp),
    ])

    private static let library = SegmentLibrary([
        Segment(id: 1, name: "Home owners", definition: .dynamic(rule: "HomeOwner = true")),
        Segment(id: 2, name: "Staff", definition: .static),
    ])

    @Test func `every example has a meaning`() throws {
        let boxes = try Self.document().components(separatedBy: "```rule\n").dropFirst()
        let rules = boxes.compactMap { $0.components(separatedBy: "\n```").first }
            .flatMap { $0.split(separator: "\n") }
        #expect(rules.count > 40)
        for text in rules {
            #expect(throws: Never.self, "\(text)") {
                try Rule(parsing: String(text)).resolved(
                    schema: Self.schema, segments: Self.library, now: Example.now)
            }
        }
    }

    @Test func `every limit is written down`() throws {
        let document = try Self.document()
        let formatter = IntegerFormatStyle<Int>(locale: Locale(identifier: "en_US"))
        for limit in [
            RuleLimits.textLengthMax, RuleLimits.depthMax, RuleLimits.listCountMax,
            RuleLimits.segmentDepthMax, RuleLimits.conditionCountMax, RuleLimits.valueCountMax,
            RuleLimits.amountMax,
        ] {
            #expect(document.contains(formatter.format(limit)))
        }
    }

    @Test func `words that need quotes as names are written down`() throws {
        let list = try #require(
            Self.document().components(separatedBy: "## Keywords").last)
        let words = list.split(separator: "`").map(String.init).filter { !$0.contains(" ") }
        for word in words where word.allSatisfy(\.isLowercase) {
            let rule = Rule.condition(
                RuleCondition(attribute: RuleName(word), test: .isEmpty))
            #expect(rule.description == "\"\(word)\" is empty")
        }
    }

    @Test func `the example of a mistake is what Ferry says`() throws {
        let text = "ZIP = 98052"
        let error = #expect(throws: RuleTextError.self) { try Example.predicate(text) }
        #expect(try Self.document().contains(#require(error).inText(text).report))
    }
}
