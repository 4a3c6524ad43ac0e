import Mustache
import Phrases

/// The sandbox's pages for people; they work without script and fetch nothing from elsewhere.
struct SandboxPages: Sendable {
    /// Contacts on one page.
    static let contactsMax = 50
    /// Requests shown on the overview.
    static let requestsMax = 30

    let account: SandboxAccount

    /// Nil when the path belongs to the sandbox's endpoints.
    func answer(
        _ call: SandboxRequest, acceptLanguage: String?, at now: Double
    ) -> SandboxAnswer? {
        guard !call.path.hasPrefix("/sandbox/") else { return nil }
        let language =
            call.parameter("lang").flatMap(Language.init(rawValue:))
            ?? Language(acceptLanguage: acceptLanguage)
        let book = PhraseBook(language)
        switch call.route {
        case "GET /": return overview(call, book, at: now)
        case "GET /style.css":
            return SandboxAnswer(200, type: "text/css; charset=utf-8", text: SandboxStyle.css)
        case "GET /contacts": return contacts(call, book)
        case "POST /knobs": return setKnobs(call, book)
        case "POST /reset":
            _ = account.answer(SandboxRequest("POST", "/sandbox/reset"), at: now)
            return Self.redirect(to: "/?lang=\(language.rawValue)")
        default:
            let parts = call.path.split(separator: "/")
            if call.method == "GET", parts.count == 2, parts[0] == "contacts",
                let id = Int(parts[1]), let model = contact(id, book)
            {
                return Self.page("contact", model)
            }
            return Self.page("missing", PageFrame(book, path: "/"), status: 404)
        }
    }

    /// A rendered page with the headers that keep it to itself.
    static func page(_ template: String, _ model: some Sendable, status: Int = 200) -> SandboxAnswer
    {
        let text = SandboxTemplates.library.render(model, withTemplate: template) ?? ""
        var answer = SandboxAnswer(status, type: "text/html; charset=utf-8", text: text)
        answer.headers += [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                    + "frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ("Cache-Control", "no-store"), ("Vary", "Accept-Language"),
        ]
        return answer
    }

    private static func redirect(to path: String) -> SandboxAnswer {
        var answer = SandboxAnswer(303, type: "text/plain", text: "")
        answer.headers.append(("Location", path))
        return answer
    }

    /// Sets every knob of the form, or none when one value is not understood.
    private func setKnobs(_ call: SandboxRequest, _ book: PhraseBook) -> SandboxAnswer {
        let home = "/?lang=\(book.language.rawValue)"
        var knobs = account.knobs
        for field in SandboxResponder.query(String(decoding: call.body, as: UTF8.self)) {
            guard let knob = Knob.named(field.name) else { continue }
            guard knob.write(&knobs, field.value) else {
                return Self.redirect(to: "\(home)&refused=\(knob.name)")
            }
        }
        account.knobs = knobs
        return Self.redirect(to: "\(home)&saved=1")
    }

    // MARK: Overview

    private func overview(
        _ call: SandboxRequest, _ book: PhraseBook, at now: Double
    ) -> SandboxAnswer {
        account.advance(to: now)
        let frame = PageFrame(book, path: "/")
        let model = account.read { state in
            OverviewModel(
                t: frame.t, lang: frame.lang, dir: frame.dir, languages: frame.languages,
                base: call.base,
                notice: call.parameter("saved") == nil ? nil : book.text(.sandboxKnobsSaved),
                refusal: call.parameter("refused").flatMap(Knob.named).map {
                    book.text(
                        .sandboxKnobRefused,
                        ["name": book.text(at: "sandbox.knob.\($0.name)") ?? $0.name])
                },
                lists: state.catalog.lists.map { list in
                    .init(
                        id: list.id, name: list.name,
                        href: "/contacts?lang=\(frame.lang)&list=\(list.id)",
                        active: book.number(state.book.count(of: .active, on: list.id)),
                        unsubscribed: book.number(state.book.count(of: .unsubscribed, on: list.id)),
                        bounced: book.number(state.book.count(of: .bounced, on: list.id)))
                },
                contactCount: book.text(.sandboxContactCount, count: state.book.contactCount),
                limits: limits(state, book, at: now),
                violations: Violation.allCases.compactMap { violation in
                    state.tally.violations[violation].map { count in
                        .init(
                            name: book.text(at: "sandbox.violation.\(violation.rawValue)")
                                ?? violation.rawValue,
                            value: book.number(count))
                    }
                },
                hasViolations: !state.tally.violations.isEmpty,
                requests: state.tally.lines.suffix(Self.requestsMax).reversed().map { line in
                    .init(
                        number: line.number, method: line.method, path: line.path,
                        status: line.status == 0
                            ? book.text(.sandboxCut) : String(line.status),
                        kind: (200..<300).contains(line.status) ? "fine" : "wrong",
                        milliseconds: book.tenths(line.milliseconds))
                },
                hasRequests: !state.tally.lines.isEmpty,
                knobGroups: knobGroups(state.knobs, book))
        }
        return Self.page("overview", model)
    }

    private func limits(
        _ state: borrowing AccountState, _ book: PhraseBook, at now: Double
    ) -> [OverviewModel.Limit] {
        func limit(_ phrase: Phrase, _ used: Int, of max: Int) -> OverviewModel.Limit {
            let values = ["used": book.number(used), "limit": book.number(max)]
            let isLimited = max > 0
            return .init(
                name: book.text(phrase),
                value: book.text(isLimited ? .sandboxUsed : .sandboxUnlimited, values),
                hasBar: isLimited, used: used, max: max)
        }
        let knobs = state.knobs
        let isOn = knobs.limits
        return [
            isOn && knobs.requestsPerSecond > 0
                ? limit(
                    .sandboxLimitRequests, state.gate.remaining(at: now, knobs: knobs),
                    of: knobs.requestsPerSecond)
                : .init(
                    name: book.text(.sandboxLimitRequests), value: book.text(.sandboxNoLimit),
                    hasBar: false, used: 0, max: 0),
            limit(
                .sandboxLimitImports, state.gate.importsInLastMinute(at: now),
                of: isOn ? knobs.importsPerMinute : 0),
            limit(
                .sandboxLimitSingleImports, state.gate.singleImportsInLastMinute(at: now),
                of: isOn ? knobs.singleImportsPerMinute : 0),
            limit(.sandboxLimitContacts, state.book.activeCount, of: knobs.contactLimit),
            .init(
                name: book.text(.sandboxOutstanding),
                value: book.number(state.imports.outstandingCount), hasBar: false, used: 0, max: 0),
        ]
    }

    private func knobGroups(_ knobs: Knobs, _ book: PhraseBook) -> [OverviewModel.KnobGroup] {
        let groups: [(title: Phrase, first: String)] = [
            (.sandboxGroupLimits, "limits"), (.sandboxGroupImporter, "processing-rate"),
            (.sandboxGroupAccount, "sync-update"), (.sandboxGroupFaults, "seed"),
        ]
        var fields: [OverviewModel.KnobField] = []
        var found: [OverviewModel.KnobGroup] = []
        var title = groups[0].title
        for knob in Knob.all {
            if let next = groups.first(where: { $0.first == knob.name }), !fields.isEmpty {
                found.append(.init(title: book.text(title), knobs: fields))
                fields = []
                title = next.title
            }
            fields.append(field(knob, knobs, book))
        }
        return found + [.init(title: book.text(title), knobs: fields)]
    }

    private func field(
        _ knob: Knob, _ knobs: Knobs, _ book: PhraseBook
    ) -> OverviewModel.KnobField {
        let value = knob.read(knobs)
        let options: [OverviewModel.Option] =
            switch knob.kind {
            case .flag:
                [("true", Phrase.sandboxYes), ("false", .sandboxNo)].map {
                    .init(value: $0.0, text: book.text($0.1), isSelected: value == $0.0)
                }
            case .choice(let words):
                words.map { .init(value: $0, text: $0, isSelected: value == $0) }
            case .share, .number, .wholeNumber, .text: []
            }
        let keyboard =
            switch knob.kind {
            case .wholeNumber: "numeric"
            case .share, .number: "decimal"
            case .flag, .choice, .text: "text"
            }
        return .init(
            name: knob.name, label: book.text(at: "sandbox.knob.\(knob.name)") ?? knob.name,
            value: value, keyboard: keyboard, isChoice: !options.isEmpty, options: options)
    }
}
