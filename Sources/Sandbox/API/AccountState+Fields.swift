/// Custom fields and their values.
extension AccountState {
    private static let fieldTypes: Set<String> = [
        "text", "textarea", "date", "datetime", "dropdown", "listbox", "radio", "checkbox",
        "hidden", "number",
    ]

    func json(_ field: FieldRecord, _ request: SandboxRequest) -> JSONValue {
        let date = JSONValue.string(Timestamps.local(Double(field.created)))
        return [
            "title": .string(field.title), "descript": "", "type": .string(field.type),
            "isrequired": "0", "perstag": .string(field.tag), "defval": nil, "visible": "1",
            "service": "", "ordernum": .string(String(field.id)), "cdate": date, "udate": date,
            "options": .array(field.options.map { .string(String($0.id)) }),
            "relations": .array(field.lists.map { .string(String($0.id)) }),
            "links": Self.links(["options", "relations"], under: "fields/\(field.id)", request),
            "id": .string(String(field.id)),
        ]
    }

    private func options(of field: FieldRecord) -> [JSONValue] {
        field.options.enumerated().map { index, option in
            [
                "field": .string(String(field.id)), "orderid": .string(String(index + 1)),
                "value": .string(option.value), "label": .string(option.value),
                "isdefault": "0", "id": .string(String(option.id)),
            ]
        }
    }

    private func relations(of field: FieldRecord) -> [JSONValue] {
        field.lists.map {
            [
                "field": .string(String(field.id)), "relid": .string(String($0.list)),
                "dorder": "0", "id": .string(String($0.id)),
            ]
        }
    }

    func answerFields(_ request: SandboxRequest) -> SandboxAnswer {
        var fields = catalog.fields
        if let tag = request.parameter("filters[perstag]") {
            fields = fields.filter { $0.tag == tag.uppercased() }
        }
        return Self.paged(
            fields, as: "fields", request, otherwise: 100,
            before: [
                .init(name: "fieldOptions", value: .array(fields.flatMap(options(of:)))),
                .init(name: "fieldRels", value: .array(fields.flatMap(relations(of:)))),
            ]
        ) { json($0, request) }
    }

    func answerField(_ id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard let field = catalog.field(id) else { return Self.noResult("Field", id) }
        return SandboxAnswer(
            200,
            [
                "fieldOptions": .array(options(of: field)),
                "fieldRels": .array(relations(of: field)), "field": json(field, request),
            ])
    }

    func answerFieldOptions(_ id: Int) -> SandboxAnswer {
        guard let field = catalog.field(id) else { return Self.noResult("Field", id) }
        return SandboxAnswer(200, ["fieldOptions": .array(options(of: field))])
    }

    mutating func createField(
        _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        let title = json["field"]?["title"]?.text ?? ""
        let type = json["field"]?["type"]?.text ?? ""
        guard !title.isEmpty, Self.fieldTypes.contains(type) else {
            return SandboxAnswer(
                422,
                Self.errors(
                    title: title.isEmpty
                        ? "The field title was not provided."
                        : "The field type is not a valid choice.",
                    pointer: "/data/attributes/\(title.isEmpty ? "title" : "type")"))
        }
        guard !catalog.fields.contains(where: { $0.title.lowercased() == title.lowercased() })
        else {
            return SandboxAnswer(
                422,
                Self.errors(
                    title: "There is already a field with this title",
                    detail: "Choose another title.", code: "duplicate"))
        }
        let field = catalog.addField(title, type: type, at: now)
        if let tag = json["field"]?["perstag"]?.text, !tag.isEmpty {
            catalog.changeField(field.id) { $0.tag = tag.uppercased() }
        }
        return fieldAnswer(201, field.id, request)
    }

    mutating func updateField(
        _ id: Int, _ json: JSONValue, _ request: SandboxRequest
    ) -> SandboxAnswer {
        catalog.changeField(id) {
            if let title = json["field"]?["title"]?.text { $0.title = title }
            if let type = json["field"]?["type"]?.text, Self.fieldTypes.contains(type) {
                $0.type = type
            }
        }
        return fieldAnswer(200, id, request)
    }

    private func fieldAnswer(
        _ status: Int, _ id: Int, _ request: SandboxRequest
    ) -> SandboxAnswer {
        guard let field = catalog.field(id) else { return Self.noResult("Field", id) }
        return SandboxAnswer(status, ["field": json(field, request)])
    }

    mutating func deleteField(_ id: Int) -> SandboxAnswer {
        catalog.removeField(id) ? SandboxAnswer(200, [:]) : Self.noResult("Field", id)
    }

    mutating func createFieldOptions(_ json: JSONValue) -> SandboxAnswer {
        let options = json["fieldOptions"]?.elements ?? []
        guard !options.isEmpty,
            options.allSatisfy({ catalog.hasField($0["field"]?.wholeNumber ?? 0) })
        else { return SandboxAnswer(422, ["errors": "The field options are not valid."]) }
        for option in options {
            catalog.addOptions(
                [option["value"]?.text ?? option["label"]?.text ?? ""],
                to: option["field"]?.wholeNumber ?? 0)
        }
        let touched = Set(options.compactMap { $0["field"]?.wholeNumber })
        return SandboxAnswer(
            201,
            [
                "fieldOptions": .array(
                    catalog.fields.filter { touched.contains($0.id) }.flatMap(self.options(of:)))
            ])
    }

    mutating func createFieldRelation(_ json: JSONValue) -> SandboxAnswer {
        let field = json["fieldRel"]?["field"]?.wholeNumber ?? 0
        guard catalog.hasField(field) else { return Self.noResult("Field", field) }
        let list = json["fieldRel"]?["relid"]?.wholeNumber ?? 0
        let id = catalog.addRelation(of: field, to: list)
        return SandboxAnswer(
            201,
            [
                "fieldRel": [
                    "field": json["fieldRel"]?["field"] ?? nil,
                    "relid": json["fieldRel"]?["relid"] ?? 0, "dorder": 0,
                    "id": .string(String(id)),
                ]
            ])
    }

    /// The sandbox's one group sees every field; the relation is only echoed.
    func createGroupMember(_ json: JSONValue) -> SandboxAnswer {
        guard case .object(var members) = json["groupMember"] ?? nil else {
            return SandboxAnswer(422, Self.errors(title: "Missing attribute"))
        }
        members.append(.init(name: "id", value: "1"))
        return SandboxAnswer(201, ["groupMember": .object(members)])
    }

    // MARK: Values

    func json(_ id: Int, _ value: ValueRecord, _ request: SandboxRequest) -> JSONValue {
        let date = JSONValue.string(Timestamps.local(Double(value.updated)))
        let owner = JSONValue.string(String(value.contact))
        return [
            "contact": owner, "field": .string(String(value.field)),
            "value": .string(value.value), "cdate": date, "udate": date, "created_by": nil,
            "updated_by": nil,
            "links": Self.links(["owner", "field"], under: "fieldValues/\(id)", request),
            "id": .string(String(id)), "owner": owner,
        ]
    }

    func answerFieldValues(of id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard book[id] != nil else { return Self.noResult("Subscriber", id) }
        return SandboxAnswer(
            200,
            ["fieldValues": .array(book.values(of: id).map { json($0.id, $0.record, request) })])
    }

    func answerFieldValue(_ id: Int, _ request: SandboxRequest) -> SandboxAnswer {
        guard let value = book.value(id) else { return Self.noResult("FieldValue", id) }
        return SandboxAnswer(200, ["fieldValue": json(id, value, request)])
    }

    mutating func setFieldValue(
        _ json: JSONValue, _ request: SandboxRequest, at now: Double
    ) -> SandboxAnswer {
        guard let field = json["fieldValue"]?["field"]?.wholeNumber, catalog.hasField(field) else {
            return SandboxAnswer(422, Self.errors(title: "Field id not valid"))
        }
        let contact = json["fieldValue"]?["contact"]?.wholeNumber ?? 0
        guard let known = book[contact] else { return Self.noResult("Subscriber", contact) }
        let id = book.setValue(
            json["fieldValue"]?["value"]?.text ?? "", of: contact, field: field, at: now)
        guard let value = book.value(id) else { return Self.noResult("FieldValue", id) }
        return SandboxAnswer(
            200,
            [
                "contacts": [self.json(contact, known, request)],
                "fieldValue": self.json(id, value, request),
            ])
    }
}
