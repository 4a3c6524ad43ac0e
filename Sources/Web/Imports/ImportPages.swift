import Access
import Acts
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Phrases
import Profiles
import Service
import Store
import Synchronization

/// Data > Imports: upload a file, look it over, start it, see how far it is and what came of it.
struct ImportPages: Sendable {
    let services: Services
    let renderer: PageRenderer
    private let events: ImportEvents

    static let rowsMax = 50

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
        events = ImportEvents(services: services)
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/imports", needs: .importProfiles) { try list($0) }
        routes.upload("/imports", needs: .importProfiles, use: upload)
        routes.page("/imports/{id}", needs: .importProfiles, use: show)
        routes.form("/imports/{id}", needs: .importProfiles, use: save)
        routes.form("/imports/{id}/start", needs: .importProfiles, use: start)
        routes.form("/imports/{id}/cancel", needs: .importProfiles, use: cancel)
        routes.page("/imports/{id}/events", needs: .importProfiles) { signedIn in
            let job = try services.catalog.history.fileImport(id: signedIn.id())
            return events.response(for: job.id, signedIn.visitor)
        }
        routes.page("/imports/{id}/bad-rows.csv", needs: .importProfiles, use: badRows)
    }

    private func list(_ signedIn: SignedIn, finding: Phrase? = nil) throws -> Response {
        let before = signedIn.query.text("before").flatMap(FileImport.ID.init)
        let found = try services.catalog.history.imports(before: before, limit: Self.rowsMax + 1)
        return renderer.page(
            "imports", title: signedIn.book.text(.importsTitle),
            ImportsModel(
                found, sources: try services.catalog.setup.sources(), before: before,
                uploadBytesMax: services.imports.uploads.bytesMax,
                uploadFinding: finding.map { signedIn.book.text($0) }, signedIn.book),
            for: signedIn, status: finding == nil ? .ok : .unprocessableContent)
    }

    private func upload(
        _ signedIn: SignedIn, _ fields: FormFields, _ file: UploadedFile?
    ) async throws -> Response {
        // A browser sends a nameless empty file when none was chosen.
        guard let file, file.writer.bytes > 0 else {
            return try list(signedIn, finding: .importsUploadNone)
        }
        let draft = try await services.acts.perform(
            AddImport(
                file.asNew, choices: ImportChoices(ImportOptions(key: "")), starts: false),
            by: signedIn.asker)
        file.writer.finish()
        return GuardedRoutes.redirect("/imports/\(draft.id)")
    }

    private func show(_ signedIn: SignedIn) async throws -> Response {
        try await show(services.catalog.history.fileImport(id: signedIn.id()), signedIn)
    }

    private func show(
        _ job: FileImport, _ signedIn: SignedIn, trouble: ImportTrouble? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var trouble = trouble
        var draft: ImportChoicesModel?
        if job.state.isStartable, job.upload != nil {
            do {
                draft = ImportChoicesModel(
                    try await services.acts.importing.preview(of: job), job.choices,
                    mayRemoveMissing: try services.catalog.setup.mayRemoveMissing(), signedIn.book)
            } catch let error as ImportError {
                trouble = ImportTrouble(error)
            } catch let error as ImportTrouble {
                trouble = error
            }
        }
        let isLive = job.state == .waiting || job.state == .running
        // A source may have been removed since.
        let source = try services.catalog.setup.sources().first { $0.id == job.source }
        let model = ImportModel(
            job, source: source, standing: services.imports.standing(of: job.id), draft: draft,
            previewTrouble: trouble, hasBadRows: services.imports.badRowsPath(of: job) != nil,
            signedIn.book)
        return renderer.page(
            "import", title: job.fileName, model, for: signedIn, status: status,
            refreshSeconds: isLive ? 5 : nil)
    }

    private func save(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let id: FileImport.ID = try signedIn.id()
        return try await deciding(
            ChooseReading(id, ImportChoicesForm.choices(fields)), signedIn, then: "/imports/\(id)")
    }

    private func start(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let id: FileImport.ID = try signedIn.id()
        let choices = fields.has("key") ? ImportChoicesForm.choices(fields) : nil
        do {
            return try await deciding(
                StartImport(id, choices: choices), signedIn,
                then: "/imports/\(id)?notice=import-started")
        } catch let refusal as Refusal
            where ["not-alone", "conflicting-choices"].contains(refusal.refusalCode)
        {
            var shown = try services.catalog.history.fileImport(id: id)
            shown.choices = choices ?? shown.choices
            return try await show(
                shown, signedIn,
                trouble: ImportTrouble(refusal.refusalCode, Remark(refusal)),
                status: .unprocessableContent)
        }
    }

    private func cancel(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let id: FileImport.ID = try signedIn.id()
        let isDraft = try services.catalog.history.fileImport(id: id).state == .draft
        return try await deciding(
            CancelImport(id), signedIn,
            then: isDraft
                ? "/imports?notice=import-discarded" : "/imports/\(id)?notice=import-cancelled")
    }

    /// A decision about an import that has gone on meanwhile changes nothing, and says so.
    private func deciding<A: Act>(
        _ act: A, _ signedIn: SignedIn, then href: String
    ) async throws -> Response {
        do {
            _ = try await services.acts.perform(act, by: signedIn.asker)
            return GuardedRoutes.redirect(href)
        } catch let refusal as Refusal
            where ["import-ended", "import-under-way"].contains(refusal.refusalCode)
        {
            let id: FileImport.ID = try signedIn.id()
            return GuardedRoutes.redirect("/imports/\(id)?notice=import-went-on")
        }
    }

    private func badRows(_ signedIn: SignedIn) throws -> Response {
        let job = try services.catalog.history.fileImport(id: signedIn.id())
        guard let path = services.imports.badRowsPath(of: job) else {
            throw WebProblem(.notFound)
        }
        return try Response.badRows(
            path, named: "bad-rows-\(job.id).csv", told: signedIn.book)
    }
}

extension Response {
    /// A file of bad rows from the disk, read piece by piece, with sentences in the reader's language.
    fileprivate static func badRows(
        _ path: String, named name: String, told book: PhraseBook
    ) throws -> Response {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        let telling = Mutex(BadRowsTelling { book.report(of: $0) })
        let pieces = AsyncThrowingStream<ByteBuffer, any Error>(unfolding: {
            guard let piece = try handle.read(upToCount: 256 << 10), !piece.isEmpty else {
                return nil
            }
            return ByteBuffer(bytes: telling.withLock { $0.tell(piece) })
        })
        var response = Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
            body: ResponseBody(asyncSequence: pieces))
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }
}
