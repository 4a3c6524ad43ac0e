package import Profiles
package import Segments

/// How customers are found: by words over the attributes that an administrator chose, and by filters.
///
/// The words are kept in an index that imports leave behind and `advanceSearchIndex` brings up to date.
package protocol CustomerSearch: Sendable {
    /// A page of customers. Those not yet in the index are not found by words.
    func search(_ query: CustomerQuery) throws -> CustomerPage

    /// What customers are searched by, and how far the index is.
    func searchIndex() throws -> SearchIndexState

    /// Chooses the attributes customers are searched by; none leaves the choice to Ferry. The index is then
    /// built anew. Throws `StoreError` for an attribute that is unknown or no text.
    func chooseSearchable(_ attributes: [String]) throws

    /// Brings so many profiles into the index. True when nothing is left to do.
    func advanceSearchIndex(by rows: Int) throws -> Bool

    /// The most frequent values among a sample of profiles: text and yes-or-no attributes with few different
    /// values, each with those values, the most frequent first.
    func facets(limit: Int) throws -> [Facet]
}

/// Which customers are asked for.
package struct CustomerQuery: Sendable {
    /// Words as a person typed them: all must occur, each as the beginning of a word. Empty finds everybody.
    package let text: String
    package let filter: Predicate
    /// `next` of the page before.
    package let after: Int64?
    package let limit: Int

    package init(
        text: String = "", filter: Predicate = .always, after: Int64? = nil, limit: Int = 50
    ) {
        self.text = text
        self.filter = filter
        self.after = after
        self.limit = limit
    }
}

/// Customers, and where the next page begins.
package struct CustomerPage: Equatable, Sendable {
    /// On the first page those come first whose id or address is exactly what was typed; the others stand in
    /// the order in which they were first imported.
    package let profiles: [Profile]
    package let next: Int64?

    package init(profiles: [Profile], next: Int64?) {
        self.profiles = profiles
        self.next = next
    }
}

/// What customers are searched by, and how far the index is.
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

/// An attribute with few different values.
package struct Facet: Equatable, Sendable {
    package let attribute: Attribute
    package let values: [AttributeValue]

    package init(attribute: Attribute, values: [AttributeValue]) {
        self.attribute = attribute
        self.values = values
    }
}
