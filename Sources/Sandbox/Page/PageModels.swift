import Foundation
import Phrases

/// What every page knows: its language and the way to the same page in the others.
struct PageFrame: Sendable {
    let t: PhraseLookup
    let lang: String
    let dir: String
    let languages: [LanguageLink]

    struct LanguageLink: Sendable {
        let tag: String
        let name: String
        let href: String
        let isCurrent: Bool
    }

    init(_ book: PhraseBook, path: String) {
        t = PhraseLookup(book: book)
        lang = book.language.rawValue
        dir = book.language.direction.rawValue
        languages = Language.allCases.map {
            LanguageLink(
                tag: $0.rawValue, name: $0.nativeName, href: "\(path)?lang=\($0.rawValue)",
                isCurrent: $0 == book.language)
        }
    }
}

/// The overview: lists, limits, requests and knobs.
struct OverviewModel: Sendable {
    struct List: Sendable {
        let id: Int
        let name: String
        let href: String
        let active: String
        let unsubscribed: String
        let bounced: String
    }

    struct Limit: Sendable {
        let name: String
        let value: String
        let hasBar: Bool
        let used: Int
        let max: Int
    }

    struct Count: Sendable {
        let name: String
        let value: String
    }

    struct Line: Sendable {
        let number: Int
        let method: String
        let path: String
        let status: String
        let kind: String
        let milliseconds: String
    }

    struct Option: Sendable {
        let value: String
        let text: String
        let isSelected: Bool
    }

    struct KnobField: Sendable {
        let name: String
        let label: String
        let value: String
        let keyboard: String
        let isChoice: Bool
        let options: [Option]
    }

    struct KnobGroup: Sendable {
        let title: String
        let knobs: [KnobField]
    }

    let t: PhraseLookup
    let lang: String
    let dir: String
    let languages: [PageFrame.LanguageLink]
    let base: String
    let notice: String?
    let refusal: String?
    let lists: [List]
    let contactCount: String
    let limits: [Limit]
    let violations: [Count]
    let hasViolations: Bool
    let requests: [Line]
    let hasRequests: Bool
    let knobGroups: [KnobGroup]
}

/// A page of contacts.
struct ContactsModel: Sendable {
    struct Row: Sendable {
        let id: Int
        let href: String
        let email: String
        let name: String
        let phone: String
        let updated: String
    }

    let t: PhraseLookup
    let lang: String
    let dir: String
    let languages: [PageFrame.LanguageLink]
    let listName: String?
    let list: String?
    let search: String
    let count: String
    let contacts: [Row]
    let hasContacts: Bool
    let emptyText: String
    let previous: String?
    let next: String?
}

/// One contact with everything that belongs to it.
struct ContactModel: Sendable {
    struct Membership: Sendable {
        let name: String
        let status: String
        let note: String?
        let updated: String
    }

    struct Value: Sendable {
        let name: String
        let value: String
        let updated: String
    }

    let t: PhraseLookup
    let lang: String
    let dir: String
    let languages: [PageFrame.LanguageLink]
    let id: Int
    let email: String
    let name: String
    let phone: String
    let created: String
    let updated: String
    let lists: [Membership]
    let hasLists: Bool
    let fields: [Value]
    let hasFields: Bool
    let tags: [String]
    let hasTags: Bool
}

extension PhraseBook {
    /// A whole number as the language writes it.
    func number(_ number: Int) -> String {
        number.formatted(.number.locale(language.locale))
    }

    /// A number with one digit behind the point.
    func tenths(_ number: Double) -> String {
        number.formatted(.number.precision(.fractionLength(1)).locale(language.locale))
    }

    /// A point in time, to the minute, in UTC.
    func date(_ seconds: UInt32) -> String {
        var style = Date.FormatStyle(date: .abbreviated, time: .shortened, locale: language.locale)
        style.timeZone = .gmt
        return Date(timeIntervalSince1970: Double(seconds)).formatted(style)
    }
}
