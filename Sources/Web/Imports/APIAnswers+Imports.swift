import Acts
import Phrases
import Profiles
import Service
import Store

extension JSONValue {
    /// An import with what it did, or why it did not.
    init(_ job: FileImport, standing: ImportStanding? = nil) {
        var progress = JSONValue.null
        if case .running(let news) = standing {
            progress = [
                "phase": .string(news.phase.rawValue), "rows": .count(news.rows),
                "bytes": .count(news.bytes), "bytesTotal": .count(news.bytesTotal),
            ]
        }
        self = [
            "id": .integer(job.id), "sourceId": .id(job.source),
            "fileName": .string(job.fileName), "bytes": .count(job.bytes),
            "actor": .string(job.actor), "state": .string(job.state.rawValue),
            "reason": .text(job.reason), "detail": .text(job.detail.map(PhraseBook(.en).sentence)),
            "badRows": .array(
                job.problems.map {
                    [
                        "line": .count($0.line), "column": .text($0.column),
                        "code": .string($0.code.rawValue), "detail": .string($0.detail),
                    ]
                }),
            "options": JSONValue(job.choices),
            "summary": job.summary.map { JSONValue($0) } ?? .null, "progress": progress,
            "createdAt": .time(job.createdAt), "startedAt": .time(job.startedAt),
            "endedAt": .time(job.endedAt),
        ]
    }

    init(_ choices: ImportChoices) {
        let options = choices.options
        self = [
            "key": .string(options.key), "delimiter": .text(options.delimiter?.word),
            "dateOrder": .text(options.dateOrder?.rawValue),
            "kinds": .array(
                options.kinds.sorted { $0.key < $1.key }.map {
                    ["column": .string($0.key), "kind": .string($0.value.rawValue)]
                }),
            "ignoredColumns": .texts(options.ignoredColumns),
            "nullTexts": .texts(options.nullTexts), "skipBadRows": .bool(choices.skipsBadRows),
            "removeMissing": .bool(options.removeMissing),
        ]
    }

    init(_ summary: ImportSummary) {
        self = [
            "rows": .count(summary.rows), "added": .count(summary.added),
            "changed": .count(summary.changed), "unchanged": .count(summary.unchanged),
            "badRows": .count(summary.skipped), "repeated": .count(summary.repeated),
            "removed": .count(summary.removed),
            "attributes": .array(
                summary.attributes.map {
                    [
                        "name": .string($0.name), "kind": .string($0.kind.rawValue),
                        "because": .string($0.reason.rawValue),
                        "convertedFrom": .text($0.convertedFrom?.rawValue),
                        "dateOrder": .text($0.dateOrder?.rawValue), "present": .count($0.present),
                        "absent": .count($0.absent),
                    ]
                }), "ignoredColumns": .texts(summary.ignoredColumns),
        ]
    }

    init(_ source: Source) {
        self = [
            "id": .integer(source.id), "name": .string(source.name), "file": .string(source.file),
            "active": .bool(source.isActive), "options": JSONValue(source.choices),
            "state": .text(source.lastState?.rawValue),
            "detail": .text(source.lastDetail.map(PhraseBook(.en).sentence)),
            "createdAt": .time(source.createdAt), "checkedAt": .time(source.lastCheckedAt),
            "importedAt": .time(source.lastImportedAt),
        ]
    }
}

extension APIBody {
    /// How a file is read; the key may be left to the file.
    mutating func importChoices() -> ImportChoices {
        var options = ImportOptions(key: optionalText("key", length: 1...500) ?? "")
        if !isNull("delimiter"), has("delimiter") {
            let words = text("delimiter") ?? ""
            options.delimiter = Delimiter(word: words)
            if options.delimiter == nil, !words.isEmpty {
                find("delimiter", "choice", "It is one of 'comma', 'semicolon', 'tab', 'bar'.")
            }
        }
        if !isNull("dateOrder") {
            options.dateOrder = choice(
                "dateOrder", of: DateOrder.allCases, isRequired: false)
        }
        let kinds = objects("kinds", count: 0...ImportLimits.columnsMax) { entry in
            let column = entry.text("column", length: 1...500)
            let kind = entry.choice("kind", of: AttributeKind.allCases)
            return column.flatMap { column in kind.map { (column, $0) } }
        }
        for (column, kind) in kinds ?? [] { options.kinds[column] = kind }
        options.ignoredColumns =
            texts("ignoredColumns", count: 0...ImportLimits.columnsMax, length: 1...500) ?? []
        options.nullTexts = texts("nullTexts", count: 0...20, length: 1...100) ?? []
        options.removeMissing = flag("removeMissing") ?? false
        return ImportChoices(options, skipsBadRows: flag("skipBadRows") ?? false)
    }
}
