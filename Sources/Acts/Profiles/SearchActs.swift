package import Access
import Exports
import Profiles
import Store

/// What profiles are searched by, and how far the index is.
package struct ShowSearchIndex: Act {
    package static let needs = Permission.readCustomers

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SearchIndexAnswer {
        SearchIndexAnswer(try await acts.engine.searchIndex())
    }
}

/// Chooses the attributes that profiles are searched by; none leaves the choice to Ferry.
package struct ChooseSearchable: Act {
    package static let needs = Permission.manageSearch
    package let attributes: [String]

    package init(_ attributes: [String]) {
        self.attributes = attributes
    }

    package func perform(by asker: Asker, in acts: ActContext) async throws -> SearchIndexAnswer {
        let schema = try await acts.engine.schema()
        let known = Set(schema.attributes.filter { $0.kind == .text }.map(\.name))
        guard known.isSuperset(of: attributes) else {
            throw Refusal(
                .invalid,
                findings: [.init("attributes", "unknown", ["noun": .word("attribute")])])
        }
        let before = try await acts.engine.searchIndex()
        let after = attributes.isEmpty ? AttributeRoles(schema).searchable : attributes
        let changed = Set(before.attributes).symmetricDifference(after).sorted()
        if !changed.isEmpty || before.isChosen == attributes.isEmpty {
            // First: they are two databases, and a change without a trace would be worse than a trace too many.
            try acts.catalog.setup.recordSearchChoice(changed: changed, by: asker.actor)
            try await acts.engine.chooseSearchable(attributes)
        }
        return SearchIndexAnswer(try await acts.engine.searchIndex())
    }
}

/// What profiles are searched by besides their ids, and how far the index is.
package struct SearchIndexAnswer: Codable, Equatable, Sendable {
    package let attributes: [String]
    /// Whether an administrator chose them.
    package let chosen: Bool
    package let indexed: Int
    package let total: Int

    init(_ state: SearchIndexState) {
        attributes = state.attributes
        chosen = state.isChosen
        indexed = state.indexed
        total = state.total
    }
}
