import Foundation
import Testing

/// The numbered requirements of the pages that Ferry follows: each is named by a test, which begins with
/// its number.
struct RequirementTests {
    /// R38, and L8 to L10, belong to the scheduled refresh.
    private static let numbers =
        (1...41).filter { $0 != 38 }.map { "R\($0)" }
        + ([1, 2, 3, 4, 5, 6, 7, 11, 12, 13]).map { "L\($0)" }

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
}
