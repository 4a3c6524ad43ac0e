package import Access

/// Where somebody asks from: by this the sign-in desk tells those who guess from those who have been here.
package struct Browser: Sendable {
    /// What the browser says of itself.
    package let agent: String?
    package let address: String
    /// The proof that the user of that name signed in from this browser before. Each user has one of their own,
    /// because people share browsers.
    package let device: @Sendable (_ userName: String) -> SecretToken?

    package init(
        agent: String?, address: String,
        device: @escaping @Sendable (_ userName: String) -> SecretToken? = { _ in nil }
    ) {
        self.agent = agent
        self.address = address
        self.device = device
    }
}

/// Somebody has just come in: the secret of their session, and the mark by which their browser is known from now on.
package struct Entrance: Sendable {
    package let user: User
    package let session: SecretToken
    package let device: SecretToken
}
