import Acts
import Phrases
import Service
import Store

/// What is said of notifications, on pages and in mails.
enum NoticeWords {
    static func event(_ event: NoticeEvent, _ book: PhraseBook) -> String {
        book.text(at: "notify.event.\(event.rawValue)") ?? event.rawValue
    }

    static func channel(_ channel: NoticeChannel, _ book: PhraseBook) -> String {
        book.text(at: "notify.channel.\(channel.rawValue)") ?? channel.rawValue
    }

    static func finding(_ finding: NotificationDraft.Finding, _ book: PhraseBook) -> String {
        book.sentence(of: Refusal.Finding(finding.field, finding.rawValue))
    }

    static func badge(_ state: OutgoingNotice.State, _ book: PhraseBook) -> BadgeMark {
        let (kind, icon) =
            switch state {
            case .pending: ("warn", "waits")
            case .sent: ("ok", "done")
            case .failed: ("trouble", "cross")
            }
        let word = book.text(at: "notify.state.\(state.rawValue)") ?? state.rawValue
        return BadgeMark(kind: kind, icon: icon, text: word)
    }

    /// What went wrong, by its stable code; some carry a number.
    static func trouble(_ code: String, _ book: PhraseBook) -> String {
        if code.hasPrefix("status-") {
            return book.text(
                .notifyTroubleStatus, ["number": String(code.dropFirst("status-".count))])
        }
        if code.hasPrefix("sendmail-exit-") {
            return book.text(
                .notifyTroubleExit, ["number": String(code.dropFirst("sendmail-exit-".count))])
        }
        return book.text(at: "notify.trouble.\(code)") ?? code
    }

    // MARK: Mails

    /// The words of a mail in a language; English for a tag that is none of ours.
    static func mail(_ notice: Notice, language: String) -> MailWords {
        let book = PhraseBook(Language(rawValue: language) ?? .en)
        let name = notice.run?.exportName ?? ""
        let subject =
            Phrase(rawValue: "notify.subject.\(notice.event.rawValue)")
            .map { book.text($0, ["name": name]) } ?? "Ferry"
        var lines = [text(notice, name: name, book)]
        if let run = notice.run {
            if let reason = run.reason {
                lines.append(
                    book.text(.notifyMailReason, ["reason": RunWords.runReason(reason, book)]))
            }
            lines.append(
                book.text(
                    .notifyMailNumbers,
                    [
                        "members": book.number(run.members),
                        "delivered": book.number(run.delivered),
                        "pending": book.number(run.pending), "refused": book.number(run.refused),
                        "suppressed": book.number(run.suppressed),
                    ]))
        }
        if let run = notice.run {
            let time = Moment(notice.at).map { book.time($0.milliseconds) } ?? notice.at
            lines.append(
                book.text(.notifyMailRun, ["id": String(run.id), "time": "\(time) UTC"]))
        }
        if let link = notice.link {
            lines.append(book.text(.notifyMailLink, ["link": link]))
        }
        lines.append("\n-- \n" + book.text(.notifyMailFooter))
        return MailWords(
            subject: subject, body: lines.joined(separator: "\n"),
            language: book.language.rawValue)
    }

    private static func text(_ notice: Notice, name: String, _ book: PhraseBook) -> String {
        switch notice.event {
        case .runFailed: book.text(.notifyTextRunFailed, ["name": name])
        case .runHeld:
            book.text(.notifyTextRunHeld, count: notice.run?.leave ?? 0, ["name": name])
        case .runRecovered: book.text(.notifyTextRunRecovered, ["name": name])
        case .refreshFailed:
            book.text(.notifyTextRefreshFailed, count: notice.refresh?.failedTasks ?? 0)
        case .test: book.text(.notifyTextTest)
        }
    }
}
