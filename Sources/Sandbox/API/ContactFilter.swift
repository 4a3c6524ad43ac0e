/// The filters of `GET /contacts`, those of them that the sandbox knows.
struct ContactFilter: Sendable, Equatable {
    var email: String?
    var emailLike: String?
    var search: String?
    var phone: String?
    var list: Int?
    var tag: Int?
    var status: MembershipStatus?
    var ids: Set<Int>?
    var idGreater: Int?
    var idLess: Int?
}

extension ContactFilter {
    init(_ request: SandboxRequest) {
        func text(_ name: String) -> String? {
            request.parameter(name).flatMap { $0.isEmpty ? nil : $0.lowercased() }
        }
        email = request.parameter("email").map(Address.normalized)
        emailLike = text("email_like")
        search = text("search")
        phone = text("phone")
        list = request.number("listid")
        tag = request.number("tagid")
        status = request.number("status").flatMap(UInt8.init(exactly:))
            .flatMap(MembershipStatus.init(rawValue:))
        let given = request.parameters("ids[]") + request.parameters("ids")
        let ids = given.flatMap { $0.split(separator: ",") }.compactMap { Int($0) }
        self.ids = ids.isEmpty ? nil : Set(ids)
        idGreater = request.number("id_greater")
        idLess = request.number("id_less")
    }

    /// Nothing but a list, a status and an id narrows the contacts, so the total is known already.
    private var isCounted: Bool {
        email == nil && emailLike == nil && search == nil && phone == nil && tag == nil
            && ids == nil && idGreater == nil && idLess == nil
    }

    /// The total when it can be told without looking at the contacts.
    func total(in book: ContactBook) -> Int? {
        guard isCounted else { return nil }
        switch (list, status) {
        case (nil, nil): return book.contactCount
        case (let list?, let status?): return book.count(of: status, on: list)
        case (let list?, nil):
            return MembershipStatus.allCases.reduce(0) { $0 + book.count(of: $1, on: list) }
        case (nil, _?): return nil
        }
    }

    /// Nothing but lists, statuses and a lower bound of the ids narrows the contacts, as when a
    /// client walks through a list by `id_greater`.
    var isWalk: Bool {
        var open = self
        open.idGreater = nil
        return open.isCounted
    }

    func admits(_ id: Int, in book: ContactBook) -> Bool {
        if let ids, !ids.contains(id) { return false }
        if let list {
            guard let membership = book.membership(of: id, on: list) else { return false }
            if let status, membership.status != status { return false }
        } else if let status,
            !book.memberships(of: id).contains(where: { $0.record.status == status })
        {
            return false
        }
        if let tag, !book.tagLinks(of: id).contains(where: { Int($0.record.tag) == tag }) {
            return false
        }
        let index = id - 1
        if let email, book.contacts[index].email != email { return false }
        if let emailLike, !book.contacts[index].email.holds(emailLike) { return false }
        if let phone, !book.contacts[index].phone.hasPrefix(phone) { return false }
        if let search, !book.contacts[index].email.holds(search),
            !book.contacts[index].firstName.holds(search),
            !book.contacts[index].lastName.holds(search),
            !book.contacts[index].phone.holds(search)
        {
            return false
        }
        return true
    }
}

extension String {
    /// True when `part`, which must be in lower case, stands in the text in whatever case. Text of
    /// plain ASCII, which nearly all of it is, is compared byte by byte: that is fifty times
    /// faster.
    fileprivate func holds(_ part: String) -> Bool {
        var text = self
        var part = part
        let answer: Bool? = text.withUTF8 { text in
            part.withUTF8 { part in
                guard let first = part.first else { return true }
                guard text.count >= part.count else {
                    return text.allSatisfy { $0 < 0x80 } ? false : nil
                }
                for start in 0...(text.count - part.count) {
                    guard text[start] < 0x80 else { return nil }
                    guard text[start].lowercased == first else { continue }
                    var length = 1
                    while length < part.count, text[start + length].lowercased == part[length] {
                        length += 1
                    }
                    if length == part.count { return true }
                }
                return text.suffix(part.count).allSatisfy { $0 < 0x80 } ? false : nil
            }
        }
        return answer ?? lowercased().contains(part)
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

/// What is known of the next page when a client walks through a list, so that the total need not be
/// counted anew on each of ten thousand pages.
struct PageMemo: Sendable {
    var filter: ContactFilter
    var version: Int
    var total: Int
}

extension ContactBook {
    /// One page of the contacts that `filter` admits, by id, with the number of all of them.
    func contacts(
        matching filter: ContactFilter, isDescending: Bool = false, limit: Int, offset: Int = 0,
        knownTotal: Int? = nil
    ) -> (ids: [Int], total: Int) {
        if let email = filter.email {
            guard let id = id(of: email), filter.admits(id, in: self) else { return ([], 0) }
            return (offset == 0 ? [id] : [], 1)
        }
        let first = max(1, (filter.idGreater ?? 0) + 1)
        let last = min(lastID, (filter.idLess ?? lastID + 1) - 1)
        let knownTotal = knownTotal ?? filter.total(in: self)
        var ids: [Int] = []
        var total = 0
        guard first <= last else { return ([], knownTotal ?? 0) }
        for step in 0...(last - first) {
            let id = isDescending ? last - step : first + step
            guard exists(id), filter.admits(id, in: self) else { continue }
            if total >= offset, ids.count < limit { ids.append(id) }
            total += 1
            if ids.count == limit, knownTotal != nil { break }
        }
        return (ids, knownTotal ?? total)
    }
}
