import Delivery
import Phrases

/// A trouble in the reader's words.
struct TroubleText: Sendable {
    let title: String
    /// What it means and what to do.
    let text: String

    init(code: String, host: String, _ book: PhraseBook) {
        let known = ConnectionTrouble(rawValue: code) ?? .unavailable
        // Every trouble has both; a test holds it.
        title =
            Phrase(rawValue: "trouble.\(known.rawValue).title").map { book.text($0) } ?? code
        text =
            Phrase(rawValue: "trouble.\(known.rawValue).text")
            .map { book.text($0, ["host": "\u{2068}\(host)\u{2069}"]) } ?? ""
    }

    init(_ trouble: ConnectionTrouble, host: String, _ book: PhraseBook) {
        self.init(code: trouble.rawValue, host: host, book)
    }
}
