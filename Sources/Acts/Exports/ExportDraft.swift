package import Exports

/// An export as a person writes it down, on the command line, in a file or in a form: names, not yet looked up.
package struct ExportDraft: Codable, Sendable {
    package var name: String
    /// An id or a name.
    package var list: String
    package var segments: [String]
    package var email: String
    package var firstName: String?
    package var lastName: String?
    package var phone: String?
    package var fields: [FieldDraft] = []
    package var tags: [String] = []
    package var onLeave = LeaveDraft.keep
    /// Nil takes the default.
    package var limit: Int?
    /// A percentage; nil takes the default.
    package var holdShare: Double?
    package var startsAutomations = false
    package var resubscribesRemoved = false
    package var schedule = ExportSchedule.refresh

    package init(name: String, list: String, segments: [String], email: String) {
        self.name = name
        self.list = list
        self.segments = segments
        self.email = email
    }
}

/// A custom field and the attribute that shall fill it.
package struct FieldDraft: Codable, Equatable, Sendable {
    /// The field's id or title.
    package let name: String
    /// Nil when the text that was written names none.
    package let attribute: String?

    package init(name: String, attribute: String?) {
        self.name = name
        self.attribute = attribute
    }

    /// Reads `ID_OR_TITLE=ATTRIBUTE`.
    package init(text: String) {
        guard let equals = text.firstIndex(of: "=") else {
            self.init(name: text, attribute: nil)
            return
        }
        self.init(
            name: String(text[..<equals]), attribute: String(text[text.index(after: equals)...]))
    }
}

/// What shall happen to people who leave, as it was written.
package enum LeaveDraft: Codable, Equatable, Sendable {
    case keep
    case unsubscribe
    /// A custom field by its id or title, and its two values.
    case field(name: String, inside: String, outside: String)
    /// Something else.
    case unreadable(String)

    /// Reads `keep`, `unsubscribe` or `field:ID_OR_TITLE=IN,OUT`.
    package init(text: String) {
        let prefix = "field:"
        switch text {
        case "keep": self = .keep
        case "unsubscribe": self = .unsubscribe
        default:
            self = .unreadable(text)
            guard text.hasPrefix(prefix), let equals = text.lastIndex(of: "=") else { return }
            let name = text[text.index(text.startIndex, offsetBy: prefix.count)..<equals]
            let values = text[text.index(after: equals)...]
                .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard values.count == 2, values.allSatisfy({ !$0.isEmpty }), values[0] != values[1]
            else { return }
            self = .field(name: String(name), inside: values[0], outside: values[1])
        }
    }
}
