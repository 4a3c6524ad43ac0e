import Acts
import Delivery
import Exports
import Profiles
import Segments
import Store

/// What a declaration is compared with and applied to: a data directory, or a running service.
protocol Installation {
    /// The moment rules are checked at.
    var moment: Timestamp { get }

    func schema() async throws -> ProfileSchema
    func segments() async throws -> [Segment]
    func connections() async throws -> [InstalledConnection]
    /// What the account of a connection holds; empty-handed when it cannot be reached.
    func offer(of connection: InstalledConnection) async throws -> AccountContents

    func addSegment(named name: String, rule: String) async throws
    func setRule(_ rule: String, ofSegment name: String) async throws
    func setState(_ state: SegmentState, ofSegment name: String) async throws
    /// Checks an account that is to become a connection.
    func open(_ account: NewAccount) async throws -> OpenedAccount
    /// `limits` are named by their members.
    func setLimits(_ limits: QuotaLimits, ofConnection name: String) async throws
}

/// A connection as far as declarations speak of it.
struct InstalledConnection {
    let id: Connection.ID
    let name: String
    /// Nil for a kind that this program does not know.
    let destination: DestinationDescriptor?
    let host: String
    /// By member.
    let limits: QuotaLimits

    init(_ answer: ConnectionAnswer) {
        id = answer.id
        name = answer.name
        destination = Destinations.all.descriptor(of: answer.type)
        host = answer.details?.host ?? ""
        limits = answer.details?.limits ?? QuotaLimits()
    }
}

/// Lists and custom fields of an account; nil when it cannot be asked.
struct AccountContents {
    let lists: [DestinationList]?
    let fields: [DestinationField]?
    let destination: DestinationDescriptor?
}

/// An account that a declaration adds.
struct NewAccount {
    let name: String
    let destination: DestinationDescriptor
    /// By name, as they are declared, with secrets fetched.
    let settings: [String: String]
    /// By member.
    let limits: QuotaLimits
}

/// An account that answered, and what makes it a connection.
struct OpenedAccount {
    let offer: AccountContents
    let store: () async throws -> Void
}
