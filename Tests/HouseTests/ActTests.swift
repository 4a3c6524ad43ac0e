import Foundation
import Testing

/// Acts and the table that names them.
struct ActTests {
    private static func acts() throws -> [String] {
        try Sources.files(in: "Sources/Acts").flatMap { file in
            try String(contentsOf: file, encoding: .utf8)
                .matches(of: #/struct (\w+): (?:[\w, ]+, )?(?:RemoteAct|Act)\b/#)
                .map { String($0.output.1) }
        }
    }

    @Test func `every act stands in the table once, and nothing else does`() throws {
        let table = try String(
            contentsOf: Sources.root.appending(path: "Tests/ActsTests/ActMatrixTests.swift"),
            encoding: .utf8)
        let named = table.matches(of: #/^ +\((\w+)\.self, \.\w+\),$/#.anchorsMatchLineEndings())
            .map { String($0.output.1) }
        let acts = try Self.acts()
        #expect(acts.count > 20)
        #expect(named.sorted() == acts.sorted())
    }

    @Test func `what an act needs is one permission, named in it`() throws {
        let count = try Sources.files(in: "Sources/Acts").reduce(0) { count, file in
            try count
                + Sources.lines(of: file).count {
                    $0.contains("static let needs = Permission.")
                }
        }
        #expect(count == (try Self.acts()).count)
    }
}
