import Exports
import Phrases

/// Texts of a kind of destination, its own words first.
extension DestinationDescriptor {
    func text(at key: String, _ book: PhraseBook, _ values: [String: String] = [:]) -> String {
        let template =
            words.text(at: key, language: book.language.rawValue) ?? book.text(at: key) ?? key
        return PhraseBook.filled(
            template, values.merging(["destination": title]) { given, _ in given })
    }

    func consentBody(_ book: PhraseBook) -> String {
        text(at: consent.body, book, ["product": "Ferry"])
    }

    /// What is said of a setting that does not have its form. A rule that is a trouble has a title and a text.
    func rule(of setting: DestinationSetting, typed: String, _ book: PhraseBook) -> String {
        let isolated = ["host": "\u{2068}\(typed)\u{2069}"]
        guard let title = book.text(at: "\(setting.rule).title") else {
            return text(at: setting.rule, book, isolated)
        }
        return "\(title). \(text(at: "\(setting.rule).text", book, isolated))"
    }
}
