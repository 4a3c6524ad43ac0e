package import Profiles

/// A kind of system that receives people. A new one is one new folder under `Sources/Destinations`.
package protocol Destination: Sendable {
    /// What its kind says of itself.
    var descriptor: DestinationDescriptor { get }

    /// How operations travel, for one export: list, automations and limits are fixed in it.
    func wireFormat(for export: Export) -> any WireFormat

    /// Whether the account answers and the key is taken.
    func check() async throws(DestinationError) -> AccountFacts

    /// Asks whether the key may import, without importing anything. What cannot be told counts as yes: the
    /// first import tells it then.
    func checkImportRight() async throws(DestinationError)

    func lists() async throws(DestinationError) -> [DestinationList]

    func fields() async throws(DestinationError) -> [DestinationField]

    /// Sends one batch. What may have been taken without an answer is an answer too: `.unclear`.
    func deliver(
        _ operations: OperationList, wire: any WireFormat
    ) async throws(DestinationError) -> DeliveryAnswer

    /// Asks what became of a batch.
    func confirm(_ receipt: Receipt) async throws(DestinationError) -> Confirmation

    /// How many batches the account has not finished, those of other programs included.
    func outstandingBatches() async throws(DestinationError) -> Int

    /// Reads people back and tells how the destination holds them on a list. Costs requests per person.
    func standing(
        of keys: [String], list: String
    ) async throws(DestinationError) -> [String: Standing]

    /// Puts back on the list people whom Ferry itself unsubscribed. Anybody whose unsubscription may
    /// have another cause is left alone and answered `false`.
    ///
    /// `removedAt` is when the destination confirmed the removal.
    func resubscribe(
        _ key: String, list: String, removedAt: Timestamp
    ) async throws(DestinationError) -> Bool
}

/// How operations are spelled in a request body.
package protocol WireFormat: Sendable {
    var limits: BatchLimits { get }

    /// Which keys can be sent.
    var keyRule: PersonKeyRule { get }

    /// Adds one operation, without a separator.
    func append(_ operation: OperationView, to body: inout [UInt8])

    /// The whole request body.
    func body(of operations: OperationList) -> [UInt8]
}

extension WireFormat {
    package var keyRule: PersonKeyRule { .email }
}

/// Answer to a delivered batch.
package enum DeliveryAnswer: Equatable, Sendable {
    /// Queued, which is not delivered.
    case accepted(Receipt)
    /// Nothing was queued. `rows` names the offenders by position, counted from 0; it may be empty.
    case rejected(rows: [Int], detail: String)
    /// Nothing was queued because of a rate limit; costs no attempt.
    case throttled
    /// No usable answer: the batch may have been taken or not.
    case unclear(detail: String)
    /// Certainly not taken, and worth another attempt.
    case notTaken(detail: String)
}

/// What is needed to ask for the fate of a batch.
package struct Receipt: Hashable, Codable, Sendable {
    package let token: String
    /// How many operations the destination says it queued, when it says so.
    package let queued: Int?

    package init(token: String, queued: Int?) {
        self.token = token
        self.queued = queued
    }
}

/// What the destination says of a batch.
package enum Confirmation: Equatable, Sendable {
    case notYet
    /// Done, but for the people named.
    case settled(failed: [String], succeededCount: Int?)
    /// Ended unfinished on the destination's side; sending it again is safe.
    case broken(detail: String)
    /// No usable answer; ask again.
    case unclear(detail: String)
}

/// How the destination holds a person.
package enum Standing: String, Equatable, Sendable {
    case active
    case unsubscribed
    case bounced
    case excluded
    /// Known to the account, but not on the list.
    case notOnList
    case unknown
}

extension Destination {
    package func checkImportRight() async throws(DestinationError) {}
}

/// What an account tells about itself.
package struct AccountFacts: Equatable, Codable, Sendable {
    /// The user whom the key belongs to.
    package let user: String
    /// Most contacts the contract allows; nil when the key may not read it.
    package let contactsMax: Int?
    package let contacts: Int?

    package init(user: String, contactsMax: Int?, contacts: Int?) {
        self.user = user
        self.contactsMax = contactsMax
        self.contacts = contacts
    }

    /// How many more contacts fit; nil when unknown.
    package var room: Int? {
        guard let contactsMax, let contacts else { return nil }
        return max(0, contactsMax - contacts)
    }
}

/// A list of an account.
package struct DestinationList: Codable, Equatable, Sendable {
    package let id: String
    package let name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// A custom field of an account.
package struct DestinationField: Codable, Equatable, Sendable {
    package let id: String
    package let title: String
    /// The destination's word for the kind: `text`, `date`, `dropdown`.
    package let kind: String

    package init(id: String, title: String, kind: String) {
        self.id = id
        self.title = title
        self.kind = kind
    }
}
