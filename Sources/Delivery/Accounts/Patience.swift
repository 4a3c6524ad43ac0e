/// How long people wait for what a page needs and others have to tell.
package struct Patience: Sendable {
    /// For the lists and fields of an account; the form is shown without them afterwards.
    package var account: Duration = .seconds(10)
    /// For the check of an account.
    package var check: Duration = .seconds(25)
    /// For numbers of members; those that are not counted by then are shown the next time.
    package var count: Duration = .seconds(2)

    package init() {}
}
