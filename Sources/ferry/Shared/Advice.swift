import Acts
import Phrases
import Profiles
import Web

/// What somebody at a terminal can do about a refusal: the options and commands that only the command line has.
/// Refusals themselves name none of them.
enum Advice {
    /// The sentence, and what to do about it.
    static func sentence(_ told: some Worded) -> String {
        let book = PhraseBook(.en)
        let sentence = told.family == .refusal ? book.report(of: told) : book.sentence(of: told)
        let advice =
            switch told.family {
            case .refusal: text(for: told.phraseCode, told.facts)
            case .finding:
                ExportFinding.Code(rawValue: told.phraseCode)
                    .flatMap { text(for: $0, told.facts) }
            case .invalid: String?.none
            }
        return [sentence, advice].compactMap(\.self).joined(separator: " ")
    }

    /// The sentence, what to do about it, and a line for each bad row.
    static func sentence(_ error: ImportError) -> String {
        let book = PhraseBook(.en)
        let first = [book.sentence(of: error), text(for: error)].compactMap(\.self)
            .joined(separator: " ")
        let rows = error.rows.map { row in
            var place = "line \(row.line)"
            if let column = row.column { place += ", column \(column)" }
            if let name = row.columnName { place += " '\(name)'" }
            return "  \(place): \(book.sentence(of: row))"
        }
        return ([first] + rows).joined(separator: "\n")
    }

    private static func text(for error: ImportError) -> String? {
        switch error.code {
        case .badRows:
            error.rows.contains { $0.code == .valueDoesNotFit }
                ? "Give --skip-bad-rows FILE to set such rows aside, or another --type for the column."
                : "Give --skip-bad-rows FILE to set such rows aside."
        case .unknownColumn:
            if case .word(let option) = error.facts["option"] {
                "--\(option) names it."
            } else {
                nil
            }
        case .dateOrderUnknown: "Give --date-order mdy or --date-order dmy."
        case .dateOrderContradicted:
            "Give --date-order mdy or --date-order dmy to say which are wrong, or --type COLUMN=text."
        case .conflictingOptions where error.facts["what"] == .word("replace-skip"):
            "Give --replace or --skip-bad-rows, not both."
        case .tooLarge where error.facts["what"] == .word("attributes"):
            "Leave columns out with --ignore."
        case .notText where error.facts["what"] == .word("wide"):
            "'iconv -f UTF-16 -t UTF-8 FILE > NEWFILE' does that."
        case .notText where error.facts["what"] == .word("array"): "'jq -c .[]' does that."
        case .notText where error.facts["what"] == .word("compressed"):
            "Or pipe it: 'gunzip -c FILE' into '-'."
        case .cannotRead where error.facts["what"] == .word("spool"):
            "Name a folder with room in TMPDIR, or import from a file."
        default: nil
        }
    }

    private static func text(for code: ExportFinding.Code, _ facts: Facts) -> String? {
        switch code {
        case .limitRange: "--limit takes a number of people from 1."
        case .holdShareRange: "--hold-share takes a percentage from 0 to 100."
        case .fieldUnreadable: "--field takes ID_OR_TITLE=ATTRIBUTE."
        case .leaveUnreadable:
            "--on-leave takes keep, unsubscribe or field:ID_OR_TITLE=IN,OUT."
        case .unsubscribeForGood: "--on-leave field:ID=IN,OUT does that."
        case .attributeUnknown where facts["nearest"] == nil:
            "'ferry profiles attributes' lists those there are."
        default: nil
        }
    }

    static func text(for code: String, _ facts: Facts = [:]) -> String? {
        switch code {
        case "not-found": forMissing(facts)
        case "not-a-data-directory":
            facts["what"] == .word("file")
                ? "Name a data directory with --data."
                : "Import profiles first, or name another one with --data."
        case "data-directory-in-use":
            "Wait until it ends, stop it, or, if it is the service, name its address with --server."
        case "already-running" where facts["what"] == .word("unfinished"):
            "Finish it with 'ferry runs resume', or end it with 'ferry runs dismiss \(id(facts["run"]))'."
        case "account-address-forbidden" where facts["what"] == .word("loopback"):
            "To try a sandbox, set FERRY_ALLOW_LOOPBACK=1."
        case "too-many-leavers": "Approve it with --approve."
        default: nil
        }
    }

    private static func forMissing(_ facts: Facts) -> String? {
        guard case .word(let noun) = facts["noun"] else { return nil }
        if noun == "run" { return "'ferry runs list' shows them." }
        guard facts["names"] == .names([]) else { return nil }
        return noun == "source"
            ? "Declare one with 'ferry sources add'." : "Add one with 'ferry \(noun)s add'."
    }

    private static func id(_ fact: Fact?) -> String {
        guard case .text(let id) = fact else { return "" }
        return id
    }
}
