/// One member of an export's segments as a profile engine streams it, in borrowed memory.
package struct MemberView {
    /// The person key; empty when the profile has no address.
    package let key: UnsafeRawBufferPointer
    package let profileID: UnsafeRawBufferPointer
    /// The mapped values and the export's constants, as a `ValueList`.
    package let values: UnsafeRawBufferPointer

    package init(
        key: UnsafeRawBufferPointer, profileID: UnsafeRawBufferPointer,
        values: UnsafeRawBufferPointer
    ) {
        self.key = key
        self.profileID = profileID
        self.values = values
    }
}

/// What the ledger last learnt about a person.
package enum LedgerState: Int, Sendable {
    /// The destination holds the recorded values.
    case delivered = 1
    /// Left the segment; the leave policy was carried out.
    case left = 2
    /// The destination did not take the last delivery.
    case refused = 3
}

/// One row of an export's ledger in borrowed memory.
package struct LedgerView {
    package let key: UnsafeRawBufferPointer
    package let profileID: UnsafeRawBufferPointer
    package let state: LedgerState
    /// The values last confirmed; nil when nothing was ever taken.
    package let values: UnsafeRawBufferPointer?

    package init(
        key: UnsafeRawBufferPointer, profileID: UnsafeRawBufferPointer, state: LedgerState,
        values: UnsafeRawBufferPointer?
    ) {
        self.key = key
        self.profileID = profileID
        self.state = state
        self.values = values
    }
}

/// What a plan says about one person, in borrowed memory.
package enum PlanRow {
    case unchanged(MemberView)
    /// `before` holds the values last confirmed, where there are any.
    case operation(OperationView, before: UnsafeRawBufferPointer?)
    /// `winner` is the id of the profile that is sent in place of a duplicate.
    case suppressed(MemberView, ReasonCode, winner: UnsafeRawBufferPointer?)
    /// Left, and nothing is to be sent; the reason says why when the policy alone does not.
    case leftSilently(LedgerView, ReasonCode?)
}
