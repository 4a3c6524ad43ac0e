import Exports
import Profiles
import Segments

/// A profile engine of which a test writes only what it needs; the rest holds nobody.
protocol EmptyEngine: ProfileEngine, ProfileReading, ProfileImporting, StaticMembers, ProfileSearch
{}

extension EmptyEngine {
    var reading: any ProfileReading { self }
    var importing: (any ProfileImporting)? { self }
    var staticMembers: (any StaticMembers)? { self }
    var search: (any ProfileSearch)? { self }

    func schema(_ limits: CallLimits) throws -> ProfileSchema { ProfileSchema(attributes: []) }

    func count(_ predicate: Predicate, _ limits: CallLimits) throws -> Int { 0 }

    func counts(of predicates: [Predicate], _ limits: CallLimits) throws -> [Int] {
        predicates.map { _ in 0 }
    }

    func frequentValues(
        of attribute: Attribute, limit: Int, _ limits: CallLimits
    ) throws -> FrequentValues {
        FrequentValues(values: [], isSample: false)
    }

    func forEachMember(
        _ query: MemberQuery, _ limits: CallLimits, _ body: (MemberView) throws -> Void
    ) throws {}

    func page(
        of predicate: Predicate, after: String?, limit: Int, _ limits: CallLimits
    ) throws -> ProfilePage { ProfilePage(profiles: [], next: nil) }

    func existing(_ ids: [Profile.ID], _ limits: CallLimits) throws -> Set<Profile.ID> { [] }

    func profile(id: Profile.ID, _ limits: CallLimits) throws -> Profile? { nil }

    func isMember(
        _ id: Profile.ID, of predicate: Predicate, _ limits: CallLimits
    ) throws -> Bool { false }

    func profiles(
        withKey key: String, emailAttribute: String, _ limits: CallLimits
    ) throws -> [Profile] { [] }

    func facets(limit: Int, _ limits: CallLimits) throws -> [Facet] { [] }

    func freeze(
        _ predicate: Predicate, as segment: Segment.ID, _ limits: CallLimits
    ) throws -> Int { 0 }

    func freeze(
        ids: [Profile.ID], as segment: Segment.ID, _ limits: CallLimits
    ) throws -> (members: Int, unknown: [Profile.ID]) { (0, []) }

    func removeMembers(of segment: Segment.ID, _ limits: CallLimits) throws {}

    func find(_ query: ProfileQuery, _ limits: CallLimits) throws -> ProfilePage {
        ProfilePage(profiles: [], next: nil)
    }

    func index(_ limits: CallLimits) throws -> SearchIndexState {
        SearchIndexState(attributes: [], isChosen: false, indexed: 0, total: 0)
    }

    func choose(_ attributes: [String], _ limits: CallLimits) throws {}

    func advanceIndex(by rows: Int, _ limits: CallLimits) throws -> Bool { true }

    func importProfiles(
        _ file: ImportFile, options: ImportOptions, mark: Int64?, now: Timestamp,
        progress: (ImportProgress) -> Void, isCancelled: () -> Bool
    ) throws -> ImportSummary { ImportSummary(format: .delimited, delimiter: .comma) }

    func lastImport() throws -> (mark: Int64, summary: ImportSummary)? { nil }
}
