import Phrases
import Profiles
import Service
import Store

/// A source in a list.
struct SourceRow: Sendable {
    let href: String
    let importHref: String
    let name: String
    let file: String
    let isPaused: Bool
    let badge: BadgeMark
    let detail: String?
    let checked: MomentText?
    let imported: MomentText?

    init(_ source: Source, _ book: PhraseBook) {
        href = "/sources/\(source.id)"
        importHref = "/sources/\(source.id)/import"
        name = source.name
        file = source.file
        isPaused = !source.isActive
        badge = ImportWords.badge(source.lastState, book)
        detail = source.lastDetail.map(book.sentence)
        checked = source.lastCheckedAt.map { MomentText($0, book) }
        imported = source.lastImportedAt.map { MomentText($0, book) }
    }
}

/// The declared sources, and the files that may become some.
struct SourcesModel: Sendable {
    let sources: [SourceRow]
    let hasSources: Bool
    let folder: String
    let files: [File]
    let hasFiles: Bool
    let name: String
    let findings: Findings?

    struct File: Sendable {
        let name: String
        let text: String
        let isSelected: Bool
    }

    struct Findings: Sendable {
        let title: String
        let list: [Finding]
    }

    struct Finding: Sendable {
        let field: String
        let text: String
    }

    init(
        _ sources: [Source], folder: SourceFolder, name: String = "", file: String? = nil,
        finding: Finding? = nil, _ book: PhraseBook
    ) {
        self.sources = sources.map { SourceRow($0, book) }
        hasSources = !sources.isEmpty
        self.folder = folder.path
        let taken = Set(sources.map(\.file))
        files = folder.entries().filter { !taken.contains($0.name) }.map {
            File(
                name: $0.name,
                text: book.text(
                    .importsFileInFolder,
                    [
                        "file": $0.name, "size": book.bytes($0.bytes),
                        "time": book.time($0.writtenAt),
                    ]), isSelected: $0.name == file)
        }
        hasFiles = !files.isEmpty
        self.name = name
        findings = finding.map { Findings(title: book.text(.importsNotSaved), list: [$0]) }
    }
}

/// One source with its options.
struct SourceModel: Sendable {
    let name: String
    let row: SourceRow
    let saveHref: String
    let removeHref: String
    let choices: ImportChoicesModel?
    let trouble: ImportModel.Trouble?
    let findings: SourcesModel.Findings?
    let imports: [ImportsModel.Row]
    let hasImports: Bool
    let isActive: Bool

    init(
        _ source: Source, draft: SourceDraft, choices: ImportChoicesModel?,
        trouble: ImportTrouble?, imports: [FileImport], finding: SourcesModel.Finding?,
        _ book: PhraseBook
    ) {
        name = draft.name
        row = SourceRow(source, book)
        saveHref = "/sources/\(source.id)"
        removeHref = "/sources/\(source.id)/remove"
        self.choices = choices
        self.trouble = trouble.map { ImportModel.Trouble($0, kind: "trouble", book) }
        findings = finding.map {
            SourcesModel.Findings(title: book.text(.importsNotSaved), list: [$0])
        }
        self.imports = imports.map { ImportsModel.Row($0, source: nil, book) }
        hasImports = !imports.isEmpty
        isActive = draft.isActive
    }
}
