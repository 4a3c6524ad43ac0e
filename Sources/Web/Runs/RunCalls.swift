import Foundation
import HTTPTypes
import Hummingbird
import Phrases
import Store

/// The requests of a run, without personal data.
struct RunCallsModel: Sendable {
    let heading: String
    let run: String
    let runHref: String
    let export: String
    let downloadHref: String
    let rows: [Row]
    let isEmpty: Bool
    let firstHref: String?
    let nextHref: String?

    struct Row: Sendable {
        let time: String
        let machineTime: String
        let method: String
        let path: String
        let answer: BadgeMark
        let took: String
        let note: String?

        init(_ call: CallEntry, _ book: PhraseBook) {
            time = book.timeOfDay(call.startedAt)
            machineTime = book.machineTime(call.startedAt)
            method = call.method
            path = call.path
            answer = Self.badge(call.status, book)
            took = book.milliseconds(max(0, call.endedAt - call.startedAt))
            note = call.pause.map {
                book.text(
                    .runsToldToWait, ["time": book.duration(seconds: Double($0) / 1_000)])
            }
        }

        private static func badge(_ status: Int?, _ book: PhraseBook) -> BadgeMark {
            switch status {
            case nil: BadgeMark(kind: "trouble", icon: "cross", text: book.text(.runsNoAnswer))
            case .some(let code) where (200..<300).contains(code):
                BadgeMark(kind: "ok", icon: "done", text: String(code))
            case .some(let code) where code == 429:
                BadgeMark(kind: "warn", icon: "waits", text: String(code))
            case .some(let code): BadgeMark(kind: "trouble", icon: "cross", text: String(code))
            }
        }
    }

    init(
        _ run: Run, _ found: [(number: Int64, call: CallEntry)], after: Int64?, _ book: PhraseBook
    ) {
        heading = book.text(.runsCallsTitle, ["id": String(run.id)])
        self.run = book.text(.runsHeading, ["id": String(run.id)])
        runHref = "/runs/\(run.id)"
        export = run.exportName
        downloadHref = "/runs/\(run.id)/calls.csv"
        let shown = found.prefix(RunPages.peopleMax)
        rows = shown.map { Row($0.call, book) }
        isEmpty = shown.isEmpty
        firstHref = after == nil ? nil : "/runs/\(run.id)/calls"
        nextHref =
            found.count > RunPages.peopleMax
            ? shown.last.map { "/runs/\(run.id)/calls?after=\($0.number)" } : nil
    }
}

extension RunPages {
    func calls(_ signedIn: SignedIn) throws -> Response {
        let run = try services.catalog.ledger.run(id: signedIn.id())
        let after = signedIn.query.text("after").flatMap(Int64.init)
        let found = try services.catalog.ledger.calls(
            ofRun: run.id, after: after, limit: Self.peopleMax + 1)
        let model = RunCallsModel(run, found, after: after, signedIn.book)
        return renderer.page("run-calls", title: model.heading, model, for: signedIn)
    }

    func downloadCalls(_ signedIn: SignedIn) throws -> Response {
        let run = try services.catalog.ledger.run(id: signedIn.id())
        let catalog = services.catalog
        let book = signedIn.book
        return .csv(
            named: "run-\(run.id)-calls.csv",
            header: ["time", "method", "path", "status", "milliseconds", "pause"]
        ) { (after: Int64?) in
            let page = try catalog.ledger.calls(ofRun: run.id, after: after, limit: Self.chunk)
            let rows = page.map { _, call in
                [
                    book.machineTime(call.startedAt), call.method, call.path,
                    call.status.map(String.init) ?? "", String(call.endedAt - call.startedAt),
                    call.pause.map(String.init) ?? "",
                ]
            }
            return (rows, page.count < Self.chunk ? nil : page.last?.number)
        }
    }
}
