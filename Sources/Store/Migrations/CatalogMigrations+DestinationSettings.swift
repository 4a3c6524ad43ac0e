extension CatalogMigrations {
    /// Settings and quotas by the names that a kind of destination gives them. What was a column for each of the
    /// first destination's quotas is carried over.
    static let addDestinationSettings = """
        -- A JSON object of texts: settings besides the host, and no secrets.
        ALTER TABLE connection ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

        CREATE TABLE connectionQuota (
          connection INTEGER NOT NULL REFERENCES connection(id) ON DELETE CASCADE,
          quota TEXT NOT NULL,
          -- NULL lifts it.
          allowed INTEGER CHECK (allowed > 0),
          PRIMARY KEY (connection, quota)
        ) STRICT, WITHOUT ROWID;

        INSERT INTO connectionQuota (connection, quota, allowed)
          SELECT id, 'requests', requestsPerSecond FROM connection
          UNION ALL SELECT id, 'imports', importsPerMinute FROM connection
          UNION ALL SELECT id, 'single-imports', singleImportsPerMinute FROM connection;

        ALTER TABLE connection DROP COLUMN requestsPerSecond;
        ALTER TABLE connection DROP COLUMN importsPerMinute;
        ALTER TABLE connection DROP COLUMN singleImportsPerMinute;
        """
}
