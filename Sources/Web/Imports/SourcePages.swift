import Access
import Acts
import HTTPTypes
import Hummingbird
import Phrases
import Profiles
import Service
import Store

/// Sources: files of the watched folder that are imported again whenever they change.
struct SourcePages: Sendable {
    let services: Services
    let renderer: PageRenderer

    /// Imports shown with their source.
    private static let importsMax = 10

    init(_ routes: GuardedRoutes) {
        services = routes.services
        renderer = routes.renderer
    }

    func add(to routes: GuardedRoutes) {
        routes.page("/sources", needs: .importProfiles) { try list($0) }
        routes.form("/sources", needs: .importProfiles, use: declare)
        routes.page("/sources/{id}", needs: .importProfiles) { signedIn in
            let source = try services.catalog.setup.source(id: signedIn.id())
            return try await show(source, SourceDraft(source), signedIn)
        }
        routes.form("/sources/{id}", needs: .importProfiles, use: save)
        routes.form("/sources/{id}/import", needs: .importProfiles, use: start)
        routes.form("/sources/{id}/remove", needs: .importProfiles) { signedIn, _ in
            _ = try await services.acts.perform(
                RemoveSource(.id(try signedIn.id())), by: signedIn.asker)
            return GuardedRoutes.redirect("/sources?notice=source-removed")
        }
    }

    private func list(
        _ signedIn: SignedIn, name: String = "", file: String? = nil,
        finding: SourcesModel.Finding? = nil
    ) throws -> Response {
        services.imports.folder.make()
        return renderer.page(
            "sources", title: signedIn.book.text(.importsSources),
            SourcesModel(
                try services.catalog.setup.sources(), folder: services.imports.folder, name: name,
                file: file, finding: finding, signedIn.book), for: signedIn,
            status: finding == nil ? .ok : .unprocessableContent)
    }

    private func declare(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let name = fields.text("name") ?? ""
        let file = fields["file"] ?? ""
        func refuse(_ field: String, _ text: String) throws -> Response {
            try list(
                signedIn, name: name, file: file,
                finding: SourcesModel.Finding(field: field, text: text))
        }
        guard !file.isEmpty else { return try refuse("file", signedIn.book.text(.importsNoFile)) }
        do {
            let source = try await services.acts.perform(
                AddSource(
                    SourceDraft(
                        name: name.isEmpty ? file : name, file: file,
                        choices: ImportChoices(ImportOptions(key: "")))), by: signedIn.asker)
            return GuardedRoutes.redirect("/sources/\(source.id)?notice=source-added")
        } catch let error as ImportTrouble {
            return try refuse("file", ImportWords.trouble(error.code, signedIn.book))
        } catch let error as ImportError {
            return try refuse("file", ImportWords.trouble(error.code.rawValue, signedIn.book))
        } catch let refusal as Refusal where Self.finding(refusal, signedIn.book) != nil {
            return try list(
                signedIn, name: name, file: file, finding: Self.finding(refusal, signedIn.book))
        }
    }

    private func show(
        _ source: Source, _ draft: SourceDraft, _ signedIn: SignedIn,
        finding: SourcesModel.Finding? = nil
    ) async throws -> Response {
        var choices: ImportChoicesModel?
        var trouble: ImportTrouble?
        do {
            choices = ImportChoicesModel(
                try await services.acts.importing.preview(ofFile: draft.file, draft.choices),
                draft.choices,
                mayRemoveMissing: try services.catalog.setup.mayRemoveMissing(
                    exceptSource: source.id),
                signedIn.book)
        } catch let error as ImportError {
            trouble = ImportTrouble(error)
        } catch let error as ImportTrouble {
            trouble = error
        }
        let imports = try services.catalog.history.imports(
            ofSource: source.id, limit: Self.importsMax)
        return renderer.page(
            "source", title: source.name,
            SourceModel(
                source, draft: draft, choices: choices, trouble: trouble, imports: imports,
                finding: finding, signedIn.book), for: signedIn,
            status: finding == nil ? .ok : .unprocessableContent)
    }

    private func save(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let source = try services.catalog.setup.source(id: signedIn.id())
        var draft = SourceDraft(source)
        draft.name = fields.text("name") ?? ""
        draft.isActive = fields.isOn("active")
        // A file that cannot be read offers no columns to choose from.
        if fields.has("key") { draft.choices = ImportChoicesForm.choices(fields) }
        do {
            _ = try await services.acts.perform(
                ChangeSource(.id(source.id), draft), by: signedIn.asker)
            return GuardedRoutes.redirect("/sources/\(source.id)?notice=source-saved")
        } catch let refusal as Refusal where Self.finding(refusal, signedIn.book) != nil {
            return try await show(
                source, draft, signedIn, finding: Self.finding(refusal, signedIn.book))
        }
    }

    private func start(_ signedIn: SignedIn, _ fields: FormFields) async throws -> Response {
        let id: Source.ID = try signedIn.id()
        do {
            let started = try await services.acts.perform(
                ImportSource(.id(id)), by: signedIn.asker)
            return GuardedRoutes.redirect("/imports/\(started.id)?notice=import-started")
        } catch let refusal as Refusal where refusal.refusalCode == "import-under-way" {
            let open = try services.catalog.history.openImport(ofSource: id)
            return GuardedRoutes.redirect(
                open.map { "/imports/\($0.id)?notice=import-under-way" } ?? "/sources/\(id)")
        } catch is ImportTrouble {
            // Its page says what is wrong with the file.
            return GuardedRoutes.redirect("/sources/\(id)")
        }
    }

    /// The finding for a refusal that a person can put right in the form.
    private static func finding(_ refusal: Refusal, _ book: PhraseBook) -> SourcesModel.Finding? {
        let (field, phrase): (String, Phrase)
        switch refusal.refusalCode {
        case "bad-name": (field, phrase) = ("name", .importsBadName)
        case "name-taken": (field, phrase) = ("name", .importsNameTaken)
        case "in-use": (field, phrase) = ("file", .importsFileTaken)
        case "not-alone": (field, phrase) = ("remove-missing", .importsTroubleNotAlone)
        case "conflicting-choices":
            (field, phrase) = ("remove-missing", .importsTroubleConflictingChoices)
        default: return nil
        }
        return SourcesModel.Finding(field: field, text: book.text(phrase))
    }
}
