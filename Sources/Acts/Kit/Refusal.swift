package import Profiles
package import Store

/// Why an act was not done: a code with facts, and what was found at each field of what was asked. Sentences
/// are made where they are shown.
package struct Refusal: Refusing, Equatable {
    /// Stable codes. Pages show `refusal.<code>`; the API's status follows from them.
    package enum Code: String, CaseIterable, Sendable {
        /// Something in what was asked does not fit; the findings say what.
        case invalid
        /// Something in what was asked cannot be read; the findings say what.
        case unreadable
        case notAllowed = "not-allowed"
        case notFound = "not-found"
        case nameTaken = "name-taken"
        case inUse = "in-use"
        case alreadyRunning = "already-running"
        case tooMany = "too-many"
        case lastAdministrator = "last-administrator"
        /// What was asked does not fit the state things are in.
        case conflict
        /// A destination or an engine does not answer, or not as it should.
        case unreachable
        /// Their own password is asked for, and this was another.
        case wrongPassword = "wrong-password"
        /// Too many tries; `seconds` tells when the next one counts.
        case wait
    }

    /// What is wrong with one field of what was asked.
    package struct Finding: Worded, Equatable {
        /// As the API names it: `mapping.email`, `limits`.
        package let field: String
        /// A stable code for programs.
        package let code: String
        private let told: Remark

        /// `invalid.<code>` is its sentence.
        package init(_ field: String, _ code: String, _ facts: Facts = [:]) {
            self.init(field, code, told: Remark(code, facts, family: .invalid))
        }

        /// What a room below has to say of the field.
        package init(_ field: String, _ told: some Worded) {
            self.init(field, told.phraseCode, told: Remark(told))
        }

        /// What a room below has to say of the field, under a code of its own.
        package init(_ field: String, _ code: String, told: Remark) {
            self.field = field
            self.code = code
            self.told = told
        }

        package var family: PhraseFamily { told.family }
        package var phraseCode: String { told.phraseCode }
        package var facts: Facts { told.facts }
    }

    package let code: Code
    /// The more exact code of the room below, where there is one: `not-held`, `rule-missing`.
    package let cause: String?
    package let facts: Facts
    package let findings: [Finding]

    package init(
        _ code: Code, _ facts: Facts = [:], cause: String? = nil, findings: [Finding] = []
    ) {
        self.code = code
        self.facts = facts
        self.cause = cause
        self.findings = findings
    }

    package var refusalCode: String { cause ?? code.rawValue }
}

extension Refusal {
    /// What a refusal of the store means to whoever asked.
    package init(_ error: StoreError) {
        self.init(Self.code(of: error.code), error.facts, cause: error.code.rawValue)
    }

    private static func code(of code: StoreError.Code) -> Code {
        switch code {
        case .notFound, .invitationEnded: .notFound
        case .nameTaken: .nameTaken
        case .inUse: .inUse
        case .alreadyRunning: .alreadyRunning
        case .lastAdministrator: .lastAdministrator
        case .tooMany: .tooMany
        case .roleTooHigh, .userDisabled, .passwordChanged: .notAllowed
        case .badName: .invalid
        case .locked, .newerVersion, .notADataDirectory, .storage, .notHeld, .runEnded,
            .refreshEnded, .ruleMissing, .notAlone, .importUnderWay, .importEnded,
            .conflictingChoices:
            .conflict
        }
    }
}
