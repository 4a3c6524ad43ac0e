extension CatalogMigrations {
    /// Whether scheduled refreshes run an export. Those that are stored already take part in them.
    static let scheduleExports = """
        ALTER TABLE export ADD COLUMN schedule TEXT NOT NULL DEFAULT 'refresh'
          CHECK (schedule IN ('refresh', 'manual'));
        """
}
