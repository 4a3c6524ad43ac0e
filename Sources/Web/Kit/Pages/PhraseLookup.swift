import Mustache
import Phrases

/// Lets templates ask for phrases by path, as in `{{t.exports.title}}`.
struct PhraseLookup: MustacheParent, Sendable {
    let book: PhraseBook
    var path = ""

    func child(named name: String) -> Any? {
        let longer = path.isEmpty ? name : "\(path).\(name)"
        if let text = book.text(at: longer) { return text }
        guard book.hasPhrases(under: longer) else {
            TemplateGaps.note("t.\(longer)")
            return nil
        }
        return PhraseLookup(book: book, path: longer)
    }
}
