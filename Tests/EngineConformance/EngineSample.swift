import Exports
import Profiles
import Segments

/// Profiles that the checks are made with, and what the plain evaluator says of them.
struct EngineSample {
    static let email = Attribute(name: "Email", kind: .text)
    static let attributes = RandomPredicates.attributes + [email]

    var profiles: [Profile]

    /// Random profiles. Addresses are in every spelling, some are shared, and some are missing.
    init(seed: UInt64, count: Int) {
        var random = RandomPredicates(seed: seed)
        profiles = (0..<count).map { number in
            let profile = random.profile(id: number)
            var values = profile.values
            values["Email"] = Self.address(number).map { .text($0) }
            return Profile(
                id: profile.id, changedAt: Timestamp(milliseconds: Int64(number % 5) * 1_000),
                values: values)
        }
    }

    private static func address(_ number: Int) -> String? {
        switch number % 7 {
        case 0: nil
        case 1: "person\(number)@mail.test"
        case 2: "Person\(number / 3)@Mail.TEST"
        case 3: "shared@mail.test"
        case 4: "Żaneta\(number)@mail.test"
        case 5: "\(number)@straße.test"
        default: "ΟΔΟΣ\(number)@mail.test"
        }
    }

    /// Whether a profile is in a static segment: every second one in segment 1, every third in segment 2.
    static func isMember(_ profile: Profile) -> (Segment.ID) -> Bool {
        { (Int64(profile.id) ?? 1) % ($0.rawValue + 1) == 0 }
    }

    /// Fixes the members of segments 1 to 3, where an engine can.
    func fixMembers(in engine: any ProfileEngine) throws {
        guard let members = engine.staticMembers else { return }
        for segment in [1, 2, 3] as [Segment.ID] {
            let ids = profiles.filter { Self.isMember($0)(segment) }.map(\.id)
            _ = try members.freeze(ids: ids, as: segment, .none)
        }
    }

    func matching(_ predicate: Predicate) -> [Profile] {
        profiles.filter { predicate.matches($0, isMember: Self.isMember($0)) }
    }

    /// What a stream of everybody who matches must give, in its order.
    func stream(_ predicate: Predicate) -> [StreamedMember] {
        matching(predicate).map { profile in
            var values = ValueList()
            if let text = profile.values["Text"]?.exported { values.append(text, for: .firstName) }
            if let number = profile.values["Number"]?.exported {
                values.append(number, for: .field("7"))
            }
            values.append("always", for: .tag)
            return StreamedMember(
                key: PersonKey.normalized(profile.values["Email"]?.exported ?? ""),
                id: profile.id, changedAt: profile.changedAt, values: values)
        }.sorted(by: StreamedMember.isBefore)
    }

    static func query(_ predicate: Predicate) -> MemberQuery {
        var constants = ValueList()
        constants.append("always", for: .tag)
        return MemberQuery(
            predicate: predicate, email: email,
            columns: [
                (ValueList.header(of: .firstName), Attribute(name: "Text", kind: .text)),
                (ValueList.header(of: .field("7")), Attribute(name: "Number", kind: .number)),
            ], constants: constants.bytes)
    }
}

/// A member as a stream gives it.
struct StreamedMember: Equatable {
    let key: String
    let id: Profile.ID
    let changedAt: Timestamp
    let values: ValueList

    /// By the bytes of the key, then changed last, then by the bytes of the id.
    static func isBefore(_ one: StreamedMember, _ other: StreamedMember) -> Bool {
        if one.key != other.key { return one.key.utf8.lexicographicallyPrecedes(other.key.utf8) }
        if one.changedAt != other.changedAt { return one.changedAt > other.changedAt }
        return one.id.utf8.lexicographicallyPrecedes(other.id.utf8)
    }
}

extension ProfileReading {
    /// Everything that a stream gives; without the moments, which it does not tell.
    func members(
        _ query: MemberQuery, _ limits: CallLimits = .none
    ) throws -> [(key: String, id: Profile.ID, values: ValueList)] {
        var members: [(key: String, id: Profile.ID, values: ValueList)] = []
        try forEachMember(query, limits) { member in
            members.append(
                (
                    String(decoding: member.key, as: UTF8.self),
                    String(decoding: member.profileID, as: UTF8.self),
                    ValueList(bytes: Array(member.values))
                ))
        }
        return members
    }

    /// The ids on all pages, and how many pages there were.
    func walk(
        _ predicate: Predicate, limit: Int
    ) throws -> (ids: [Profile.ID], pages: Int) {
        var ids: [Profile.ID] = []
        var pages = 0
        var after: String?
        repeat {
            let page = try page(of: predicate, after: after, limit: limit, .none)
            ids += page.profiles.map(\.id)
            pages += 1
            after = page.next
        } while after != nil && pages < 10_000
        return (ids, pages)
    }
}
