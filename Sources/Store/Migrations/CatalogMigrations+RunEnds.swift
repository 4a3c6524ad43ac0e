extension CatalogMigrations {
    /// What ended lately is asked for at each look at the front door.
    static let indexEnds = "CREATE INDEX runByEnd ON run(endedAt) WHERE endedAt IS NOT NULL"
}
