/// Something a careful client does not do; the sandbox counts each kind.
package enum Violation: String, CaseIterable, Sendable {
    /// Faster than the account's requests per second.
    case requestRate = "request-rate"
    /// More imports a minute than allowed.
    case importRate = "import-rate"
    /// More imports of a single contact a minute than allowed.
    case singleImportRate = "single-import-rate"
    /// No key, or a wrong one.
    case badKey = "bad-key"
    /// More than 250 contacts in one import.
    case tooManyRows = "too-many-rows"
    /// 400,000 bytes or more in one import.
    case tooManyBytes = "too-many-bytes"
    /// A body that is not JSON, or has no contacts.
    case malformedBody = "malformed-body"
    /// A contact without an address, or with one that breaks the rules; one per row.
    case malformedRow = "malformed-row"
    /// The same address twice in one import; one per row.
    case duplicateInBatch = "duplicate-in-batch"
    /// An address that is also in another import which has not ended; one per row.
    case addressInFlight = "address-in-flight"
    /// Names in camelCase, which the importer drops; one per row.
    case camelCase = "camel-case"
    /// A list that does not exist; one per mention.
    case unknownList = "unknown-list"
    /// A custom field that does not exist; one per mention.
    case unknownField = "unknown-field"
    /// A person who had left by their own hand was put back.
    case optOutUndone = "opt-out-undone"
}
