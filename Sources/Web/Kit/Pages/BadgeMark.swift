/// A word with an icon and a colour.
struct BadgeMark: Sendable {
    /// `ok`, `info`, `warn`, `trouble`, `idle` or `busy`.
    let kind: String
    let icon: String
    let text: String
}
