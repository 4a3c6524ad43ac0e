/// What attributes seem to hold, judged by their names: a start that people can change.
package struct AttributeRoles: Equatable, Sendable {
    /// Attributes that together make a person's name, in the order in which they are written.
    package let name: [String]
    /// Texts that look like e-mail addresses.
    package let email: [String]
    /// What customers are searched by unless somebody chooses.
    package let searchable: [String]

    /// More attributes make the index large and the answers vague.
    private static let searchableMax = 8

    package init(_ schema: ProfileSchema) {
        let texts = schema.attributes.filter { $0.kind == .text }.map {
            (name: $0.name, words: Self.words(of: $0.name))
        }
        email = texts.filter { Self.holds("mail", $0.words) }.map(\.name)
        let whole = texts.first { Self.wholeNames.contains($0.words.joined()) }
        let first = texts.first { Self.firstNames.contains($0.words.joined()) }
        let last = texts.first { Self.lastNames.contains($0.words.joined()) }
        name = whole.map { [$0.name] } ?? [first, last].compactMap { $0?.name }
        let kinds: [[String]] = [
            email, name,
            texts.filter { $0.words.last == "name" && !Self.holds("user", $0.words) }.map(\.name),
            texts.filter { Self.isAny(of: ["phone", "telephone", "mobile", "cell"], $0.words) }
                .map(\.name),
            texts.filter { Self.isAny(of: ["city", "town"], $0.words) }.map(\.name),
            texts.filter { Self.isAny(of: ["zip", "zipcode", "postcode", "postal"], $0.words) }
                .map(\.name),
        ]
        var chosen: [String] = []
        for name in kinds.joined() where !chosen.contains(name) { chosen.append(name) }
        let kept = Set(chosen.prefix(Self.searchableMax))
        searchable = schema.attributes.map(\.name).filter(kept.contains)
    }

    private static let wholeNames: Set = ["name", "fullname", "displayname", "customername"]
    private static let firstNames: Set = ["firstname", "givenname", "forename"]
    private static let lastNames: Set = ["lastname", "familyname", "surname"]

    private static func holds(_ part: String, _ words: [String]) -> Bool {
        words.joined().contains(part)
    }

    private static func isAny(of wanted: Set<String>, _ words: [String]) -> Bool {
        words.contains(where: wanted.contains)
    }

    /// `FirstName`, `first_name` and `First name` are the same two words.
    static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for character in name {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                wasLower = false
                continue
            }
            if wasLower, character.isUppercase, !word.isEmpty {
                words.append(word)
                word = ""
            }
            word += character.lowercased()
            wasLower = character.isLowercase || character.isNumber
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
