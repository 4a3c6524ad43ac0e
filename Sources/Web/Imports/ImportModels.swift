import Acts
import Phrases
import Profiles
import Store

/// The list of imports, with the sources and the form for an upload.
struct ImportsModel: Sendable {
    let rows: [Row]
    let isEmpty: Bool
    let sources: [SourceRow]
    let hasSources: Bool
    let uploadHint: String
    let uploadFinding: String?
    let newestHref: String?
    let olderHref: String?

    struct Row: Sendable {
        let href: String
        let id: String
        let fileName: String
        let source: String?
        let actor: String
        let badge: BadgeMark
        let created: MomentText
        let hasSummary: Bool
        let added: String
        let changed: String
        let removed: String
        let bad: String
    }

    init(
        _ found: [FileImport], sources: [Source], before: FileImport.ID?, uploadBytesMax: Int,
        uploadFinding: String? = nil, _ book: PhraseBook
    ) {
        let shown = found.prefix(ImportPages.rowsMax)
        let names = Dictionary(sources.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
        rows = shown.map { Row($0, source: $0.source.flatMap { names[$0] }, book) }
        isEmpty = shown.isEmpty
        self.sources = sources.map { SourceRow($0, book) }
        hasSources = !sources.isEmpty
        uploadHint = book.text(.importsUploadHint, ["size": book.bytes(uploadBytesMax)])
        self.uploadFinding = uploadFinding
        newestHref = before == nil ? nil : "/imports"
        olderHref =
            found.count > ImportPages.rowsMax ? shown.last.map { "/imports?before=\($0.id)" } : nil
    }
}

extension ImportsModel.Row {
    init(_ job: FileImport, source: String?, _ book: PhraseBook) {
        href = "/imports/\(job.id)"
        id = String(job.id)
        fileName = job.fileName
        self.source = source
        actor = RunWords.actor(job.actor)
        badge = ImportWords.badge(job.state, book)
        created = MomentText(job.createdAt, book)
        hasSummary = job.summary != nil
        added = book.number(job.summary?.added ?? 0)
        changed = book.number(job.summary?.changed ?? 0)
        removed = book.number(job.summary?.removed ?? 0)
        bad = book.number(job.summary?.skipped ?? 0)
    }
}

/// One import: to be looked over, under way, or with its result.
struct ImportModel: Sendable {
    let fileName: String
    let size: String
    let source: Link?
    let badge: BadgeMark
    let actor: String
    let created: MomentText
    let ended: MomentText?
    let draft: Draft?
    let live: Live?
    let trouble: Trouble?
    let result: Result?
    let discardHref: String?

    struct Link: Sendable {
        let href: String
        let text: String
    }

    struct Draft: Sendable {
        let saveHref: String
        let startHref: String
        let isAgain: Bool
        let choices: ImportChoicesModel
    }

    struct Live: Sendable {
        let eventsHref: String
        let cancelHref: String
        let news: ImportNews
        let steps: [Step]
    }

    struct Step: Sendable {
        let phase: String
        let text: String
        let isDone: Bool
        let isCurrent: Bool
    }

    struct Trouble: Sendable {
        let kind: String
        let text: String
        let detail: String?
        let rows: [ImportBadRowModel]
        let hasRows: Bool
    }

    struct Result: Sendable {
        let rows: String
        let added: String
        let changed: String
        let unchanged: String
        let removed: String
        let bad: String
        let hasBad: Bool
        let badRowsHref: String?
        let repeated: String?
        let took: String
        let attributes: [AttributeRow]
        let ignored: String?
    }

    struct AttributeRow: Sendable {
        let name: String
        let kind: String
        let note: String
        let present: String
        let absent: String
    }

    init(
        _ job: FileImport, source: Source?, standing: ImportStanding?, draft: ImportChoicesModel?,
        previewTrouble: ImportTrouble?, hasBadRows: Bool, _ book: PhraseBook
    ) {
        fileName = job.fileName
        size = book.bytes(job.bytes)
        self.source = source.map { Link(href: "/sources/\($0.id)", text: $0.name) }
        badge = ImportWords.badge(job.state, book)
        actor = RunWords.actor(job.actor)
        created = MomentText(job.createdAt, book)
        ended = job.endedAt.map { MomentText($0, book) }
        self.draft = draft.map {
            Draft(
                saveHref: "/imports/\(job.id)", startHref: "/imports/\(job.id)/start",
                isAgain: job.state != .draft, choices: $0)
        }
        live =
            job.state == .waiting || job.state == .running
            ? Live(job, standing ?? .waiting, book) : nil
        let told =
            previewTrouble
            ?? job.reason.map {
                ImportTrouble(
                    $0, job.detail ?? Remark("import-internal-error"), problems: job.problems)
            }
        trouble = told.map {
            Trouble($0, kind: job.state == .cancelled ? "info" : "trouble", book)
        }
        result = job.summary.map {
            Result(
                $0, job,
                badRowsHref: hasBadRows ? "/imports/\(job.id)/bad-rows.csv" : nil, book)
        }
        discardHref = job.state == .draft ? "/imports/\(job.id)/cancel" : nil
    }
}

extension ImportModel.Trouble {
    init(_ trouble: ImportTrouble, kind: String, _ book: PhraseBook) {
        self.kind = kind
        text = ImportWords.trouble(trouble.code, book)
        detail = book.sentence(of: trouble.detail)
        rows = trouble.problems.map { ImportBadRowModel($0, book) }
        hasRows = !rows.isEmpty
    }
}

extension ImportModel.Live {
    init(_ job: FileImport, _ standing: ImportStanding, _ book: PhraseBook) {
        eventsHref = "/imports/\(job.id)/events"
        cancelHref = "/imports/\(job.id)/cancel"
        news = ImportNews(standing, book)
        var phases: [(String, Phrase)] = [
            ("inspecting", .importsStepInspect), ("storing", .importsStepStore),
        ]
        if job.choices.options.removeMissing { phases.append(("removing", .importsStepRemove)) }
        let phase = news.phase
        let current = phases.firstIndex { $0.0 == phase } ?? -1
        steps = phases.enumerated().map { index, step in
            ImportModel.Step(
                phase: step.0, text: book.text(step.1), isDone: index < current,
                isCurrent: index == current)
        }
    }
}

extension ImportModel.Result {
    init(_ summary: ImportSummary, _ job: FileImport, badRowsHref: String?, _ book: PhraseBook) {
        rows = book.text(.importsRows, count: summary.rows)
        added = book.number(summary.added)
        changed = book.number(summary.changed)
        unchanged = book.number(summary.unchanged)
        removed = book.number(summary.removed)
        bad = book.number(summary.skipped)
        hasBad = summary.skipped > 0
        self.badRowsHref = badRowsHref
        repeated =
            summary.repeated > 0 ? book.text(.importsRepeated, count: summary.repeated) : nil
        took = book.duration(
            seconds: Double(max(0, (job.endedAt ?? 0) - (job.startedAt ?? 0))) / 1_000)
        attributes = summary.attributes.map { attribute in
            var notes = [
                book.text(at: "imports.because.\(attribute.reason.rawValue)")
                    ?? attribute.reason.rawValue
            ]
            if let order = attribute.dateOrder {
                notes.append(
                    book.text(order == .dayFirst ? .importsDateOrderDmy : .importsDateOrderMdy))
            }
            if let old = attribute.convertedFrom {
                notes.append(
                    book.text(.importsConverted, ["kind": ImportWords.kind(old, book)]))
            }
            return ImportModel.AttributeRow(
                name: attribute.name, kind: ImportWords.kind(attribute.kind, book),
                note: book.list(notes), present: book.number(attribute.present),
                absent: book.number(attribute.absent))
        }
        ignored = summary.ignoredColumns.isEmpty ? nil : book.list(summary.ignoredColumns)
    }
}
