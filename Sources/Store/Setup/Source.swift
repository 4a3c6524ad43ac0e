package import Profiles

/// A file in the watched folder that is imported again whenever it changes.
package struct Source: Equatable, Sendable, Identifiable {
    /// What came of the last look at the file.
    package enum State: String, CaseIterable, Codable, Sendable {
        case imported
        /// It held what was imported before.
        case unchanged
        /// It was being written; the next refresh looks again.
        case postponed
        case failed
    }

    package typealias ID = Identifier<Source>

    package let id: ID
    package let name: String
    /// Its name inside the watched folder.
    package let file: String
    package let choices: ImportChoices
    /// Whether refreshes import it.
    package let isActive: Bool
    /// Milliseconds since 1970.
    package let createdAt: Int64
    /// Of the content imported last.
    package let lastFingerprint: String?
    package let lastImportedAt: Int64?
    /// Nil before the first look.
    package let lastState: State?
    /// A sentence in English about it.
    package let lastDetail: Remark?
    package let lastCheckedAt: Int64?
}

/// What a person says about a source.
package struct SourceDraft: Codable, Equatable, Sendable {
    package var name: String
    package var file: String
    package var choices: ImportChoices
    package var isActive: Bool

    package init(name: String, file: String, choices: ImportChoices, isActive: Bool = true) {
        self.name = name
        self.file = file
        self.choices = choices
        self.isActive = isActive
    }
    /// What a source is now, to be changed.
    package init(_ source: Source) {
        self.init(
            name: source.name, file: source.file, choices: source.choices,
            isActive: source.isActive)
    }
}
