import Foundation

/// The fields of a page's form with the values a browser would send, buttons left out.
struct FormOfPage {
    private(set) var fields: [(name: String, value: String)] = []

    /// Reads the last form of a page that a person fills in: the one after the `h1`.
    init(_ html: String) {
        let start = html.range(of: "</h1>")?.upperBound ?? html.startIndex
        var rest = html[start...]
        var select: (name: String, first: String?, chosen: String?)?
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let tag = rest[rest.index(after: open)..<close]
            rest = rest[rest.index(after: close)...]
            let name = Self.attribute("name", of: tag)
            switch tag.prefix(while: { $0.isLetter || $0 == "/" }) {
            case "input":
                let type = Self.attribute("type", of: tag) ?? "text"
                let isBox = type == "checkbox" || type == "radio"
                guard let name, !isBox || tag.contains(" checked") else { continue }
                fields.append((name, Self.attribute("value", of: tag) ?? "on"))
            case "select": select = name.map { ($0, nil, nil) }
            case "option":
                let value = Self.attribute("value", of: tag) ?? ""
                if select?.first == nil { select?.first = value }
                if tag.contains(" selected") { select?.chosen = value }
            case "/select":
                if let select { fields.append((select.name, select.chosen ?? select.first ?? "")) }
                select = nil
            case "textarea":
                guard let end = rest.range(of: "</textarea>"), let name else { continue }
                var text = String(rest[..<end.lowerBound])
                if text.hasPrefix("\n") { text.removeFirst() }
                // Browsers send line breaks as two characters.
                fields.append((name, Self.plain(text).replacing("\n", with: "\r\n")))
                rest = rest[end.upperBound...]
            default: continue
            }
        }
        fields.removeAll { $0.name == "csrf" }
    }

    subscript(_ name: String) -> String? {
        get { fields.first { $0.name == name }?.value }
        set {
            let index = fields.firstIndex { $0.name == name }
            if let index { fields.remove(at: index) }
            if let newValue { fields.insert((name, newValue), at: index ?? fields.count) }
        }
    }

    /// As a button sends the form.
    func pressing(_ button: String) -> [(String, String)] {
        [("do", button)] + fields.map { ($0.name, $0.value) }
    }

    private static func attribute(_ name: String, of tag: Substring) -> String? {
        guard let start = tag.range(of: " \(name)=\"") else { return nil }
        return plain(String(tag[start.upperBound...].prefix { $0 != "\"" }))
    }

    private static func plain(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
