/// Contacts one by one, and their relation to lists.
extension AccountState {
    private static let contactLinks = [
        "bounceLogs", "contactAutomations", "contactData", "contactGoals", "contactLists",
        "contactLogs", "contactTags", "contactDeals", "deals", "fieldValues", "geoIps", "notes",
        "organization", "plusAppend", "trackingLogs", "scoreValues", "accountContacts",
        "automationEntryCounts",
    ]

    func json(_ id: Int, _ contact: ContactRecord, _ request: SandboxRequest) -> JSONValue {
        let created = Double(contact.created)
        let updated = Double(contact.updated)
        let organization =
            contact.organization < 0 ? "" : book.organizations[Int(contact.organization)]
        return [
            "cdate": .string(Timestamps.local(created)), "email": .string(contact.email),
            "phone": .string(contact.phone), "firstName": .string(contact.firstName),
            "lastName": .string(contact.lastName), "orgid": "0",
            "orgname": .string(organization), "segmentio_id": "",
            "bounced_hard": contact.isBounced ? "1" : "0", "bounced_soft": "0",
            "bounced_date": nil, "ip": "0", "ua": nil,
            "hash": .string(Self.hash(of: contact.email)), "socialdata_lastcheck": nil,
            "email_local": "", "email_domain": "", "sentcnt": "0", "rating_tstamp": nil,
            "gravatar": "0", "deleted": "0", "anonymized": "0", "adate": nil,
            "udate": .string(Timestamps.local(updated)), "edate": nil, "deleted_at": nil,
            "created_utc_timestamp": .string(Timestamps.utc(created)),
            "updated_utc_timestamp": .string(Timestamps.utc(updated)),
            "created_timestamp": .string(Timestamps.plainLocal(created)),
            "updated_timestamp": .string(Timestamps.plainLocal(updated)), "created_by": nil,
            "updated_by": nil, "mpp_tracking": "0", "scoreValues": [],
            "links": Self.links(Self.contactLinks, under: "contacts/\(id)", request),
            "id": .string(String(id)), "organization": nil,
        ]
    }

    /// 32 hexadecimal digits that stay the same for an address.
    private static func hash(of email: String) -> String {
        var digits = ""
        for salt: UInt64 in [0xCBF2_9CE4_8422_2325, 0x9E37_79B9_7F4A_7C15] {
            var hash = salt
            for byte in email.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            let text = String(hash, radix: 16)
            digits += String(repeating: "0", count: 16 - text.utf8.count) + text
        }
        return digits
    }

    // MARK: Reading

    mutating func answerContacts(_ request: SandboxRequest) -> SandboxAnswer {
        let filter = ContactFilter(request)
        let page = Self.page(of: request)
        let isDescending = request.parameter("orders[id]")?.uppercased() == "DESC"
        let isWalk = filter.isWalk && !isDescending && page.offset == 0
        let memo = pageMemo.flatMap {
            isWalk && $0.filter == filter && $0.version == book.version ? $0.total : nil
        }
        let (ids, total) = book.contacts(
            matching: filter, isDescending: isDescending, limit: page.limit, offset: page.offset,
            knownTotal: memo)
        if isWalk, let last = ids.last {
            var next = filter
            next.idGreater = last
            pageMemo = PageMemo(filter: next, version: book.version, total: total - ids.count)
        }
        let contacts = ids.compactMap { id in book[id].map { json(id, $0, request) } }
        return SandboxAnswer(
            200,
            [
                "scoreValues": [], "contacts": .array(contacts),
                "meta": [
                    "total": .string(String(total)),
                    "page_input": [
                        "segmentid": nil, "formid": 0, "listid": .integer(filter.list ?? 0),
                        "tagid": .integer(filter.tag ?? 0), "limit": .integer(page.limit),
                        "offset": .integer(page.offset),
                        "search": filter.search.map(JSONValue.string) ?? nil, "sort": nil,
                        "seriesid": 0, "waitid": 0,
                        "status": .integer(filter.status.map { Int($0.rawValue) } ?? -1),
                        "forceQuery": 0, "cacheid": .string(Self.hash(of: request.path)),
                    ],
                ],
            ])
    }

    func answerContact(_ id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard let contact = book[id] else { return Self.noResult("Subscriber", id) }
        return SandboxAnswer(
            200,
            [
                "contactAutomations": [],
                "contactLists": .array(
                    book.memberships(of: id).map { json($0.id, $0.record, request) }),
                "deals": [],
                "fieldValues": .array(
                    book.values(of: id).map { json($0.id, $0.record, request) }),
                "geoIps": [], "accountContacts": [], "contact": json(id, contact, request),
            ])
    }

    func answerContactLists(of id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard book[id] != nil else { return Self.noResult("Subscriber", id) }
        return SandboxAnswer(
            200,
            [
                "contactLists": .array(
                    book.memberships(of: id).map { json($0.id, $0.record, request) })
            ])
    }

    func answerBounceLogs(of id: Int) -> SandboxAnswer {
        guard let contact = book[id] else { return Self.noResult("Subscriber", id) }
        guard contact.isBounced else { return SandboxAnswer(200, ["bounceLogs": []]) }
        return SandboxAnswer(
            200,
            [
                "bounceLogs": [
                    [
                        "subscriberid": .string(String(id)), "email": .string(contact.email),
                        "error": "5.1.1", "source": "sandbox", "id": "1",
                    ]
                ]
            ])
    }

    // MARK: Writing

    mutating func syncContact(
        _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        guard let text = json["contact"]?["email"]?.text, !text.isEmpty else {
            return SandboxAnswer(
                400,
                Self.errors(
                    title: "Bad Request", detail: "Contact email must be provided for sync",
                    status: 400))
        }
        let email = Address.normalized(text)
        if let refusal = refusal(of: email, json) { return refusal }
        let known = book.id(of: email)
        if known == nil, let refusal = refusalOverLimit() { return refusal }
        let id = known ?? book.create(email, at: now)
        write(json["contact"], to: id, at: now)
        return contactAnswer(
            known == nil ? 201 : Int(knobs.syncUpdate.rawValue) ?? 200, id, request)
    }

    mutating func createContact(
        _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        let email = Address.normalized(json["contact"]?["email"]?.text ?? "")
        if let refusal = refusal(of: email, json) { return refusal }
        guard book.id(of: email) == nil else { return Self.duplicateAddress }
        if let refusal = refusalOverLimit() { return refusal }
        let id = book.create(email, at: now)
        write(json["contact"], to: id, at: now)
        return contactAnswer(201, id, request)
    }

    mutating func updateContact(
        _ id: Int, _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        guard book[id] != nil else { return Self.noResult("Subscriber", id) }
        if let text = json["contact"]?["email"]?.text {
            let email = Address.normalized(text)
            if let refusal = refusal(of: email, json) { return refusal }
            if let other = book.id(of: email), other != id { return Self.duplicateAddress }
            book.rename(id, to: email)
        }
        write(json["contact"], to: id, at: now)
        return contactAnswer(200, id, request)
    }

    mutating func deleteContact(_ id: Int) -> SandboxAnswer {
        guard book[id] != nil else {
            return SandboxAnswer(
                404, ["message": .string("No result found for contact with id \(id)")])
        }
        book.delete(id)
        return SandboxAnswer(200, [:])
    }

    private static var duplicateAddress: SandboxAnswer {
        SandboxAnswer(
            422,
            errors(
                title: "Email address already exists in the system", code: "duplicate",
                pointer: "/data/attributes/email"))
    }

    private func refusal(of email: String, _ json: JSONValue) -> SandboxAnswer? {
        guard Address.isWellFormed(email) else {
            return SandboxAnswer(
                422,
                [
                    "errors": [
                        [
                            "title": "Contact Email Address is not valid.",
                            "code": "email_invalid", "error": "must_be_valid_email_address",
                            "source": ["pointer": "/data/attributes/email"],
                        ]
                    ]
                ])
        }
        guard knobs.inlineListsAndTags else { return nil }
        for list in json["contact"]?["lists"]?.elements ?? []
        where !catalog.hasList(list["list"]?.wholeNumber ?? 0) {
            return SandboxAnswer(
                422, Self.errors(title: "List not found", pointer: "/data/attributes/lists"))
        }
        return nil
    }

    private func refusalOverLimit() -> SandboxAnswer? {
        guard book.activeCount >= knobs.contactLimit else { return nil }
        return switch knobs.overLimit {
        case .accept: nil
        case .forbidden: SandboxAnswer(403, ["message": "Contact limit exceeded"])
        case .unprocessable:
            SandboxAnswer(422, Self.errors(title: "Contact limit exceeded", code: "limit"))
        }
    }

    /// Writes only the keys that were sent; ids of unknown fields are ignored.
    private mutating func write(_ json: JSONValue?, to id: Int, at now: Double) {
        book.update(
            id, firstName: json?["firstName"]?.text, lastName: json?["lastName"]?.text,
            phone: json?["phone"]?.text, organization: json?["orgname"]?.text, at: now)
        for value in json?["fieldValues"]?.elements ?? [] {
            guard let field = value["field"]?.wholeNumber, catalog.hasField(field) else {
                tally.note(.unknownField)
                continue
            }
            book.setValue(value["value"]?.text ?? "", of: id, field: field, at: now)
        }
        guard knobs.inlineListsAndTags else { return }
        for tag in (json?["tags"]?.elements ?? []).compactMap(\.text) where !tag.isEmpty {
            book.addTag(book.tagID(of: tag).id, to: id, at: now)
        }
        for list in (json?["lists"]?.elements ?? []).compactMap({ $0["list"]?.wholeNumber }) {
            noteOptOut(of: id, undoneOn: list)
            book.setStatus(.active, of: id, on: list, at: now)
        }
    }

    private func contactAnswer(
        _ status: Int, _ id: Int, _ request: SandboxRequest
    ) -> SandboxAnswer {
        guard let contact = book[id] else { return Self.noResult("Subscriber", id) }
        let values = book.values(of: id)
        var members = json(id, contact, request).members
        members.removeAll { $0.name == "scoreValues" }
        members.insert(.init(name: "email_empty", value: false), at: 2)
        members.insert(
            .init(name: "fieldValues", value: .array(values.map { .string(String($0.id)) })),
            at: members.count - 2)
        return SandboxAnswer(
            status,
            [
                "fieldValues": .array(values.map { json($0.id, $0.record, request) }),
                "contact": .object(members),
            ])
    }

    // MARK: Lists of a contact

    func json(_ id: Int, _ membership: MembershipRecord, _ request: SandboxRequest) -> JSONValue {
        let created = JSONValue.string(Timestamps.local(Double(membership.created)))
        let updated = JSONValue.string(Timestamps.local(Double(membership.updated)))
        return [
            "contact": .string(String(membership.contact)),
            "list": .string(String(membership.list)), "form": nil, "seriesid": "0",
            "sdate": created,
            "udate": membership.status == .unsubscribed ? updated : nil,
            "status": .string(String(membership.status.rawValue)), "responder": "1", "sync": "0",
            "unsubreason": membership.byPerson ? "I no longer want these messages" : "",
            "campaign": membership.byPerson ? "1" : nil,
            "message": membership.byPerson ? "1" : nil, "first_name": "", "last_name": "",
            "ip4Sub": "0", "sourceid": .string(String(membership.source)), "autosyncLog": nil,
            "ip4_last": "0", "ip4Unsub": membership.byPerson ? "2130706433" : "0",
            "created_timestamp": created, "updated_timestamp": updated,
            "unsubscribeAutomation": nil,
            "links": Self.links(
                ["automation", "list", "contact"], under: "contactLists/\(id)", request),
            "id": .string(String(id)), "automation": nil,
        ]
    }

    /// Subscribes and unsubscribes; puts back even a person who had left, with nothing to stop it.
    mutating func setContactList(
        _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        let contact = json["contactList"]?["contact"]?.wholeNumber ?? 0
        let list = json["contactList"]?["list"]?.wholeNumber ?? 0
        guard let record = book[contact] else { return Self.noResult("Subscriber", contact) }
        guard catalog.hasList(list) else {
            tally.note(.unknownList)
            return Self.noResult("_List", list)
        }
        guard let number = json["contactList"]?["status"]?.wholeNumber,
            let status = UInt8(exactly: number).flatMap(MembershipStatus.init(rawValue:))
        else {
            return SandboxAnswer(
                422, Self.errors(title: "The value you selected is not a valid choice."))
        }
        if status == .active { noteOptOut(of: contact, undoneOn: list) }
        let source = UInt8(clamping: json["contactList"]?["sourceid"]?.wholeNumber ?? 0)
        let id = book.setStatus(status, of: contact, on: list, source: source, at: now)
        guard let membership = book.membership(of: contact, on: list) else {
            return Self.noResult("Subscriber", contact)
        }
        // Contact, list and status come back in the type in which they were sent.
        let echoed = self.json(id, membership, request).members.map { member in
            switch member.name {
            case "contact", "list", "status", "sourceid":
                JSONValue.Member(
                    name: member.name, value: json["contactList"]?[member.name] ?? member.value)
            default: member
            }
        }
        return SandboxAnswer(
            200,
            [
                "contacts": [self.json(contact, record, request)], "contactList": .object(echoed),
            ])
    }

    private mutating func noteOptOut(of contact: Int, undoneOn list: Int) {
        if book.membership(of: contact, on: list)?.byPerson == true { tally.note(.optOutUndone) }
    }
}
