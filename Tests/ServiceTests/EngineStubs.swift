import Exports
import Profiles
import Segments

/// A profile engine of which a test writes only what it needs; the rest holds nobody.
protocol EmptyEngine: ProfileEngine {}

extension EmptyEngine {
    func schema() throws -> ProfileSchema { ProfileSchema(attributes: []) }

    func count(_ predicate: Predicate) throws -> Int { 0 }

    func counts(
        of predicates: [Predicate], isCancelled: @escaping @Sendable () -> Bool
    ) throws -> [Int] { predicates.map { _ in 0 } }

    func frequentValues(of attribute: Attribute, limit: Int) throws -> FrequentValues {
        FrequentValues(values: [], isSample: false)
    }

    func forEachMember(_ query: MemberQuery, _ body: (MemberView) throws -> Void) throws {}

    func profiles(
        matching predicate: Predicate, after: Profile.ID?, limit: Int
    ) throws -> [Profile] { [] }

    func profile(id: Profile.ID) throws -> Profile? { nil }

    func isMember(_ id: Profile.ID, of predicate: Predicate) throws -> Bool { false }

    func profiles(withKey key: String, emailAttribute: String) throws -> [Profile] { [] }

    func freeze(_ predicate: Predicate, as segment: Segment.ID) throws -> Int { 0 }

    func freeze(
        ids: [Profile.ID], as segment: Segment.ID
    ) throws -> (members: Int, unknown: [Profile.ID]) { (0, []) }

    func removeMembers(of segment: Segment.ID) throws {}

    func search(_ query: CustomerQuery) throws -> CustomerPage {
        CustomerPage(profiles: [], next: nil)
    }

    func searchIndex() throws -> SearchIndexState {
        SearchIndexState(attributes: [], isChosen: false, indexed: 0, total: 0)
    }

    func chooseSearchable(_ attributes: [String]) throws {}

    func advanceSearchIndex(by rows: Int) throws -> Bool { true }

    func facets(limit: Int) throws -> [Facet] { [] }

    func importProfiles(
        _ file: ImportFile, options: ImportOptions, mark: Int64?, now: Timestamp,
        progress: (ImportProgress) -> Void, isCancelled: () -> Bool
    ) throws -> ImportSummary { ImportSummary(format: .delimited, delimiter: .comma) }

    func lastImport() throws -> (mark: Int64, summary: ImportSummary)? { nil }
}
