import Foundation
import Testing

/// The numbered requirements of the pages that Ferry follows: each is named by a test, which begins with
/// its number.
struct RequirementTests {
    private static let numbers = (1...41).map { "R\($0)" } + (1...13).map { "L\($0)" }

    private static let names: [String] = Sources.files(in: "Tests").flatMap { file in
        // A file that cannot be read names nothing, and the test fails.
        ((try? String(contentsOf: file, encoding: .utf8)) ?? "")
            .matches(of: /func\s+`([RL][^`]*)`/).map { String($0.output.1) }
    }

    @Test(arguments: numbers)
    func `a test names the requirement`(number: String) {
        let isNamed = Self.names.contains { name in
            name.prefix { $0 != ":" }.split(separator: " ").contains(Substring(number))
        }
        #expect(isNamed, "no test begins with '\(number):'")
    }

    @Test(arguments: numbers)
    func `the page of requirements names every test of a requirement`(number: String) throws {
        let page = try String(
            contentsOf: Sources.root.appending(path: "docs/requirements.md"), encoding: .utf8)
        let row = try #require(
            page.split(separator: "\n").first { $0.hasPrefix("| \(number) |") },
            "docs/requirements.md has no row '\(number)'")
        let own = Self.names.filter { name in
            name.prefix { $0 != ":" }.split(separator: " ").contains(Substring(number))
        }
        for name in own {
            let text = name.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
            #expect(row.contains(text), "run scripts/requirements")
        }
    }
}
