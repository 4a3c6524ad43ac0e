package import Profiles
import SQLiteKit

/// A request to the store that cannot be carried out.
package struct StoreError: Refusing, Equatable {
    /// Stable codes.
    package enum Code: String, CaseIterable, Sendable {
        case notFound = "not-found"
        case nameTaken = "name-taken"
        case inUse = "in-use"
        case badName = "bad-name"
        case locked = "data-directory-in-use"
        case newerVersion = "newer-version"
        case notADataDirectory = "not-a-data-directory"
        case storage = "storage"
        case alreadyRunning = "already-running"
        case notHeld = "not-held"
        case runEnded = "run-ended"
        case refreshEnded = "refresh-ended"
        case lastAdministrator = "last-administrator"
        case roleTooHigh = "role-too-high"
        case tooMany = "too-many"
        case userDisabled = "user-disabled"
        case passwordChanged = "password-changed"
        case invitationEnded = "invitation-ended"
        case ruleMissing = "rule-missing"
        case notAlone = "not-alone"
        case importUnderWay = "import-under-way"
        case importEnded = "import-ended"
        case conflictingChoices = "conflicting-choices"
    }

    package let code: Code
    package let facts: Facts

    package init(_ code: Code, _ facts: Facts = [:]) {
        self.code = code
        self.facts = facts
    }

    /// One of the variants that the code has sentences for.
    package init(_ code: Code, what: String, _ facts: Facts = [:]) {
        self.init(code, facts.merging(["what": .word(what)]) { $1 })
    }

    package var refusalCode: String { code.rawValue }

    /// Nothing has this id.
    package static func missing<Thing>(_ noun: String, _ id: Identifier<Thing>) -> StoreError {
        StoreError(.notFound, ["noun": .word(noun), "id": .digits(id)])
    }

    /// The name is that of another thing of the kind.
    package static func taken(_ noun: String, _ name: String) -> StoreError {
        StoreError(.nameTaken, ["noun": .word(noun), "name": .text(name)])
    }
}

extension StoreError {
    init(newer path: String) {
        self.init(.newerVersion, ["path": .text(path)])
    }
}

extension StoreError {
    /// Whether a database found no room left on the disk.
    package static func isDiskFull(_ error: any Error) -> Bool {
        StorageTrouble.isDiskFull(error)
    }

    /// What an error of the database is called in the log, as `SQLITE 266`: with its extended code, without
    /// arguments; nil for any other error.
    package static func storageCode(of error: any Error) -> String? {
        StorageTrouble.code(of: error).map { "SQLITE \($0)" }
    }

    /// Whether it is trouble of the machine, and no answer to what was asked.
    package var isTrouble: Bool {
        switch code {
        case .storage, .newerVersion, .notADataDirectory, .locked: true
        default: false
        }
    }
}
