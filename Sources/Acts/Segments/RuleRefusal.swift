package import Segments

/// A rule that somebody brought cannot be understood. Whoever shows it may point at the place in the text.
package struct RuleRefusal: Error, Equatable, Sendable {
    /// What of the request held the rule, as the API names it.
    package enum Field: String, Sendable {
        case rule, filter
    }

    package let field: Field
    package let mistake: RuleTextError

    /// Does something with a rule that was brought. Throws `RuleRefusal` for its mistakes, and what `work` throws.
    @discardableResult
    static func explaining<Value>(
        _ field: Field, _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let mistake as RuleTextError {
            throw RuleRefusal(field: field, mistake: mistake)
        }
    }
}
