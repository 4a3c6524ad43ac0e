package import Foundation

/// A language in which Ferry speaks on its pages.
package enum Language: String, CaseIterable, Sendable {
    case en
    case bg
    case pl
    case zhHans = "zh-Hans"
    case hu
    case he

    /// The way a line runs, as the value of `dir` in HTML.
    package enum Direction: String, Sendable {
        case leftToRight = "ltr"
        case rightToLeft = "rtl"
    }

    /// One of the forms a language has for counted things, named as in Unicode's CLDR.
    package enum PluralCategory: String, CaseIterable, Sendable {
        case one
        case two
        case few
        case many
        case other
    }

    /// Right to left for Hebrew.
    package var direction: Direction { self == .he ? .rightToLeft : .leftToRight }

    /// The language's name in itself, as a person looks for it.
    package var nativeName: String {
        switch self {
        case .en: "English"
        case .bg: "Български"
        case .pl: "Polski"
        case .zhHans: "简体中文"
        case .hu: "Magyar"
        case .he: "עברית"
        }
    }

    /// For formatting numbers, dates and lists.
    package var locale: Locale { Locale(identifier: rawValue) }

    /// The forms in which a counted phrase must exist.
    package var pluralCategories: [PluralCategory] {
        switch self {
        case .en, .bg, .hu: [.one, .other]
        case .pl: [.one, .few, .many, .other]
        case .zhHans: [.other]
        case .he: [.one, .two, .other]
        }
    }

    /// The form that a whole number takes. In Polish 1 is one, 2 to 4 but not 12 to 14 are few
    /// (also 22, 103), everything else is many; `other` is left for fractions.
    package func pluralCategory(for count: Int) -> PluralCategory {
        switch self {
        case .en, .bg, .hu: return count == 1 ? .one : .other
        case .zhHans: return .other
        case .he: return count == 1 ? .one : count == 2 ? .two : .other
        case .pl:
            if count == 1 { return .one }
            let isTeen = (12...14).contains(count.magnitude % 100)
            return (2...4).contains(count.magnitude % 10) && !isTeen ? .few : .many
        }
    }
}

extension Language {
    /// The language a browser wants most among ours, by its `Accept-Language` header; English when
    /// it wants none of them. Chinese counts only where simplified signs are meant.
    package init(acceptLanguage header: String?) {
        let wishes = (header ?? "").prefix(1000).split(separator: ",").enumerated()
            .compactMap { place, part -> (tag: String, quality: Double, place: Int)? in
                let pieces = part.split(separator: ";").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                guard let tag = pieces.first, !tag.isEmpty else { return nil }
                let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }
                    .map { Double($0.dropFirst(2)) ?? 0 }
                return (tag, quality ?? 1, place)
            }
            .filter { $0.quality > 0 }
            .sorted { ($1.quality, $0.place) < ($0.quality, $1.place) }
        self = wishes.lazy.compactMap { Language(tag: $0.tag) }.first ?? .en
    }

    /// The language behind a tag such as `zh-CN`, `iw` or `pl_PL`; nil when it is none of ours.
    package init?(tag: String) {
        let wanted = Locale.Language(
            identifier: Locale.Language(identifier: tag).maximalIdentifier)
        let match = Self.allCases.first { language in
            let own = Locale.Language(
                identifier: Locale.Language(identifier: language.rawValue).maximalIdentifier)
            return own.languageCode == wanted.languageCode && own.script == wanted.script
        }
        guard let match else { return nil }
        self = match
    }
}
