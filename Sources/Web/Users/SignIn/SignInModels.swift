/// The page on which people sign in.
struct SignInModel: Sendable {
    let name: String
    /// Where they wanted to go.
    let next: String?
    let finding: String?
}

/// A page that asks for a new password, typed twice.
struct PasswordModel: Sendable {
    let name: String
    /// What the page is for.
    let lead: String
    let nameFinding: String?
    let passwordFinding: String?
    let repeatedFinding: String?

    init(name: String, lead: String, findings: [String: String]) {
        self.name = name
        self.lead = lead
        nameFinding = findings["name"]
        passwordFinding = findings["password"]
        repeatedFinding = findings["repeated"]
    }
}
