import Foundation

/// All phrases in one language.
///
/// A sentence is whole in its table and has named gaps: `text(.sandboxUsed, ["used": "3"])` fills
/// `{used}`. Where a phrase is missing English stands in, and the key where English misses as well;
/// the tests see to it that neither happens.
package struct PhraseBook: Sendable {
    /// The language of this book.
    package let language: Language

    private let table: [String: String]

    /// The book of a language; the tables are decoded once.
    package init(_ language: Language) {
        self.language = language
        table = Self.tables[language] ?? [:]
    }

    /// A phrase without gaps, or with its gaps left open.
    package func text(_ phrase: Phrase) -> String {
        text(at: phrase.rawValue) ?? phrase.rawValue
    }

    /// A phrase with its gaps filled; a gap that gets no value stays as it is.
    package func text(_ phrase: Phrase, _ values: [String: String]) -> String {
        Self.filled(text(phrase), values)
    }

    /// A counted phrase in the form that `count` takes, with `{count}` filled in the language's way
    /// of writing numbers.
    package func text(
        _ phrase: Phrase, count: Int, _ values: [String: String] = [:]
    ) -> String {
        let category = language.pluralCategory(for: count).rawValue
        let template =
            text(at: "\(phrase.rawValue).\(category)") ?? text(at: "\(phrase.rawValue).other")
            ?? phrase.rawValue
        let number = count.formatted(.number.locale(language.locale))
        return Self.filled(template, values.merging(["count": number]) { given, _ in given })
    }

    /// The phrase at a key as the tables spell it; nil when there is none. For templates, which ask
    /// by path.
    package func text(at key: String) -> String? {
        table[key] ?? Self.tables[.en]?[key]
    }

    /// True when some key begins with this path and a dot.
    package func hasPhrases(under path: String) -> Bool {
        Self.paths.contains(path)
    }

    /// Fills `{name}` for every name that has a value, in one pass: a value that looks like a gap
    /// is not filled again.
    package static func filled(_ template: String, _ values: [String: String]) -> String {
        guard template.contains("{") else { return template }
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}") else { break }
            let name = String(rest[rest.index(after: open)..<close])
            result += values[name] ?? String(rest[...close])
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    // MARK: Tables

    /// What stands in a language's own table, without English standing in.
    static func entries(of language: Language) -> [String: String] {
        tables[language] ?? [:]
    }

    private static let tables: [Language: [String: String]] = Dictionary(
        uniqueKeysWithValues: Language.allCases.map { ($0, decoded(json(of: $0), $0)) })

    private static let paths: Set<String> = {
        var paths: Set<String> = []
        for key in (tables[.en] ?? [:]).keys {
            var parts = key.split(separator: ".")
            while parts.count > 1 {
                parts.removeLast()
                paths.insert(parts.joined(separator: "."))
            }
        }
        return paths
    }()

    private static func json(of language: Language) -> String {
        PhraseTables.json[language.rawValue] ?? "{}"
    }

    private static func decoded(_ json: String, _ language: Language) -> [String: String] {
        do {
            return try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
        } catch {
            // The tables are part of the program and every test reads them.
            preconditionFailure("The phrases of '\(language.rawValue)' are no JSON: \(error)")
        }
    }
}
