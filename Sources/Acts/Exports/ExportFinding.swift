package import Profiles

/// One thing about a draft that a person should know: what is wrong, or what is merely worth a thought.
package struct ExportFinding: Worded, Equatable {
    package let field: Field
    package let code: Code
    /// What fills the gaps of the code's phrase.
    package let facts: Facts

    package init(_ field: Field, _ code: Code, _ facts: Facts = [:]) {
        self.field = field
        self.code = code
        self.facts = facts
    }

    package var family: PhraseFamily { .finding }
    package var phraseCode: String { code.rawValue }

    /// Whether the export can be stored nevertheless.
    package var isWarning: Bool { code.isWarning }

    /// The part of an export that a finding speaks of.
    package enum Field: Hashable, Sendable {
        case name
        case connection
        case list
        case segments
        case email
        case firstName
        case lastName
        case phone
        /// A custom field, by its id or title as it was written.
        case customField(String)
        case tags
        case onLeave
        case automations
        case limit
        case holdShare
        case schedule

        /// A stable word for forms and JSON.
        package var text: String {
            switch self {
            case .name: "name"
            case .connection: "connection"
            case .list: "list"
            case .segments: "segments"
            case .email: "email"
            case .firstName: "firstName"
            case .lastName: "lastName"
            case .phone: "phone"
            case .customField(let name): "field:\(name)"
            case .tags: "tags"
            case .onLeave: "onLeave"
            case .automations: "automations"
            case .limit: "limit"
            case .holdShare: "holdShare"
            case .schedule: "schedule"
            }
        }
    }

    /// What is found. The raw values are stable; `finding.<code>` says them in the reader's language.
    package enum Code: String, CaseIterable, Sendable {
        case badName = "bad-name"
        case nameTaken = "name-taken"
        case connectionMissing = "connection-missing"
        case connectionNotYours = "connection-not-yours"
        case noSegments = "no-segments"
        case segmentUnknown = "segment-unknown"
        case segmentTwice = "segment-twice"
        case emailMissing = "email-missing"
        case emailNotText = "email-not-text"
        case attributeMissing = "attribute-missing"
        case attributeUnknown = "attribute-unknown"
        case fieldUnreadable = "field-unreadable"
        case fieldNeedsID = "field-needs-id"
        case fieldAmbiguous = "field-ambiguous"
        case fieldUnknown = "field-unknown"
        case fieldTwice = "field-twice"
        case targetMissing = "target-missing"
        case targetTwice = "target-twice"
        case fieldSaysWhoLeft = "field-says-who-left"
        case leaveUnreadable = "leave-unreadable"
        case listMissing = "list-missing"
        case listNeedsID = "list-needs-id"
        case listAmbiguous = "list-ambiguous"
        case listUnknown = "list-unknown"
        case emptyTag = "empty-tag"
        case limitRange = "limit-range"
        case holdShareRange = "hold-share-range"
        case automationsUndecided = "automations-undecided"
        case notOffered = "not-offered"
        case scheduleNoWeekday = "schedule-no-weekday"
        case scheduleNoTime = "schedule-no-time"
        case scheduleBadTime = "schedule-bad-time"
        case scheduleTooManyTimes = "schedule-too-many-times"
        case scheduleUnknownZone = "schedule-unknown-zone"

        case segmentInactive = "segment-inactive"
        case kindMismatch = "kind-mismatch"
        case arrivesAsText = "arrives-as-text"
        case listUnchecked = "list-unchecked"
        case fieldUnchecked = "field-unchecked"
        case accountRefuses = "account-refuses"
        case unsubscribeForGood = "unsubscribe-for-good"
        case overLimit = "over-limit"
        case sendsAnew = "sends-anew"

        /// Whether an export can be stored nevertheless.
        package var isWarning: Bool {
            switch self {
            case .segmentInactive, .kindMismatch, .arrivesAsText, .listUnchecked, .fieldUnchecked,
                .accountRefuses, .unsubscribeForGood, .overLimit, .sendsAnew:
                true
            default: false
            }
        }

        /// Whether it names something that does not exist, rather than being written wrongly.
        package var isUnknownThing: Bool {
            switch self {
            case .segmentUnknown, .attributeMissing, .attributeUnknown, .fieldUnknown, .listUnknown:
                true
            default: false
            }
        }
    }
}
