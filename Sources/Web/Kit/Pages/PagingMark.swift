/// Where one is in a long list, and the way to the rest.
struct PagingMark: Sendable {
    let text: String
    /// Back to the newest, where one has gone on from there.
    let previous: String?
    let next: String?
}
