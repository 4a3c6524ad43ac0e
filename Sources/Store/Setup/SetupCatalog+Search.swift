package import Access
import GRDB

extension SetupCatalog {
    /// Writes down that somebody chose what customers are searched by: the names of the attributes that
    /// came or went. Throws trouble of the catalog.
    package func recordSearchChoice(changed attributes: [String], by actor: Actor) throws {
        try database.write { db in
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "search-index", thing: "customers",
                    changes: attributes), in: db)
        }
    }
}
