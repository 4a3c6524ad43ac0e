import Foundation
import Phrases

/// The pages about contacts.
extension SandboxPages {
    func contacts(_ call: SandboxRequest, _ book: PhraseBook) -> SandboxAnswer {
        let search = call.parameter("search") ?? ""
        let list = call.number("list")
        let before = call.number("before")
        var filter = ContactFilter()
        filter.search = search.isEmpty ? nil : search.lowercased()
        filter.list = list
        let model = account.read { state in
            let total = state.book.contacts(matching: filter, limit: 1).total
            filter.idGreater = before == nil ? call.number("after") : nil
            filter.idLess = before
            // One more than the page holds tells whether another page follows.
            var ids = state.book.contacts(
                matching: filter, isDescending: before != nil, limit: Self.contactsMax + 1,
                knownTotal: total
            ).ids
            let hasMore = ids.count > Self.contactsMax
            if hasMore { ids.removeLast() }
            if before != nil { ids.reverse() }
            let hasPrevious = before == nil ? (filter.idGreater ?? 0) > 0 : hasMore
            let hasNext = before == nil ? hasMore : true
            let frame = PageFrame(book, path: "/contacts")
            func address(_ name: String, _ id: Int?) -> String? {
                id.map { Self.address(list: list, search: search, frame.lang, name, $0) }
            }
            return ContactsModel(
                t: frame.t, lang: frame.lang, dir: frame.dir, languages: frame.languages,
                listName: list.flatMap { state.catalog.list($0)?.name },
                list: list.map(String.init),
                search: search, count: book.text(.sandboxContactCount, count: total),
                contacts: ids.compactMap { id in
                    state.book[id].map { contact in
                        .init(
                            id: id, href: "/contacts/\(id)?lang=\(frame.lang)",
                            email: contact.email, name: Self.name(of: contact),
                            phone: contact.phone, updated: book.date(contact.updated))
                    }
                },
                hasContacts: !ids.isEmpty,
                emptyText: book.text(
                    search.isEmpty && list == nil ? .sandboxNoContacts : .sandboxNoneFound),
                previous: hasPrevious ? address("before", ids.first) : nil,
                next: hasNext ? address("after", ids.last) : nil)
        }
        return Self.page("contacts", model)
    }

    private static func address(
        list: Int?, search: String, _ lang: String, _ name: String, _ id: Int
    ) -> String {
        var components = URLComponents()
        components.path = "/contacts"
        components.queryItems = [.init(name: "lang", value: lang)]
        if let list { components.queryItems?.append(.init(name: "list", value: String(list))) }
        if !search.isEmpty { components.queryItems?.append(.init(name: "search", value: search)) }
        components.queryItems?.append(.init(name: name, value: String(id)))
        // URLComponents leaves a plus sign as it is, which a query reads as a space.
        return components.string?.replacing("+", with: "%2B") ?? "/contacts"
    }

    private static func name(of contact: ContactRecord) -> String {
        [contact.firstName, contact.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    }

    func contact(_ id: Int, _ book: PhraseBook) -> ContactModel? {
        account.read { state in
            guard let contact = state.book[id] else { return nil }
            let frame = PageFrame(book, path: "/contacts/\(id)")
            let lists = state.book.memberships(of: id).map(\.record).map { membership in
                ContactModel.Membership(
                    name: state.catalog.list(Int(membership.list))?.name ?? "\(membership.list)",
                    status: Self.status(membership.status, book),
                    note: membership.byPerson ? book.text(.sandboxByPerson) : nil,
                    updated: book.date(membership.updated))
            }
            let fields = state.book.values(of: id).map(\.record).map { value in
                ContactModel.Value(
                    name: state.catalog.field(Int(value.field))?.title ?? "\(value.field)",
                    value: value.value, updated: book.date(value.updated))
            }
            let tags = state.book.tagLinks(of: id).map {
                state.book.tagNames[Int($0.record.tag) - 1]
            }
            return ContactModel(
                t: frame.t, lang: frame.lang, dir: frame.dir, languages: frame.languages, id: id,
                email: contact.email, name: Self.name(of: contact), phone: contact.phone,
                created: book.date(contact.created), updated: book.date(contact.updated),
                lists: lists, hasLists: !lists.isEmpty, fields: fields,
                hasFields: !fields.isEmpty, tags: tags, hasTags: !tags.isEmpty)
        }
    }

    private static func status(_ status: MembershipStatus, _ book: PhraseBook) -> String {
        switch status {
        case .unconfirmed: book.text(.sandboxMembershipUnconfirmed)
        case .active: book.text(.sandboxMembershipActive)
        case .unsubscribed: book.text(.sandboxMembershipUnsubscribed)
        case .bounced: book.text(.sandboxMembershipBounced)
        }
    }
}
