import Access
import Acts
import Exports
import Foundation
import HTTPTypes
import Profiles
import SQLiteEngine
import Segments
import Service
import Store
import Testing

@testable import Web

@Suite struct ImportTests {
    private static let people = "id,name,points,born\n1,Ada,5,1815-12-10\n2,Grace,7,1906-12-09\n"

    @Test func `an uploaded file is looked over, started, and brings its profiles`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let answer = try await browser.upload(Self.people, named: "people.csv")
            #expect(answer.status == .seeOther)
            let path = try #require(answer.location)
            let preview = try await browser.get(path)
            #expect(preview.text.contains("people.csv"))
            #expect(preview.text.contains("<bdi>Grace</bdi>"))
            #expect(preview.text.contains("<option value=\"id\" selected>id</option>"))
            #expect(preview.text.contains("As found: number"))
            #expect(preview.text.contains("The file has 2 rows."))
            #expect(try world.engine.schema(.none).attributes.isEmpty)
            let long = "id\n" + (1...3_000).map { "\($0)\n" }.joined()
            let second = try #require(try await browser.upload(long, named: "l.csv").location)
            #expect(
                try await browser.get(second).text.contains("The first 1,000 rows were looked at"))
            _ = try await browser.post("\(second)/cancel")
            let started = try await browser.post(
                "\(path)/start",
                [
                    ("key", "id"), ("column.0", "id"), ("column.2", "points"),
                    ("kind.2", "text"),
                ])
            #expect(started.location == "\(path)?notice=import-started")
            let job = try await world.endOfImport(path)
            #expect(job.state == .done && job.summary?.added == 2)
            #expect(try world.engine.schema(.none).attribute(named: "points")?.kind == .text)
            #expect(try world.engine.schema(.none).attribute(named: "born")?.kind == .date)
            let result = try await browser.get(path)
            #expect(result.text.contains("2 rows were read"))
            let list = try await browser.get("/imports")
            #expect(list.text.contains("people.csv"))
        }
        #expect(
            try world.audit() == [
                "user:contributor-user upload import people.csv []",
                "user:contributor-user upload import l.csv []",
                "user:contributor-user cancel import l.csv []",
                "user:contributor-user start import people.csv []",
                "user:contributor-user finish import people.csv []",
            ])
    }

    @Test func `choices are kept while the preview is looked at again`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let path = try #require(
                try await browser.upload("a;b\n1;NA\n2;3\n", named: "x.csv").location)
            let saved = try await browser.post(
                path,
                [
                    ("key", "a"), ("delimiter", "semicolon"), ("nulls", "NA, -"),
                    ("column.1", "b"), ("kind.1", "ignore"), ("skipBadRows", "on"),
                ])
            #expect(saved.location == path)
            let choices = try world.importJob(path).choices
            #expect(choices.options.delimiter == .semicolon)
            #expect(choices.options.nullTexts == ["NA", "-"])
            #expect(choices.options.ignoredColumns == ["b"])
            #expect(choices.skipsBadRows)
            let page = try await browser.get(path).text
            #expect(page.contains("value=\"NA, -\""))
            #expect(page.contains("left out"))
        }
    }

    @Test func `a column that clashes with what profiles hold is pointed out`() async throws {
        let world = try WebWorld()
        try world.load("id,points\n1,5\n")
        try await world.browse(as: .contributor) { browser async throws in
            let path = try #require(
                try await browser.upload("id,points,new\n1,many,x\n", named: "x.csv").location)
            let page = try await browser.get(path).text
            #expect(page.contains("does not fit"))
            #expect(page.contains("</svg>new</span>"))
        }
    }

    @Test func `bad rows fail an import with their lines and no value, or are set aside`()
        async throws
    {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let path = try #require(
                try await browser.upload(
                    "id,points\n1,5\nsecret-id,7,9\n", named: "x.csv"
                ).location)
            _ = try await browser.post("\(path)/start", [("key", "id")])
            #expect(try await world.endOfImport(path).state == .failed)
            let failed = try await browser.get(path).text
            #expect(failed.contains("there are more cells than columns"))
            #expect(!failed.contains("secret-id"))
            _ = try await browser.post("\(path)/start", [("key", "id"), ("skipBadRows", "on")])
            #expect(try await world.endOfImport(path).state == .done)
            let rows = try await browser.get("\(path)/bad-rows.csv")
            #expect(rows.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(rows.text.contains("secret-id"))
            #expect(rows.text.contains("The row has 3 cells, and the header has 2."))
            let polish = try await browser.get(
                "\(path)/bad-rows.csv", headers: [.acceptLanguage: "pl"])
            #expect(polish.text.contains("secret-id"))
            #expect(!polish.text.contains("The row has"))
        }
    }

    @Test func `a file that is no text is explained and can be discarded`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let path = try #require(
                try await browser.upload("PK\u{3}\u{4}zip", named: "x.csv").location)
            let page = try await browser.get(path)
            #expect(page.text.contains("not text in UTF-8"))
            let discarded = try await browser.post("\(path)/cancel")
            #expect(discarded.location == "/imports?notice=import-discarded")
            #expect(world.services.imports.uploads.names().isEmpty)
        }
    }

    @Test func `missing profiles are not removed while sources bring others`() async throws {
        let world = try WebWorld()
        _ = try await world.source("a.csv", "id\n1\n")
        try await world.browse(as: .contributor) { browser async throws in
            let path = try #require(try await browser.upload("id\n2\n", named: "x.csv").location)
            let answer = try await browser.post(
                "\(path)/start", [("key", "id"), ("removeMissing", "on")])
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("only while no other source brings profiles"))
            #expect(try world.importJob(path).state == .draft)
        }
    }

    @Test func `what has ended is neither started nor cancelled again`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let path = try #require(try await browser.upload("id\n2\n", named: "x.csv").location)
            _ = try await browser.post("\(path)/start", [("key", "id")])
            _ = try await world.endOfImport(path)
            for act in ["start", "cancel"] {
                let answer = try await browser.post("\(path)/\(act)")
                #expect(answer.location == "\(path)?notice=import-went-on")
            }
        }
    }

    // MARK: What an upload refuses

    @Test func `a form without its token writes nothing`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            for token in [nil, "wrong"] as [String?] {
                let answer = try await browser.upload("id\n1\n", named: "x.csv", token: token)
                #expect(answer.status == .forbidden)
            }
            let late = try await browser.upload("id\n1\n", named: "x.csv", isTokenLast: true)
            #expect(late.status == .forbidden)
            let foreign = try await browser.upload(
                "id\n1\n", named: "x.csv", headers: [.origin: "https://evil.example"])
            #expect(foreign.status == .forbidden || foreign.status == .seeOther)
        }
        #expect(try world.catalog.history.imports(limit: 9).count <= 1)
    }

    @Test func `a viewer uploads nothing, and nothing of theirs is written`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .viewer) { browser async throws in
            #expect(
                try await browser.upload("id\n1\n", named: "x.csv").status == .forbidden)
        }
        #expect(world.services.imports.uploads.names().isEmpty)
    }

    @Test func `a file that is too large leaves nothing`() async throws {
        var settings = ServiceSettings()
        settings.uploadBytesMax = 10
        let world = try WebWorld(settings: settings)
        try await world.browse(as: .contributor) { browser async throws in
            let answer = try await browser.upload("id\n1\n2\n3\n4\n5\n", named: "x.csv")
            #expect(answer.status == .contentTooLarge)
        }
        #expect(world.services.imports.uploads.names().isEmpty)
        #expect(try world.catalog.history.imports(limit: 9).isEmpty)
    }

    @Test func `a form without a file says so beside the field`() async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let answer = try await browser.upload("", named: "")
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("aria-invalid=\"true\""))
        }
        #expect(world.services.imports.uploads.names().isEmpty)
    }

    // MARK: Sources

    @Test func `a file of the watched folder is declared, changed, imported and removed`()
        async throws
    {
        let world = try WebWorld()
        let folder = world.services.imports.folder
        folder.make()
        try Data(Self.people.utf8).write(to: URL(filePath: "\(folder.path)/shop.csv"))
        try await world.browse(as: .contributor) { browser async throws in
            #expect(try await browser.get("/sources").text.contains("value=\"shop.csv\""))
            let added = try await browser.post(
                "/sources", [("file", "shop.csv"), ("name", "Shop")])
            let source = try #require(try world.catalog.setup.sources().first)
            #expect(added.location == "/sources/\(source.id)?notice=source-added")
            #expect(source.choices.options.key == "id")
            let path = "/sources/\(source.id)"
            #expect(try await browser.get(path).text.contains("Grace"))
            let saved = try await browser.post(
                path,
                [("name", "The shop"), ("active", "on"), ("key", "id"), ("skipBadRows", "on")])
            #expect(saved.location == "\(path)?notice=source-saved")
            let started = try #require(try await browser.post("\(path)/import").location)
            #expect(started.hasPrefix("/imports/"))
            let job = try await world.endOfImport(started)
            #expect(job.state == .done && job.source == source.id)
            let removed = try await browser.post("\(path)/remove")
            #expect(removed.location == "/sources?notice=source-removed")
        }
        #expect(
            try world.audit().filter { $0.contains(" source ") } == [
                "user:contributor-user add source Shop []",
                "user:contributor-user set source The shop [name options]",
                "user:contributor-user remove source The shop []",
            ])
        #expect(try world.engine.count(.always, .none) == 2)
    }

    @Test(arguments: ["../people.csv", "/etc/passwd", "none.csv", ""])
    func `a file that is not in the folder cannot be declared`(file: String) async throws {
        let world = try WebWorld()
        try await world.browse(as: .contributor) { browser async throws in
            let answer = try await browser.post("/sources", [("file", file)])
            #expect(answer.status == .unprocessableContent)
        }
        #expect(try world.catalog.setup.sources().isEmpty)
    }

    @Test func `findings about a source stand on its form`() async throws {
        let world = try WebWorld()
        let first = try await world.source("a.csv", "id\n1\n")
        _ = try await world.source("b.csv", "id\n1\n")
        try await world.browse(as: .contributor) { browser async throws in
            let name = try await browser.post("/sources/\(first.id)", [("name", "b.csv")])
            #expect(name.text.contains("Another source has this name."))
            let whole = try await browser.post(
                "/sources/\(first.id)",
                [("name", "a.csv"), ("key", "id"), ("removeMissing", "on")])
            #expect(whole.status == .unprocessableContent)
            #expect(whole.text.contains("only while no other source brings profiles"))
        }
    }

    // MARK: The API

    @Test func `programs upload a file as the body, once however often they send it`() async throws
    {
        let world = try WebWorld()
        try await world.call(as: .contributor) { client async throws in
            var headers: HTTPFields = [.contentType: "text/csv"]
            headers[try #require(HTTPField.Name("Idempotency-Key"))] = "k1"
            let path = "/api/v1/imports?key=id&fileName=people.csv"
            let first = try await client.send(.post, path, headers: headers, body: Self.people)
            #expect(first.status == .created)
            let location = try #require(first.location)
            let again = try await client.send(.post, path, headers: headers, body: Self.people)
            #expect(again.location == location)
            #expect(try await world.endOfImport(location).state == .done)
            #expect(try world.catalog.history.imports(limit: 9).count == 1)
            #expect(world.services.imports.uploads.names().isEmpty)
            let other = try await client.send(
                .post, path, headers: headers, body: "id,points\n9,9\n")
            #expect(other.status == .unprocessableContent)
            #expect(try other.problem().code == "idempotency-mismatch")
            #expect(world.services.imports.uploads.names().isEmpty)
            struct Import: Decodable {
                struct Summary: Decodable { let added: Int }
                let state: String
                let summary: Summary?
            }
            let shown = try await client.get(location).json(Import.self)
            #expect(shown.state == "done" && shown.summary?.added == 2)
        }
    }

    @Test func `programs look first and start with options`() async throws {
        let world = try WebWorld()
        try await world.call(as: .contributor) { client async throws in
            let added = try await client.send(
                .post, "/api/v1/imports?start=false", headers: [.contentType: "text/csv"],
                body: Self.people)
            let location = try #require(added.location)
            let started = try await client.send(
                .post, "\(location)/start", headers: [.contentType: "application/json"],
                body: """
                    {"options": {"key": "id", "kinds": [{"column": "points", "kind": "text"}]}}
                    """)
            #expect(started.status == .ok, "\(started.text)")
            #expect(try await world.endOfImport(location).state == .done)
            let cancelled = try await client.send(.post, "\(location)/cancel", body: "")
            #expect(cancelled.status == .conflict)
        }
    }

    @Test(arguments: [
        ("/api/v1/imports", "text/csv", HTTPResponse.Status.badRequest),
        ("/api/v1/imports?key=id", "image/png", .unsupportedMediaType),
        ("/api/v1/imports?key=id&delimiter=x", "text/csv", .badRequest),
        ("/api/v1/imports?key=id&what=x", "text/csv", .badRequest),
    ])
    func `an upload that does not fit is refused and leaves nothing`(
        path: String, type: String, status: HTTPResponse.Status
    ) async throws {
        let world = try WebWorld()
        try await world.call(as: .contributor) { client async throws in
            let answer = try await client.send(
                .post, path, headers: [.contentType: type], body: Self.people)
            #expect(answer.status == status)
        }
        #expect(world.services.imports.uploads.names().isEmpty)
    }

    @Test func `programs declare, change, import and remove sources`() async throws {
        let world = try WebWorld()
        let folder = world.services.imports.folder
        folder.make()
        try Data(Self.people.utf8).write(to: URL(filePath: "\(folder.path)/shop.csv"))
        let json: HTTPFields = [.contentType: "application/json"]
        try await world.call(as: .contributor) { client async throws in
            let added = try await client.send(
                .post, "/api/v1/sources", headers: json,
                body: #"{"name": "Shop", "file": "shop.csv"}"#)
            #expect(added.status == .created, "\(added.text)")
            let location = try #require(added.location)
            let changed = try await client.send(
                .put, location, headers: json,
                body: #"{"name": "Shop 2", "file": "shop.csv", "active": false}"#)
            #expect(changed.text.contains(#""name":"Shop 2""#))
            #expect(changed.text.contains(#""active":false"#))
            let started = try await client.send(.post, "\(location)/import", body: "")
            #expect(started.status == .created)
            #expect(
                try await world.endOfImport(try #require(started.location)).state == .done)
            #expect(
                try await client.send(.delete, location, body: nil).status == .noContent)
            let missing = try await client.send(
                .post, "/api/v1/sources", headers: json,
                body: #"{"name": "X", "file": "../x.csv"}"#)
            #expect(missing.status == .conflict)
        }
    }

    @Test func `pages of imports and sources render in every language without a gap`() async throws
    {
        let world = try WebWorld()
        let source = try await world.source("a.csv", "id,n\n1,2\n")
        let paths = try await world.browse(as: .administrator) { browser async throws in
            let done = try #require(
                try await browser.upload("id,d\n1,2026-01-02\n2\n", named: "x.csv").location)
            _ = try await browser.post("\(done)/start", [("key", "id"), ("skipBadRows", "on")])
            _ = try await world.endOfImport(done)
            let failed = try #require(
                try await browser.upload("id,d\n1\n", named: "y.csv").location)
            _ = try await browser.post("\(failed)/start", [("key", "id")])
            _ = try await world.endOfImport(failed)
            let draft = try #require(
                try await browser.upload("id,d\n1,4/8/1966\n", named: "z.csv").location)
            return [done, failed, draft]
        }
        let waiting = try world.catalog.history.addImport(
            HistoryCatalog.NewImport(
                fileName: "w.csv", bytes: 7, choices: ImportChoices(ImportOptions(key: "id")),
                state: .waiting), by: WebWorld.actor)
        try await world.expectNoGaps(
            ["/imports", "/sources", "/sources/\(source.id)", "/imports/\(waiting.id)"] + paths)
    }
}

extension WebWorld {
    /// Brings profiles in behind the pages.
    func load(_ text: String) throws {
        let path = folder.appending(path: "load-\(UUID()).csv").path()
        try Data(text.utf8).write(to: URL(filePath: path))
        _ = try engine.importProfiles(
            try ImportFile(path: path), options: ImportOptions(key: "id"),
            now: Timestamp(milliseconds: now), progress: { _ in }, isCancelled: { false })
    }

    func source(_ file: String, _ text: String) async throws -> Source {
        services.imports.folder.make()
        try Data(text.utf8).write(
            to: URL(filePath: "\(services.imports.folder.path)/\(file)"))
        return try await services.acts.importing.declare(
            SourceDraft(
                name: file, file: file, choices: ImportChoices(ImportOptions(key: "id"))),
            by: Self.actor)
    }

    /// The import that a path of the pages or the API names.
    func importJob(_ path: String) throws -> FileImport {
        let bare = path.split(separator: "?").first ?? ""
        let id = try #require(bare.split(separator: "/").last.flatMap { FileImport.ID(String($0)) })
        return try catalog.history.fileImport(id: id)
    }

    func endOfImport(_ path: String) async throws -> FileImport {
        let job = try importJob(path)
        for await _ in services.imports.updates(of: job.id) {}
        return try catalog.history.fileImport(id: job.id)
    }
}

extension Browser {
    /// Sends the form of `/imports` as browsers do.
    func upload(
        _ text: String, named name: String, token: String? = "own", isTokenLast: Bool = false,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        let session = jar[GuardedRoutes.sessionCookie(ServiceSettings())]
        let own = session.flatMap { SecretToken(text: $0, kind: .session) }
            .map { CSRF.token(forSession: $0) }
        let boundary = "----WebKitFormBoundary7MA4YWxk"
        let csrf = (token == "own" ? own : token).map {
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\($0)\r\n"
        }
        let file =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
            + "Content-Type: text/csv\r\n\r\n\(text)\r\n"
        let parts = isTokenLast ? file + (csrf ?? "") : (csrf ?? "") + file
        var headers = headers
        headers[.contentType] = "multipart/form-data; boundary=\(boundary)"
        return try await send(
            .post, "/imports", headers: headers, body: "\(parts)--\(boundary)--\r\n")
    }
}
