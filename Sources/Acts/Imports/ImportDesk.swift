package import Access
package import Exports
package import Profiles
package import Store

/// Where imports are decided on and sources declared. Whoever carries imports out stands behind `port`.
package struct ImportDesk: Sendable {
    let catalog: Catalog
    let engine: any ProfileEngine
    let port: any ImportPort

    package init(catalog: Catalog, engine: any ProfileEngine, port: any ImportPort) {
        self.catalog = catalog
        self.engine = engine
        self.port = port
    }

    /// A file that is to be imported.
    package struct NewFile: Codable, Equatable, Sendable {
        /// As people know it.
        package let name: String
        package let bytes: Int
        /// Its name in the folder of uploads; nil for one that lies where a command found it.
        package let upload: String?

        package init(name: String, bytes: Int, upload: String?) {
            self.name = name
            self.bytes = bytes
            self.upload = upload
        }
    }

    // MARK: Imports

    /// Takes in a file, as a draft or to be imported at once. Throws `EngineError.unavailable`;
    /// `StoreError`: `.conflictingChoices`, or `.notAlone` while there are sources; and what the
    /// port throws.
    @discardableResult
    package func add(
        _ file: NewFile, choices: ImportChoices, starts: Bool, by actor: Actor
    ) throws -> FileImport.ID {
        try engine.abilities.require(.importing)
        if starts { try check(choices) }
        let added = try catalog.history.addImport(
            HistoryCatalog.NewImport(
                fileName: file.name, bytes: file.bytes, upload: file.upload, choices: choices,
                state: starts ? .waiting : .draft), by: actor)
        if starts { try port.begin(added) }
        return added.id
    }

    /// Starts a draft, or once more what failed. Without a key among the choices the file decides.
    /// Throws `EngineError.unavailable`; `StoreError`: `.notFound`, `.conflictingChoices`,
    /// `.notAlone`, `.importUnderWay`, `.importEnded`; `ImportTrouble` or `ImportError` for a file
    /// that has to be looked at; and what `ImportPort.begin` throws, after which it is started all
    /// the same.
    @discardableResult
    package func start(
        _ id: FileImport.ID, choices: ImportChoices? = nil, by actor: Actor
    ) async throws -> FileImport {
        try engine.abilities.require(.importing)
        let found = try catalog.history.fileImport(id: id)
        var chosen = choices ?? found.choices
        if chosen.options.key.isEmpty, found.state.isStartable, found.upload != nil {
            chosen.options.key = try await preview(of: found).key
        }
        try check(chosen)
        if chosen != found.choices { try catalog.history.setChoices(chosen, ofImport: id) }
        let started = try catalog.history.startImport(id, by: actor)
        try port.begin(started)
        return started
    }

    /// Imports a source whether its file has changed or not. Throws `EngineError.unavailable`;
    /// `StoreError`: `.notFound`, `.importUnderWay`; `ImportTrouble` when the file is not there;
    /// and what `ImportPort.begin` throws.
    @discardableResult
    package func start(source id: Source.ID, by actor: Actor) throws -> FileImport {
        try engine.abilities.require(.importing)
        let source = try catalog.setup.source(id: id)
        let started = try catalog.history.addImport(
            HistoryCatalog.NewImport(
                source: id, fileName: source.file,
                bytes: try port.bytes(ofSourceFile: source.file), choices: source.choices,
                state: .waiting), by: actor)
        try port.begin(started)
        return started
    }

    /// Cancels an import that waits or runs, or throws a draft away. Nothing is changed by it. Throws `StoreError`
    /// when it has ended.
    package func cancel(_ id: FileImport.ID, by actor: Actor) throws {
        let found = try catalog.history.fileImport(id: id)
        switch found.state {
        case .draft:
            try catalog.history.cancelImport(id, in: .draft, by: actor)
            port.removeFiles(of: found)
        case .waiting:
            do {
                try catalog.history.cancelImport(id, in: .waiting, by: actor)
                port.leave(id)
            } catch let error as StoreError where error.code == .importUnderWay {
                // Its turn came at this moment.
                _ = port.stop(id)
            }
        case .running:
            if !port.stop(id) { try catalog.history.cancelImport(id, by: actor) }
        case .done, .failed, .cancelled:
            throw StoreError(.importEnded, ["import": .digits(id)])
        }
    }

    /// Refuses choices that contradict each other or what else there is.
    private func check(_ choices: ImportChoices) throws {
        try Self.checkAgreement(of: choices)
        guard choices.options.removeMissing, try !catalog.setup.mayRemoveMissing() else { return }
        throw StoreError(.notAlone)
    }

    private static func checkAgreement(of choices: ImportChoices) throws(StoreError) {
        guard choices.options.removeMissing, choices.skipsBadRows else { return }
        throw StoreError(.conflictingChoices)
    }

    // MARK: Previews

    /// What the beginning of an import's file holds. Throws `ImportError` or `ImportTrouble`.
    package func preview(of job: FileImport) async throws -> ImportPreview {
        try await preview(of: try port.open(job), job.choices)
    }

    /// What the beginning of a file in the watched folder holds. Throws `ImportError` or `ImportTrouble`.
    package func preview(
        ofFile name: String, _ choices: ImportChoices
    ) async throws -> ImportPreview {
        try await preview(of: try port.open(sourceFile: name), choices)
    }

    private func preview(
        of file: ImportFile, _ choices: ImportChoices
    ) async throws -> ImportPreview {
        let key = try catalog.history.lastImportKey()
        return try ImportPreview(
            of: file, options: choices.options, schema: try await engine.schema(),
            likelyKeys: key.map { [$0] } ?? [])
    }

    // MARK: Sources

    /// Declares a file of the watched folder; an empty key lets the file decide. Throws `ImportTrouble` or
    /// `ImportError` for the file, and `StoreError` for the rest.
    package func declare(_ draft: SourceDraft, by actor: Actor) async throws -> Source {
        try engine.abilities.require(.importing)
        let preview = try await preview(ofFile: draft.file, draft.choices)
        var draft = draft
        if draft.choices.options.key.isEmpty { draft.choices.options.key = preview.key }
        try Self.checkAgreement(of: draft.choices)
        return try catalog.setup.addSource(draft, by: actor)
    }

    /// Gives a source another name, file or options; an empty key lets the file decide. Throws as `declare` does.
    package func change(_ id: Source.ID, to draft: SourceDraft, by actor: Actor) async throws {
        let stored = try catalog.setup.source(id: id)
        var draft = draft
        if draft.choices.options.key.isEmpty {
            draft.choices.options.key = try await preview(ofFile: draft.file, draft.choices).key
        }
        try Self.checkAgreement(of: draft.choices)
        if stored.file != draft.file { _ = try port.bytes(ofSourceFile: draft.file) }
        try catalog.setup.setSource(id, to: draft, by: actor)
    }
}
