import Testing

struct FunctionTests {
    private static let linesMax = 70

    @Test func `no function is longer than can be read at once`() throws {
        let long = try SourceFunction.all(in: "Sources").filter { $0.lines > Self.linesMax }
        #expect(long.map { "\($0): \($0.lines) lines" } == [])
    }

    @Test func `the sources have functions that are found`() throws {
        // Without this a scanner that finds nothing would make the rules here hold nothing.
        let found = try SourceFunction.all(in: "Sources")
        #expect(found.count > 1_000)
        #expect(found.contains { $0.name == "init" && $0.mayThrow && $0.isPackage })
        let known = try #require(
            found.first { $0.file == "Acts/Kit/ActContext.swift" && $0.name == "perform" })
        #expect(known.isPackage && known.mayThrow && known.lines > 10 && !known.body.isEmpty)
        #expect(known.documentation.contains("Performs an act"))
    }

    /// What a protocol asks for is explained there.
    private static let witnesses: Set<String> = ["perform", "call", "encode"]

    @Test func `throwing functions of a room say what they throw`() throws {
        let silent = try SourceFunction.all(in: "Sources").filter { function in
            function.isPackage && function.mayThrow && !Self.witnesses.contains(function.name)
                && !function.head.contains("from decoder")
                && !function.documentation.contains(#/[Tt]hrows?\b|[Rr]efuse[sd]?\b/#)
                && !function.head.contains("throws(")
        }
        #expect(silent.map(\.description) == [])
    }
}
