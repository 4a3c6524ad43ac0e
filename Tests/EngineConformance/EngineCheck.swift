package import Exports
package import Profiles
import Testing

/// Makes an engine that holds these profiles, lets it be used, and takes it away again.
package typealias EngineMaker =
    @Sendable (
        _ attributes: [Attribute], _ profiles: [Profile],
        _ use: (any ProfileEngine) throws -> Void
    ) throws -> Void

/// One promise of the engine's port, to be tried on any engine:
///
///     @Test(arguments: EngineCheck.all)
///     func `the engine keeps the promises of its port`(check: EngineCheck) throws {
///         try check.run(on: make)
///     }
///
/// What an engine has not, by its own abilities, is not asked of it; then it must say so.
package struct EngineCheck: Sendable, CustomTestStringConvertible {
    /// The promise as a sentence.
    package let testDescription: String
    private let body: @Sendable (EngineMaker) throws -> Void

    init(_ promise: String, _ body: @escaping @Sendable (EngineMaker) throws -> Void) {
        testDescription = promise
        self.body = body
    }

    /// Tries it; records an issue, or throws, when the promise is broken.
    package func run(on make: EngineMaker) throws {
        try body(make)
    }

    /// All of them.
    package static let all: [EngineCheck] =
        rules + reading + streaming + paging + limits + members + searching + abilities
}
