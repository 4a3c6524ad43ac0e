/// One contact, packed so that a million of them need little room: what belongs to it (memberships,
/// values, tags) hangs on chains through three other lists, each found by its first index.
struct ContactRecord: Sendable {
    /// Trimmed and lower-cased.
    var email: String
    var firstName = ""
    var lastName = ""
    var phone = ""
    /// Index of the organization's name among the interned names, or -1.
    var organization: Int32 = -1
    var firstMembership: Int32 = -1
    var firstValue: Int32 = -1
    var firstTag: Int32 = -1
    /// Seconds since 1970.
    var created: UInt32
    /// Seconds since 1970.
    var updated: UInt32
    /// Number of lists with status 1; a contact with at least one counts against the limit.
    var activeLists: UInt16 = 0
    var isBounced = false
    var isDeleted = false
}

/// What a contact is to a list.
enum MembershipStatus: UInt8, CaseIterable, Sendable {
    case unconfirmed = 0
    case active = 1
    case unsubscribed = 2
    case bounced = 3
}

/// A contact's relation to one list; its id is its index plus one.
struct MembershipRecord: Sendable {
    var contact: Int32
    var list: Int32
    var next: Int32
    var created: UInt32
    var updated: UInt32
    var status: MembershipStatus
    /// The person left by their own hand, not through the importer or the API.
    var byPerson = false
    var source: UInt8 = 0
}

/// The value of one custom field of one contact; its id is its index plus one.
struct ValueRecord: Sendable {
    var contact: Int32
    var field: Int32
    var next: Int32
    var updated: UInt32
    var value: String
}

/// One tag of one contact; its id is its index plus one. A removed one has the tag -1.
struct TagRecord: Sendable {
    var contact: Int32
    var tag: Int32
    var next: Int32
    var created: UInt32
}
