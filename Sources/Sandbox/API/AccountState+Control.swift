/// The sandbox's own endpoints: look inside, turn knobs, seed what only a real account would have.
extension AccountState {
    /// Nil when the path is none of the sandbox's.
    mutating func answerControl(_ request: SandboxRequest, at now: Double) -> SandboxAnswer? {
        guard request.path.hasPrefix("/sandbox/") else { return nil }
        let json: JSONValue
        do {
            json = try request.json()
        } catch {
            return Self.refusedControl("the body is expected to be JSON")
        }
        switch request.route {
        case "GET /sandbox/state": return SandboxAnswer(200, stateJSON(at: now))
        case "GET /sandbox/knobs": return SandboxAnswer(200, knobs.json)
        case "PUT /sandbox/knobs", "POST /sandbox/knobs": return setKnobs(json)
        case "GET /sandbox/requests": return answerRequests(after: request.number("after") ?? 0)
        case "POST /sandbox/reset":
            reset(at: now)
            return SandboxAnswer(200, [:])
        case "POST /sandbox/lists": return seedLists(json, at: now)
        case "POST /sandbox/fields": return seedFields(json, at: now)
        case "POST /sandbox/exclusions": return seedExclusions(json)
        case "POST /sandbox/bounces": return seedBounces(json, at: now)
        case "POST /sandbox/unsubscribes": return seedUnsubscribes(json, at: now)
        default: return nil
        }
    }

    private static func refusedControl(_ sentence: String) -> SandboxAnswer {
        SandboxAnswer(400, ["message": .string(sentence)])
    }

    /// Everything is as in a new sandbox, except that the knobs stay as they are set.
    mutating func reset(at now: Double) {
        self = AccountState(knobs: knobs, apiKey: apiKey, at: now)
    }

    private mutating func setKnobs(_ json: JSONValue) -> SandboxAnswer {
        do {
            setKnobs(try knobs.setting(json))
            return SandboxAnswer(200, knobs.json)
        } catch {
            return Self.refusedControl(error.description)
        }
    }

    /// Takes over new knobs; another seed starts the random numbers anew.
    mutating func setKnobs(_ changed: Knobs) {
        if changed.seed != knobs.seed { random = RandomSource(seed: changed.seed) }
        knobs = changed
    }

    func stateJSON(at now: Double) -> JSONValue {
        let lists: [JSONValue] = catalog.lists.map { list in
            [
                "id": .integer(list.id), "name": .string(list.name),
                "active": .integer(book.count(of: .active, on: list.id)),
                "unsubscribed": .integer(book.count(of: .unsubscribed, on: list.id)),
                "unconfirmed": .integer(book.count(of: .unconfirmed, on: list.id)),
                "bounced": .integer(book.count(of: .bounced, on: list.id)),
            ]
        }
        var ended: [ImportBatch.State: Int] = [:]
        for batch in imports.batches { ended[batch.state, default: 0] += 1 }
        let sorted = tally.byRoute.sorted { $0.key < $1.key }
        return [
            "now": .number(now), "contacts": .integer(book.contactCount),
            "activeContacts": .integer(book.activeCount),
            "contactLimit": .integer(knobs.contactLimit), "lists": .array(lists),
            "fields": .integer(catalog.fields.count), "tags": .integer(book.tagNames.count),
            "exclusions": .integer(exclusions.entries.count), "bounces": .integer(bounces.count),
            "imports": [
                "submitted": .integer(tally.importsSubmitted),
                "contacts": .integer(tally.contactsSubmitted),
                "rejected": .integer(tally.importsRejected),
                "outstanding": .integer(imports.outstandingCount),
                "completed": .integer(ended[.completed] ?? 0),
                "failed": .integer(ended[.failed] ?? 0),
                "interrupted": .integer(ended[.interrupted] ?? 0),
            ],
            "requests": [
                "total": .integer(tally.requestCount),
                "byKind": .object(sorted.map { .init(name: $0.key, value: .integer($0.value)) }),
                "byStatus": .object(
                    tally.byStatus.sorted { $0.key < $1.key }
                        .map { .init(name: String($0.key), value: .integer($0.value)) }),
                "cut": .integer(tally.cutCount),
            ],
            "answered429": .integer(tally.byStatus[429] ?? 0),
            "limits": [
                "requestsRemaining": .integer(gate.remaining(at: now, knobs: knobs)),
                "importsInLastMinute": .integer(gate.importsInLastMinute(at: now)),
                "singleImportsInLastMinute": .integer(gate.singleImportsInLastMinute(at: now)),
            ],
            "violations": .object(
                Violation.allCases.compactMap { violation in
                    tally.violations[violation].map {
                        .init(name: violation.rawValue, value: .integer($0))
                    }
                }),
        ]
    }

    private func answerRequests(after number: Int) -> SandboxAnswer {
        let lines = tally.lines.filter { $0.number > number }
        return SandboxAnswer(
            200,
            [
                "requests": .array(
                    lines.map {
                        [
                            "number": .integer($0.number), "method": .string($0.method),
                            "path": .string($0.path), "status": .integer($0.status),
                            "ms": .number($0.milliseconds),
                        ]
                    }),
                "last": .integer(tally.requestCount),
            ])
    }

    // MARK: Seeding

    /// The objects under `plural`, or the body itself as the only one.
    private static func entries(_ plural: String, _ json: JSONValue) -> [JSONValue] {
        if case .array(let entries) = json { return entries }
        return json[plural]?.elements ?? [json]
    }

    private mutating func seedLists(_ json: JSONValue, at now: Double) -> SandboxAnswer {
        var ids: [JSONValue] = []
        for entry in Self.entries("lists", json) {
            guard let name = entry["name"]?.text ?? entry.text, !name.isEmpty else {
                return Self.refusedControl("each list is expected to have a 'name'")
            }
            let list = catalog.addList(name, id: entry["id"]?.wholeNumber, at: now)
            ids.append(.integer(list.id))
        }
        return SandboxAnswer(201, ["ids": .array(ids)])
    }

    private mutating func seedFields(_ json: JSONValue, at now: Double) -> SandboxAnswer {
        var ids: [JSONValue] = []
        for entry in Self.entries("fields", json) {
            guard let title = entry["title"]?.text, !title.isEmpty else {
                return Self.refusedControl("each field is expected to have a 'title'")
            }
            let field = catalog.addField(
                title, type: entry["type"]?.text ?? "text", id: entry["id"]?.wholeNumber, at: now)
            catalog.addOptions((entry["options"]?.elements ?? []).compactMap(\.text), to: field.id)
            ids.append(.integer(field.id))
        }
        return SandboxAnswer(201, ["ids": .array(ids)])
    }

    private mutating func seedExclusions(_ json: JSONValue) -> SandboxAnswer {
        for entry in Self.entries("exclusions", json) {
            guard let phrase = entry["matchPhrase"]?.text ?? entry.text, !phrase.isEmpty,
                let match = Exclusion.Match(rawValue: entry["matchType"]?.text ?? "exact")
            else {
                return Self.refusedControl(
                    "each exclusion is expected to have a 'matchPhrase' and, if not exact, "
                        + "the 'matchType' begin or end")
            }
            exclusions.add(Exclusion(phrase: Address.normalized(phrase), match: match))
        }
        return SandboxAnswer(201, ["exclusions": .integer(exclusions.entries.count)])
    }

    private mutating func seedBounces(_ json: JSONValue, at now: Double) -> SandboxAnswer {
        let emails = (json["emails"]?.elements ?? [json["email"] ?? .null]).compactMap(\.text)
        guard !emails.isEmpty else {
            return Self.refusedControl("the body is expected to have 'emails', a list of addresses")
        }
        for email in emails.map(Address.normalized) {
            bounces.insert(email)
            if let id = book.id(of: email) { book.bounce(id, at: now) }
        }
        return SandboxAnswer(201, ["bounces": .integer(bounces.count)])
    }

    /// The persons leave the list by their own hand; those who are not contacts become contacts.
    private mutating func seedUnsubscribes(_ json: JSONValue, at now: Double) -> SandboxAnswer {
        let emails = (json["emails"]?.elements ?? [json["email"] ?? .null]).compactMap(\.text)
        guard let list = json["list"]?.wholeNumber, catalog.hasList(list), !emails.isEmpty else {
            return Self.refusedControl(
                "the body is expected to have 'list', the id of a list, and 'emails'")
        }
        for email in emails.map(Address.normalized) {
            let id = book.id(of: email) ?? book.create(email, at: now)
            book.setStatus(.unsubscribed, of: id, on: list, byPerson: true, at: now)
        }
        return SandboxAnswer(
            201, ["unsubscribed": .integer(book.count(of: .unsubscribed, on: list))])
    }
}
