import Exports
import Phrases
import Profiles

/// The page on which customers are looked for.
struct ProfilesModel: Sendable {
    let total: String
    /// Nothing has been imported yet.
    let isVacant: Bool
    let mayImport: Bool
    let search: String
    /// How far the index is, while it is not complete.
    let indexing: String?
    let hasFilters: Bool
    let isFilterOpen: Bool
    let facets: [FacetMark]
    let conditions: [ConditionMark]
    let rule: String
    let mistake: String?
    let hasMisfits: Bool
    let clearHref: String
    let saveHref: String?
    let indexHref: String?
    let columns: [String]
    let rows: [Row]
    let hasRows: Bool
    let isFruitless: Bool
    let paging: PagingMark

    struct Row: Sendable {
        let href: String
        let title: String
        let id: String
        let cells: [Cell]
    }

    struct Cell: Sendable {
        let text: String
        /// Addresses, numbers and dates are read from left to right in every language.
        let isLTR: Bool
    }
}

/// An attribute whose values can be ticked.
struct FacetMark: Sendable {
    let attribute: String
    let name: String
    let choices: [Choice]

    struct Choice: Sendable {
        let id: String
        let value: String
        let isTicked: Bool
    }

    /// Ticked values stay, whatever the sample holds.
    static func all(_ facets: [Facet], _ query: ProfilesQuery) -> [FacetMark] {
        var offered = facets.map { ($0.attribute.name, $0.values.map(\.exported)) }
        for (attribute, values) in query.ticked {
            if let index = offered.firstIndex(where: { $0.0 == attribute }) {
                offered[index].1 += values.filter { !offered[index].1.contains($0) }
            } else {
                offered.append((attribute, values))
            }
        }
        return offered.enumerated().map { number, offer in
            let ticked = query.ticked.first { $0.attribute == offer.0 }?.values ?? []
            return FacetMark(
                attribute: offer.0, name: "is.\(offer.0)",
                choices: offer.1.enumerated().map { index, value in
                    Choice(
                        id: "is-\(number)-\(index)", value: value,
                        isTicked: ticked.contains(value))
                })
        }
    }
}

/// A row of the filter: attribute, test, value.
struct ConditionMark: Sendable {
    let number: Int
    let attributes: [Choice]
    let tests: [Choice]
    let value: String
    let isMisfit: Bool

    struct Choice: Sendable {
        let value: String
        let text: String
        let isSelected: Bool
    }

    /// The rows that are filled in, and an empty one.
    static func all(
        _ query: ProfilesQuery, _ misfits: Set<Int>, _ schema: ProfileSchema, _ book: PhraseBook
    ) -> [ConditionMark] {
        let filled: [ProfilesQuery.Condition?] = query.conditions
        let rows = filled + (filled.count < ProfilesQuery.conditionsMax ? [nil] : [])
        return rows.enumerated().map { index, condition in
            ConditionMark(
                number: index + 1,
                attributes: schema.attributes.map {
                    Choice(
                        value: $0.name, text: $0.name, isSelected: $0.name == condition?.attribute)
                },
                tests: ProfilesQuery.Test.allCases.map {
                    Choice(
                        value: $0.rawValue,
                        text: book.text(at: "customers.test.\($0.rawValue)") ?? $0.rawValue,
                        isSelected: $0 == condition?.test)
                },
                value: condition?.value ?? "", isMisfit: misfits.contains(index))
        }
    }
}

/// How profiles are called and which of their attributes lists show.
struct ProfileLook: Sendable {
    let roles: AttributeRoles
    let columns: [Attribute]

    private static let columnsMax = 4

    /// `searched` are the attributes customers are searched by; they say most of a person.
    init(_ schema: ProfileSchema, searched: [String]) {
        roles = AttributeRoles(schema)
        let wanted = roles.email + searched + schema.attributes.dropFirst().map(\.name)
        var columns: [Attribute] = []
        for name in wanted where columns.count < Self.columnsMax && !roles.name.contains(name) {
            guard let attribute = schema.attribute(named: name), !columns.contains(attribute)
            else { continue }
            columns.append(attribute)
        }
        self.columns = columns
    }

    /// The person's name, or else their address, or else the profile's id.
    func title(of profile: Profile) -> String {
        let name = roles.name.compactMap { profile.values[$0]?.exported }.joined(separator: " ")
        if !name.isEmpty { return name }
        return roles.email.lazy.compactMap { profile.values[$0]?.exported }.first ?? profile.id
    }

    func row(_ profile: Profile) -> ProfilesModel.Row {
        ProfilesModel.Row(
            href: Self.href(profile.id), title: title(of: profile), id: profile.id,
            cells: columns.map { attribute in
                ProfilesModel.Cell(
                    text: profile.values[attribute.name]?.exported ?? "–",
                    isLTR: attribute.kind != .text || roles.email.contains(attribute.name))
            })
    }

    static func href(_ id: Profile.ID) -> String { "/customers/\(LinkQuery.encoded(id))" }
}

/// The administrator's choice of what customers are searched by.
struct SearchIndexModel: Sendable {
    let choices: [Choice]
    let state: String
    let isChosen: Bool
    /// No attribute holds text.
    let isVacant: Bool

    struct Choice: Sendable {
        let id: String
        let name: String
        let isTicked: Bool
    }
}
