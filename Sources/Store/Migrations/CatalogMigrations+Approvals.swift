extension CatalogMigrations {
    /// How many leavers a person agreed to when they approved a held run; NULL when nobody was asked.
    static let approveRuns = "ALTER TABLE run ADD COLUMN approvedLeavers INTEGER;"
}
