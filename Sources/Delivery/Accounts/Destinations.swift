package import Exports
import Profiles
package import Transport

/// A kind of destination: what it says of itself, and how accounts of it are spoken to.
package struct DestinationKind: Sendable {
    package let descriptor: DestinationDescriptor
    /// Where an account is reached, and by what it is proved who asks.
    package let link:
        @Sendable (_ settings: AccountSettings, _ allowsLoopback: Bool) throws -> AccountLink
    /// How an account is spoken to through a gate.
    package let destination: @Sendable (AccountGate, AccountSettings, Timekeeper) -> any Destination

    /// `link` throws `DestinationError` for settings that lead to no account.
    package init(
        _ descriptor: DestinationDescriptor,
        link: @escaping @Sendable (AccountSettings, Bool) throws -> AccountLink,
        destination:
            @escaping @Sendable (AccountGate, AccountSettings, Timekeeper) -> any Destination
    ) {
        self.descriptor = descriptor
        self.link = link
        self.destination = destination
    }
}

/// The kinds of destinations that there are, in the order in which people see them. The application composes
/// them; nothing else names one.
package struct Destinations: Sendable {
    private let kinds: [DestinationKind]

    /// At least one. The first is meant where people name none.
    package init(_ kinds: [DestinationKind]) {
        precondition(!kinds.isEmpty, "There is no destination at all.")
        precondition(
            Set(kinds.map(\.descriptor.id)).count == kinds.count,
            "Two destinations have the same word.")
        self.kinds = kinds
    }

    package var descriptors: [DestinationDescriptor] { kinds.map(\.descriptor) }

    /// What is meant where people name none.
    package var usual: DestinationDescriptor { kinds[0].descriptor }

    /// Nil for a kind that this program does not know.
    package func descriptor(of id: String) -> DestinationDescriptor? {
        kinds.first { $0.descriptor.id == id }?.descriptor
    }

    /// The name of a kind: the usual one's for none, and the word itself for one that is not known.
    package func title(of id: String?) -> String {
        guard let id else { return usual.title }
        return descriptor(of: id)?.title ?? id
    }

    /// The kind of that word. Throws `DestinationError` for one that this program does not know.
    package func kind(_ id: String) throws(DestinationError) -> DestinationKind {
        if let kind = kinds.first(where: { $0.descriptor.id == id }) { return kind }
        throw DestinationError(.settingInvalid, what: "type", ["type": .text(id)])
    }
}
