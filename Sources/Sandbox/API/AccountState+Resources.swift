/// The table of everything the account answers beside the importer.
extension AccountState {
    mutating func answerResource(_ request: SandboxRequest, at now: Double) -> SandboxAnswer {
        let json: JSONValue
        do {
            json = try request.json()
        } catch {
            return SandboxAnswer(400, Self.errors(title: "Bad Request", detail: "Malformed JSON"))
        }
        let id = request.ids.first ?? 0
        switch request.route {
        case "GET /": return SandboxAnswer(200, ["message": "Welcome to the sandbox"])
        case "GET /users/me": return answerMe(request)
        case "GET /settings/account": return answerAccount()
        case "GET /groupLimits": return answerGroupLimits(request)
        case "GET /groups": return answerGroups()

        case "GET /import/bulk_import": return answerImportSummary(at: now)
        case "GET /import/info": return answerImportInfo(request, at: now)

        case "GET /contacts": return answerContacts(request)
        case "POST /contacts": return createContact(json, request, at: now)
        case "POST /contact/sync": return syncContact(json, request, at: now)
        case "GET /contacts/{id}": return answerContact(id, request)
        case "PUT /contacts/{id}": return updateContact(id, json, request, at: now)
        case "DELETE /contacts/{id}": return deleteContact(id)
        case "GET /contacts/{id}/contactLists": return answerContactLists(of: id, request)
        case "GET /contacts/{id}/contactTags": return answerContactTags(of: id, request)
        case "GET /contacts/{id}/fieldValues": return answerFieldValues(of: id, request)
        case "GET /contacts/{id}/bounceLogs": return answerBounceLogs(of: id)
        case "POST /contactLists": return setContactList(json, request, at: now)

        case "GET /lists": return answerLists(request)
        case "POST /lists": return createList(json, request, at: now)
        case "GET /lists/exclusions": return answerExclusions(request)
        case "GET /lists/{id}": return answerList(id, request)
        case "DELETE /lists/{id}": return deleteList(id)
        case "POST /listGroups": return createListGroup(json)

        case "GET /fields": return answerFields(request)
        case "POST /fields": return createField(json, request, at: now)
        case "GET /fields/{id}": return answerField(id, request)
        case "GET /fields/{id}/options": return answerFieldOptions(id)
        case "PUT /fields/{id}": return updateField(id, json, request)
        case "DELETE /fields/{id}": return deleteField(id)
        case "POST /fieldOption/bulk": return createFieldOptions(json)
        case "POST /fieldRels": return createFieldRelation(json)
        case "POST /groupMembers": return createGroupMember(json)
        case "POST /fieldValues": return setFieldValue(json, request, at: now)
        case "PUT /fieldValues/{id}": return setFieldValue(json, request, at: now)
        case "GET /fieldValues/{id}": return answerFieldValue(id, request)

        case "GET /tags": return answerTags(request)
        case "POST /tags": return createTag(json, request)
        case "GET /tags/{id}": return answerTag(id, request)
        case "POST /contactTags": return addContactTag(json, request, at: now)
        case "DELETE /contactTags/{id}": return removeContactTag(id)

        case "GET /webhooks": return answerWebhooks()
        case "POST /webhooks": return createWebhook(json)
        default: return SandboxAnswer(404, Self.notFound)
        }
    }

    // MARK: Pieces that many answers share

    /// An error in the first of the account's shapes.
    static func errors(
        title: String, detail: String = "", code: String? = nil, status: Int? = nil,
        pointer: String? = nil
    ) -> JSONValue {
        var error: [JSONValue.Member] = []
        if let status { error.append(.init(name: "status", value: .integer(status))) }
        error.append(.init(name: "title", value: .string(title)))
        error.append(.init(name: "detail", value: .string(detail)))
        if let code { error.append(.init(name: "code", value: .string(code))) }
        if let pointer {
            error.append(.init(name: "source", value: ["pointer": .string(pointer)]))
        }
        return ["errors": [.object(error)]]
    }

    static func noResult(_ kind: String, _ id: Int) -> SandboxAnswer {
        SandboxAnswer(404, ["message": .string("No Result found for \(kind) with id \(id)")])
    }

    /// One absolute address per related resource, as the real answers have them.
    static func links(
        _ names: [String], under path: String, _ request: SandboxRequest
    ) -> JSONValue {
        .object(
            names.map {
                .init(name: $0, value: .string("\(request.base)/api/3/\(path)/\($0)"))
            })
    }

    /// Limit and offset of a page: 20 by default, never more than 100.
    static func page(
        of request: SandboxRequest, otherwise limit: Int = 20
    ) -> (limit: Int, offset: Int) {
        let wanted = request.number("limit") ?? limit
        return (min(100, max(1, wanted)), max(0, request.number("offset") ?? 0))
    }

    /// The slice of `rows` that the request asks for, under `name`, with the total.
    static func paged<Row>(
        _ rows: [Row], as name: String, _ request: SandboxRequest, otherwise limit: Int = 20,
        before: [JSONValue.Member] = [], _ row: (Row) -> JSONValue
    ) -> SandboxAnswer {
        let page = page(of: request, otherwise: limit)
        let slice = rows.dropFirst(page.offset).prefix(page.limit)
        return SandboxAnswer(
            200,
            .object(
                before + [
                    .init(name: name, value: .array(slice.map(row))),
                    .init(name: "meta", value: ["total": .string(String(rows.count))]),
                ]))
    }
}
