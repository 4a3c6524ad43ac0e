import Access

/// A new password, typed twice.
package struct NewPassword: Codable, Sendable {
    package let text: String
    package let repeated: String

    package init(_ text: String, repeated: String) {
        self.text = text
        self.repeated = repeated
    }

    /// What is wrong with it for the user of that name.
    func findings(userName: String) -> [Refusal.Finding] {
        if let problem = PasswordRules.check(text, userName: userName) {
            return [.init("password", problem.rawValue)]
        }
        return text == repeated ? [] : [.init("repeated", "repeat-differs")]
    }
}
