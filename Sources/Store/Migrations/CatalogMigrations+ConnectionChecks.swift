extension CatalogMigrations {
    /// What the last check of a connection found wrong; NULL when it found nothing.
    static let addConnectionChecks = """
        ALTER TABLE connection ADD COLUMN checkCode TEXT;
        """
}
