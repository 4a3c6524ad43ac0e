import Acts
import Foundation
import Profiles

/// The query of a request, read strictly: a name that nobody knows is refused, not passed over.
struct APIQuery {
    private let fields: FormFields

    static let valueCharactersMax = 300

    /// Accepts the names given and no others, each once.
    init(_ caller: Caller, names: Set<String>) throws(WebProblem) {
        fields = caller.query
        for (name, _) in fields.under("") {
            guard names.contains(name) else {
                let known = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
                throw Self.bad(
                    String(name.prefix(50)), "unknown",
                    known.isEmpty
                        ? "This takes no query." : "There is no such parameter; there are \(known)."
                )
            }
            guard fields.all(name).count == 1 else {
                throw Self.bad(name, "repeated", "Give it once.")
            }
        }
    }

    func text(
        _ name: String, charactersMax: Int = valueCharactersMax
    ) throws(WebProblem) -> String? {
        guard let text = fields[name] else { return nil }
        guard !text.isEmpty, text.count <= charactersMax, !text.holdsControls else {
            throw Self.bad(
                name, "text",
                "It takes 1 to \(charactersMax) characters without control characters.")
        }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(WebProblem) -> Choice? where Choice.RawValue == String {
        guard let text = fields[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw Self.bad(name, "choice", "It is one of \(known).")
        }
        return choice
    }

    func id<Thing>(_ name: String) throws(WebProblem) -> Identifier<Thing>? {
        guard let text = fields[name] else { return nil }
        guard let id = Identifier<Thing>(text), id > 0, text.utf8.first != UInt8(ascii: "+") else {
            throw Self.bad(name, "id", "It takes an id: a whole number from 1.")
        }
        return id
    }

    func time(_ name: String) throws(WebProblem) -> Int64? {
        guard let text = fields[name] else { return nil }
        guard let time = Moment(text)?.milliseconds else {
            throw Self.bad(name, "time", "It takes a time such as 2026-01-05T08:00:00Z.")
        }
        return time
    }

    func flag(_ name: String) throws(WebProblem) -> Bool {
        switch fields[name] {
        case nil, "false": return false
        case "true": return true
        default: throw Self.bad(name, "boolean", "It takes 'true' or 'false'.")
        }
    }

    /// Which page of a list is asked for.
    func page(_ kind: Cursor.Kind) throws(WebProblem) -> PageRequest {
        var limit = PageRequest.limitDefault
        if let text = fields["limit"] {
            guard let number = Int(text), (1...PageRequest.limitMax).contains(number),
                text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else {
                throw Self.bad(
                    "limit", "limit", "It takes a whole number from 1 to \(PageRequest.limitMax).")
            }
            limit = number
        }
        guard let text = fields["after"] else { return PageRequest(limit: limit, after: nil) }
        guard let cursor = Cursor(text, kind: kind) else {
            throw Self.badCursor
        }
        return PageRequest(limit: limit, after: cursor)
    }

    static var badCursor: WebProblem {
        bad("after", "cursor", "It takes what 'next' of the page before held, of the same list.")
    }

    private static func bad(_ name: String, _ code: String, _ detail: String) -> WebProblem {
        WebProblem(
            .badRequest, "The parameter '\(name)' does not fit. \(detail)",
            findings: [.init(field: name, code: code, detail: detail)])
    }
}

extension String {
    /// Whether control characters, line breaks among them, stand in it.
    var holdsControls: Bool {
        unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

extension PageRequest {
    /// The names that `APIQuery` must know for it.
    static let names: Set<String> = ["limit", "after"]
}
