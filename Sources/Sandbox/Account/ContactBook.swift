/// All contacts of the account with their memberships, custom field values and tags.
///
/// Contacts are named by their id, which is their place in the list plus one; ids only grow, as in
/// the real account. Every change takes the time as an argument.
struct ContactBook: Sendable {
    private(set) var contacts = Chunked<ContactRecord>()
    private(set) var memberships = Chunked<MembershipRecord>()
    private(set) var values = Chunked<ValueRecord>()
    private(set) var tagLinks = Chunked<TagRecord>()
    private(set) var organizations: [String] = []
    private(set) var tagNames: [String] = []
    private var tagIDs: [String: Int] = [:]
    private var idsByEmail: [String: Int32] = [:]
    private var organizationIndexes: [String: Int32] = [:]
    private var counts: [Int: [Int]] = [:]

    /// Contacts that exist.
    private(set) var contactCount = 0
    /// Contacts that are active on at least one list; these count against the account's limit.
    private(set) var activeCount = 0
    /// Grows with every change that may move a contact into a filter or out of it.
    private(set) var version = 0
    /// Highest contact id ever given.
    var lastID: Int { contacts.count }

    // MARK: Contacts

    /// The id of the contact with `email`, which must be trimmed and lower-cased.
    func id(of email: String) -> Int? {
        idsByEmail[email].map(Int.init)
    }

    /// The contact behind `id`, unless there is none or it was deleted.
    subscript(id: Int) -> ContactRecord? {
        guard id > 0, id <= contacts.count else { return nil }
        let record = contacts[id - 1]
        return record.isDeleted ? nil : record
    }

    /// True unless there is no such contact or it was deleted.
    func exists(_ id: Int) -> Bool {
        id > 0 && id <= contacts.count && !contacts[id - 1].isDeleted
    }

    /// Adds a contact for an address that has none yet and answers its id.
    mutating func create(_ email: String, at now: Double) -> Int {
        let stamp = UInt32(clamping: Int(now))
        let id = contacts.append(ContactRecord(email: email, created: stamp, updated: stamp)) + 1
        version += 1
        idsByEmail[email] = Int32(id)
        contactCount += 1
        return id
    }

    /// Changes the names, phone and organization that are given; those that are not stay.
    mutating func update(
        _ id: Int, firstName: String?, lastName: String?, phone: String?, organization: String?,
        at now: Double
    ) {
        let organization = organization.map { intern(organization: $0) }
        let stamp = UInt32(clamping: Int(now))
        func change(_ record: inout ContactRecord) {
            if let firstName { record.firstName = firstName }
            if let lastName { record.lastName = lastName }
            if let phone { record.phone = phone }
            if let organization { record.organization = organization }
            record.updated = stamp
        }
        change(&contacts[id - 1])
    }

    /// Gives the contact another address, which must be free.
    mutating func rename(_ id: Int, to email: String) {
        idsByEmail[contacts[id - 1].email] = nil
        idsByEmail[email] = Int32(id)
        contacts[id - 1].email = email
    }

    /// Deletes the contact and everything that hangs on it.
    mutating func delete(_ id: Int) {
        for membership in memberships(of: id) {
            counts[Int(membership.record.list)]?[Int(membership.record.status.rawValue)] -= 1
        }
        if contacts[id - 1].activeLists > 0 { activeCount -= 1 }
        for link in tagLinks(of: id) { tagLinks[link.id - 1].tag = -1 }
        idsByEmail[contacts[id - 1].email] = nil
        contacts[id - 1].isDeleted = true
        version += 1
        contacts[id - 1].firstMembership = -1
        contacts[id - 1].firstValue = -1
        contacts[id - 1].firstTag = -1
        contactCount -= 1
    }

    /// Marks the contact as bounced: it loses every list it was active on.
    mutating func bounce(_ id: Int, at now: Double) {
        contacts[id - 1].isBounced = true
        for membership in memberships(of: id) where membership.record.status == .active {
            setStatus(.bounced, of: id, on: Int(membership.record.list), at: now)
        }
    }

    private mutating func intern(organization name: String) -> Int32 {
        if name.isEmpty { return -1 }
        if let index = organizationIndexes[name] { return index }
        let index = Int32(organizations.count)
        organizations.append(name)
        organizationIndexes[name] = index
        return index
    }

    // MARK: Memberships

    /// The contact's lists with the id of each membership.
    func memberships(of id: Int) -> [(id: Int, record: MembershipRecord)] {
        var found: [(id: Int, record: MembershipRecord)] = []
        var next = contacts[id - 1].firstMembership
        while next >= 0 {
            found.append((Int(next) + 1, memberships[Int(next)]))
            next = memberships[Int(next)].next
        }
        return found.reversed()
    }

    /// The contact's relation to one list.
    func membership(of id: Int, on list: Int) -> MembershipRecord? {
        membershipIndex(of: id, on: list).map { memberships[$0] }
    }

    private func membershipIndex(of id: Int, on list: Int) -> Int? {
        var next = contacts[id - 1].firstMembership
        while next >= 0 {
            if Int(memberships[Int(next)].list) == list { return Int(next) }
            next = memberships[Int(next)].next
        }
        return nil
    }

    /// Writes the contact's status on a list, whatever it was, and answers the membership's id.
    @discardableResult
    mutating func setStatus(
        _ status: MembershipStatus, of id: Int, on list: Int, byPerson: Bool = false,
        source: UInt8 = 0, at now: Double
    ) -> Int {
        let stamp = UInt32(clamping: Int(now))
        let index: Int
        if let known = membershipIndex(of: id, on: list) {
            index = known
            count(memberships[known].status, on: list, of: id, by: -1)
            memberships[known].status = status
            memberships[known].updated = stamp
        } else {
            index = memberships.append(
                MembershipRecord(
                    contact: Int32(id), list: Int32(list), next: contacts[id - 1].firstMembership,
                    created: stamp, updated: stamp, status: status))
            contacts[id - 1].firstMembership = Int32(index)
        }
        memberships[index].byPerson = byPerson && status == .unsubscribed
        memberships[index].source = source
        count(status, on: list, of: id, by: 1)
        return index + 1
    }

    private mutating func count(
        _ status: MembershipStatus, on list: Int, of id: Int, by change: Int
    ) {
        counts[list, default: [0, 0, 0, 0]][Int(status.rawValue)] += change
        version += 1
        guard status == .active else { return }
        if change > 0 {
            if contacts[id - 1].activeLists == 0 { activeCount += 1 }
            contacts[id - 1].activeLists += 1
        } else {
            contacts[id - 1].activeLists -= 1
            if contacts[id - 1].activeLists == 0 { activeCount -= 1 }
        }
    }

    /// How many contacts have `status` on `list`.
    func count(of status: MembershipStatus, on list: Int) -> Int {
        counts[list]?[Int(status.rawValue)] ?? 0
    }

    // MARK: Custom field values

    /// The contact's values with the id of each.
    func values(of id: Int) -> [(id: Int, record: ValueRecord)] {
        var found: [(id: Int, record: ValueRecord)] = []
        var next = contacts[id - 1].firstValue
        while next >= 0 {
            found.append((Int(next) + 1, values[Int(next)]))
            next = values[Int(next)].next
        }
        return found.reversed()
    }

    /// The value behind its own id.
    func value(_ valueID: Int) -> ValueRecord? {
        guard valueID > 0, valueID <= values.count else { return nil }
        let record = values[valueID - 1]
        return self[Int(record.contact)] == nil ? nil : record
    }

    /// Writes a value, an empty one too, and answers its id.
    @discardableResult
    mutating func setValue(_ value: String, of id: Int, field: Int, at now: Double) -> Int {
        let stamp = UInt32(clamping: Int(now))
        var next = contacts[id - 1].firstValue
        while next >= 0 {
            if Int(values[Int(next)].field) == field {
                values[Int(next)].value = value
                values[Int(next)].updated = stamp
                return Int(next) + 1
            }
            next = values[Int(next)].next
        }
        let index = values.append(
            ValueRecord(
                contact: Int32(id), field: Int32(field), next: contacts[id - 1].firstValue,
                updated: stamp, value: value))
        contacts[id - 1].firstValue = Int32(index)
        return index + 1
    }

    // MARK: Tags

    /// The id of the tag called `name`, made when there is none.
    mutating func tagID(of name: String) -> (id: Int, isNew: Bool) {
        if let id = tagIDs[name] { return (id, false) }
        tagNames.append(name)
        tagIDs[name] = tagNames.count
        return (tagNames.count, true)
    }

    /// The contact's tags with the id of each association.
    func tagLinks(of id: Int) -> [(id: Int, record: TagRecord)] {
        var found: [(id: Int, record: TagRecord)] = []
        var next = contacts[id - 1].firstTag
        while next >= 0 {
            if tagLinks[Int(next)].tag > 0 { found.append((Int(next) + 1, tagLinks[Int(next)])) }
            next = tagLinks[Int(next)].next
        }
        return found.reversed()
    }

    /// Puts a tag on a contact and answers the association's id; repeating it changes nothing.
    @discardableResult
    mutating func addTag(_ tag: Int, to id: Int, at now: Double) -> Int {
        var next = contacts[id - 1].firstTag
        while next >= 0 {
            if Int(tagLinks[Int(next)].tag) == tag { return Int(next) + 1 }
            next = tagLinks[Int(next)].next
        }
        let index = tagLinks.append(
            TagRecord(
                contact: Int32(id), tag: Int32(tag), next: contacts[id - 1].firstTag,
                created: UInt32(clamping: Int(now))))
        contacts[id - 1].firstTag = Int32(index)
        return index + 1
    }

    /// Takes a tag off again, by the id of the association; false when there is none.
    mutating func removeTagLink(_ linkID: Int) -> Bool {
        guard linkID > 0, linkID <= tagLinks.count, tagLinks[linkID - 1].tag > 0 else {
            return false
        }
        tagLinks[linkID - 1].tag = -1
        return true
    }

    /// How many contacts carry the tag; looks at every association.
    func subscriberCount(ofTag tag: Int) -> Int {
        (0..<tagLinks.count).count { Int(tagLinks[$0].tag) == tag }
    }
}
