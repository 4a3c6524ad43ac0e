package import Segments

/// How profiles are found: by words over the attributes that an administrator chose, and by filters. Calls block;
/// they throw `EngineError`, and `CancellationError` soon after the limits' question has been answered with yes.
///
/// The words are kept in an index that imports leave behind and `advanceIndex` brings up to date.
package protocol ProfileSearch: Sendable {
    /// A page of profiles. Those not yet in the index are not found by words. On the first page those come
    /// first whose id or address is exactly what was typed; the others stand in the order in which they first
    /// came. Throws `EngineError.badCursor` for what is no cursor of this engine.
    func find(_ query: ProfileQuery, _ limits: CallLimits) throws -> ProfilePage

    /// What profiles are searched by, and how far the index is.
    func index(_ limits: CallLimits) throws -> SearchIndexState

    /// Chooses the attributes profiles are searched by; none leaves the choice to Ferry. The index is then
    /// built anew. Throws `EngineError.columnGone` for an attribute that is unknown or no text.
    func choose(_ attributes: [String], _ limits: CallLimits) throws

    /// Brings so many profiles into the index. True when nothing is left to do.
    func advanceIndex(by rows: Int, _ limits: CallLimits) throws -> Bool
}

/// Which profiles are asked for.
package struct ProfileQuery: Sendable {
    /// Words as a person typed them: all must occur, each as the beginning of a word. Empty finds everybody.
    package let text: String
    package let filter: Predicate
    /// `next` of the page before.
    package let after: String?
    package let limit: Int

    package init(
        text: String = "", filter: Predicate = .always, after: String? = nil, limit: Int = 50
    ) {
        self.text = text
        self.filter = filter
        self.after = after
        self.limit = limit
    }
}

/// What profiles are searched by, and how far the index is.
package struct SearchIndexState: Equatable, Sendable {
    /// Besides the id, in the order of the schema.
    package let attributes: [String]
    /// Whether an administrator chose them.
    package let isChosen: Bool
    package let indexed: Int
    package let total: Int

    package var isComplete: Bool { indexed >= total }

    package init(attributes: [String], isChosen: Bool, indexed: Int, total: Int) {
        self.attributes = attributes
        self.isChosen = isChosen
        self.indexed = indexed
        self.total = total
    }
}
