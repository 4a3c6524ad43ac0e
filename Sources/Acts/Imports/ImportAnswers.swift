package import Profiles
package import Store

/// An import with what it did, or why it did not.
package struct ImportAnswer: Codable, Equatable, Sendable {
    package let id: FileImport.ID
    @Nullable package var sourceId: Source.ID?
    package let fileName: String
    package let bytes: Int
    package let actor: String
    package let state: ImportState
    @Nullable package var reason: String?
    @Nullable package var detail: Remark?
    package let badRows: [BadRow]
    package let options: ReadingOptions
    @Nullable package var summary: Summary?
    /// While it runs.
    @Nullable package var progress: Progress?
    package let createdAt: Moment
    @Nullable package var startedAt: Moment?
    @Nullable package var endedAt: Moment?

    init(_ job: FileImport, standing: ImportStanding?) {
        id = job.id
        sourceId = job.source
        fileName = job.fileName
        bytes = job.bytes
        actor = job.actor
        state = job.state
        reason = job.reason
        detail = job.detail
        badRows = job.problems.map {
            BadRow(line: $0.line, column: $0.column, code: $0.code, detail: $0.detail)
        }
        options = ReadingOptions(job.choices)
        summary = job.summary.map(Summary.init)
        if case .running(let news) = standing { progress = Progress(news) }
        createdAt = Moment(job.createdAt)
        startedAt = job.startedAt.map(Moment.init)
        endedAt = job.endedAt.map(Moment.init)
    }

    /// A row that could not be imported, without its values.
    package struct BadRow: Codable, Equatable, Sendable {
        package let line: Int
        @Nullable package var column: String?
        package let code: RowError.Code
        package let detail: Remark
    }

    /// How far it is.
    package struct Progress: Codable, Equatable, Sendable {
        package let phase: ImportProgress.Phase
        package let rows: Int
        package let bytes: Int
        package let bytesTotal: Int

        package init(_ progress: ImportProgress) {
            phase = progress.phase
            rows = progress.rows
            bytes = progress.bytes
            bytesTotal = progress.bytesTotal
        }
    }

    /// What it did.
    package struct Summary: Codable, Equatable, Sendable {
        package let rows: Int
        package let added: Int
        package let changed: Int
        package let unchanged: Int
        /// Rows set aside.
        package let badRows: Int
        package let repeated: Int
        package let removed: Int
        package let attributes: [Attribute]
        package let ignoredColumns: [String]

        init(_ summary: ImportSummary) {
            rows = summary.rows
            added = summary.added
            changed = summary.changed
            unchanged = summary.unchanged
            badRows = summary.skipped
            repeated = summary.repeated
            removed = summary.removed
            attributes = summary.attributes.map(Attribute.init)
            ignoredColumns = summary.ignoredColumns
        }
    }

    /// What a column became.
    package struct Attribute: Codable, Equatable, Sendable {
        package let name: String
        package let kind: AttributeKind
        package let because: ImportedAttribute.Reason
        @Nullable package var convertedFrom: AttributeKind?
        @Nullable package var dateOrder: DateOrder?
        package let present: Int
        package let absent: Int

        init(_ attribute: ImportedAttribute) {
            name = attribute.name
            kind = attribute.kind
            because = attribute.reason
            convertedFrom = attribute.convertedFrom
            dateOrder = attribute.dateOrder
            present = attribute.present
            absent = attribute.absent
        }
    }
}

/// How a file is read, as the API has it.
package struct ReadingOptions: Codable, Equatable, Sendable {
    package let key: String
    /// The delimiter's name.
    @Nullable package var delimiter: String?
    @Nullable package var dateOrder: DateOrder?
    package let kinds: [Kind]
    package let ignoredColumns: [String]
    package let nullTexts: [String]
    package let skipBadRows: Bool
    package let removeMissing: Bool

    /// A column of which somebody said what it holds.
    package struct Kind: Codable, Equatable, Sendable {
        package let column: String
        package let kind: AttributeKind
    }

    package init(_ choices: ImportChoices) {
        let options = choices.options
        key = options.key
        delimiter = options.delimiter?.word
        dateOrder = options.dateOrder
        kinds = options.kinds.sorted { $0.key < $1.key }.map {
            Kind(column: $0.key, kind: $0.value)
        }
        ignoredColumns = options.ignoredColumns
        nullTexts = options.nullTexts
        skipBadRows = choices.skipsBadRows
        removeMissing = options.removeMissing
    }
}

extension Delimiter {
    /// The delimiter's name in forms and in the API.
    package var word: String {
        switch self {
        case .comma: "comma"
        case .semicolon: "semicolon"
        case .tab: "tab"
        case .bar: "bar"
        }
    }

    package init?(word: String) {
        guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = found
    }
}
