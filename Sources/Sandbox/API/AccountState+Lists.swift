/// Lists of the account.
extension AccountState {
    func json(_ list: ListRecord, _ request: SandboxRequest) -> JSONValue {
        [
            "stringid": .string(list.stringID), "userid": "1", "name": .string(list.name),
            "cdate": .string(Timestamps.local(Double(list.created))), "private": "0",
            "send_last_broadcast": "0", "to_name": "Subscriber", "optinoptout": "1",
            "sender_url": .string(list.senderURL),
            "sender_reminder": .string(list.senderReminder), "optinmessageid": "0",
            "optoutconf": "0", "deletestamp": nil, "udate": nil,
            "links": Self.links(
                ["contactGoalLists", "user", "addressLists"], under: "lists/\(list.id)", request),
            "id": .string(String(list.id)), "user": "1",
        ]
    }

    func answerLists(_ request: SandboxRequest) -> SandboxAnswer {
        var lists = catalog.lists
        if let name = request.parameter("filters[name]") {
            lists = lists.filter { $0.name.lowercased().contains(name.lowercased()) }
        }
        if let name = request.parameter("filters[name][eq]") {
            lists = lists.filter { $0.name == name }
        }
        switch request.parameter("orders[name]")?.uppercased() {
        case "ASC": lists.sort { $0.name < $1.name }
        case "DESC": lists.sort { $0.name > $1.name }
        default: break
        }
        return Self.paged(lists, as: "lists", request) { json($0, request) }
    }

    func answerList(_ id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard let list = catalog.list(id) else { return Self.noResult("_List", id) }
        return SandboxAnswer(200, ["list": json(list, request)])
    }

    mutating func createList(
        _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        for name in ["name", "stringid", "sender_url", "sender_reminder"] {
            guard json["list"]?[name]?.text?.isEmpty == false else {
                return SandboxAnswer(
                    422,
                    Self.errors(
                        title: "The \(name) was not provided.", code: "field_missing",
                        pointer: "/data/attributes/\(name)"))
            }
        }
        let created = catalog.addList(
            json["list"]?["name"]?.text ?? "", stringID: json["list"]?["stringid"]?.text, at: now)
        catalog.changeList(created.id) {
            $0.senderURL = json["list"]?["sender_url"]?.text ?? ""
            $0.senderReminder = json["list"]?["sender_reminder"]?.text ?? ""
        }
        guard let list = catalog.list(created.id) else { return Self.noResult("_List", created.id) }
        return SandboxAnswer(200, ["list": self.json(list, request)])
    }

    mutating func deleteList(_ id: Int) -> SandboxAnswer {
        catalog.removeList(id) ? SandboxAnswer(200, [:]) : Self.noResult("_List", id)
    }

    /// Every list is visible to the sandbox's one group; the relation is only echoed.
    func createListGroup(_ json: JSONValue) -> SandboxAnswer {
        let list = json["listGroup"]?["listid"]?.wholeNumber ?? 0
        guard catalog.hasList(list) else { return Self.noResult("_List", list) }
        return SandboxAnswer(
            201,
            [
                "listGroup": [
                    "listid": json["listGroup"]?["listid"] ?? nil,
                    "groupid": json["listGroup"]?["groupid"] ?? nil, "id": .string(String(list)),
                ]
            ])
    }
}
