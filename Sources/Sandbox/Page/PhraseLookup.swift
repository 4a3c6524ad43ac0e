import Mustache
import Phrases

/// Lets templates ask for phrases by path, as in `{{t.sandbox.title}}`.
struct PhraseLookup: MustacheParent, Sendable {
    let book: PhraseBook
    var path = ""

    func child(named name: String) -> Any? {
        let longer = path.isEmpty ? name : "\(path).\(name)"
        if let text = book.text(at: longer) { return text }
        return book.hasPhrases(under: longer) ? PhraseLookup(book: book, path: longer) : nil
    }
}
