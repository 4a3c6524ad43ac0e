package import Access
package import Store

/// The audit, newest first, a page at a time.
package struct ListAudit: RemoteAct {
    package static let needs = Permission.readAudit
    package let filter: AuditFilter
    package let page: PageRequest

    package init(_ filter: AuditFilter = AuditFilter(), page: PageRequest = PageRequest()) {
        self.filter = filter
        self.page = page
    }

    package func perform(by asker: Asker, in acts: ActContext) throws -> Page<AuditAnswer> {
        let found = try acts.catalog.history.auditEntries(
            filter, before: page.afterID(), limit: page.limit + 1)
        return page.page(found, cursor: { Cursor(.audit, after: $0.id) }, AuditAnswer.init)
    }

    package func call(_ things: any ThingFinder) -> APICall {
        let query: [String: String?] = [
            "actor": filter.actor, "verb": filter.verb, "noun": filter.noun,
            "thing": filter.thing, "from": filter.from.map { Moment($0).text },
            "to": filter.to.map { Moment($0).text },
        ]
        return APICall(
            "GET", "/api/v1/audit", query: page.query.merging(query) { _, filter in filter })
    }
}

/// The words that stand in the audit, for those who look for some of its rows.
package struct ShowAuditWords: Act {
    package static let needs = Permission.readAudit

    package init() {}

    package func perform(by asker: Asker, in acts: ActContext) throws -> AuditWordsAnswer {
        let words = try acts.catalog.history.auditWords()
        return AuditWordsAnswer(actors: words.actors, verbs: words.verbs, nouns: words.nouns)
    }
}

/// A row of the audit: who did what to which thing, and when.
package struct AuditAnswer: Codable, Equatable, Sendable {
    package let id: AuditEntry.ID
    package let at: Moment
    package let actor: String
    package let verb: String
    package let noun: String
    package let thing: String
    /// Names of the fields that changed.
    package let changes: [String]

    package init(_ entry: AuditEntry) {
        id = entry.id
        at = Moment(entry.at)
        actor = entry.actor
        verb = entry.verb
        noun = entry.noun
        thing = entry.thing
        changes = entry.changes
    }
}

/// Who, what and which kinds of things stand in the audit.
package struct AuditWordsAnswer: Codable, Equatable, Sendable {
    package let actors: [String]
    package let verbs: [String]
    package let nouns: [String]
}
