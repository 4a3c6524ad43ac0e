/// Tags and their place on contacts.
extension AccountState {
    private func tagJSON(
        _ id: Int, _ request: SandboxRequest, counting: Bool = false
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "tag", value: .string(book.tagNames[id - 1])),
            .init(name: "tagType", value: "contact"), .init(name: "description", value: ""),
            .init(name: "cdate", value: .string(Timestamps.local(started))),
            .init(
                name: "links",
                value: Self.links(["contactGoalTags"], under: "tags/\(id)", request)),
            .init(name: "id", value: .string(String(id))),
        ]
        if counting {
            members.append(
                .init(
                    name: "subscriber_count",
                    value: .string(String(book.subscriberCount(ofTag: id)))))
        }
        return .object(members)
    }

    func answerTags(_ request: SandboxRequest) -> SandboxAnswer {
        var ids = Array(1..<(book.tagNames.count + 1))
        if let text = request.parameter("search") {
            ids = ids.filter { book.tagNames[$0 - 1].lowercased().contains(text.lowercased()) }
        }
        if let text = request.parameter("filters[search][eq]") {
            ids = ids.filter { book.tagNames[$0 - 1] == text }
        }
        return Self.paged(ids, as: "tags", request) { tagJSON($0, request) }
    }

    func answerTag(_ id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard id > 0, id <= book.tagNames.count else { return Self.noResult("Tag", id) }
        return SandboxAnswer(200, ["tag": tagJSON(id, request, counting: true)])
    }

    mutating func createTag(_ json: JSONValue, _ request: SandboxRequest) -> SandboxAnswer {
        guard let name = json["tag"]?["tag"]?.text, !name.isEmpty,
            json["tag"]?["tagType"]?.text == "contact"
        else {
            return SandboxAnswer(
                422, Self.errors(title: "Missing attribute", pointer: "/data/attributes/tag"))
        }
        let tag = book.tagID(of: name)
        if !tag.isNew, knobs.knownTag == .unprocessable {
            return SandboxAnswer(
                422, Self.errors(title: "Tag name already exists", code: "duplicate"))
        }
        return SandboxAnswer(tag.isNew ? 201 : 200, ["tag": tagJSON(tag.id, request)])
    }

    private func linkJSON(_ id: Int, _ link: TagRecord, _ request: SandboxRequest) -> JSONValue {
        let date = JSONValue.string(Timestamps.local(Double(link.created)))
        return [
            "contact": .string(String(link.contact)), "tag": .string(String(link.tag)),
            "cdate": date, "created_timestamp": date, "updated_timestamp": date,
            "links": Self.links(["tag", "contact"], under: "contactTags/\(id)", request),
            "id": .string(String(id)),
        ]
    }

    func answerContactTags(of id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard book[id] != nil else { return Self.noResult("Subscriber", id) }
        return SandboxAnswer(
            200,
            [
                "contactTags": .array(
                    book.tagLinks(of: id).map { linkJSON($0.id, $0.record, request) })
            ])
    }

    mutating func addContactTag(
        _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        guard let contact = json["contactTag"]?["contact"] else {
            return SandboxAnswer(
                422,
                Self.errors(
                    title: "Missing attribute", status: 422, pointer: "/data/attributes/contact"))
        }
        let id = contact.wholeNumber ?? 0
        guard book[id] != nil else {
            return SandboxAnswer(
                404, Self.errors(title: "Not Found", detail: "Contact not found", status: 404))
        }
        guard let tag = json["contactTag"]?["tag"]?.wholeNumber, tag > 0,
            tag <= book.tagNames.count
        else { return SandboxAnswer(422, Self.errors(title: "No tag id provided")) }
        let link = book.addTag(tag, to: id, at: now)
        return SandboxAnswer(
            201, ["contactTag": linkJSON(link, book.tagLinks[link - 1], request)])
    }

    mutating func removeContactTag(_ id: Int) -> SandboxAnswer {
        book.removeTagLink(id) ? SandboxAnswer(200, [:]) : Self.noResult("SubscriberTag", id)
    }
}
