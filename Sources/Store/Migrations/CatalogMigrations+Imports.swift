extension CatalogMigrations {
    /// Files that bring customers: those declared once, and each import of any. `import` outlives the source
    /// it came from.
    static let addImportsAndSources = """
        CREATE TABLE source (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL UNIQUE,
          -- A name inside the watched folder.
          file TEXT NOT NULL UNIQUE,
          options TEXT NOT NULL,
          isActive INTEGER NOT NULL DEFAULT 1 CHECK (isActive IN (0, 1)),
          createdAt INTEGER NOT NULL,
          -- Of the content that was imported last; NULL lets the file be imported whatever it holds.
          lastFingerprint TEXT,
          lastImportedAt INTEGER,
          lastState TEXT CHECK (lastState IN ('imported', 'unchanged', 'postponed', 'failed')),
          lastDetail TEXT,
          lastCheckedAt INTEGER
        ) STRICT;

        CREATE TABLE import (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          source INTEGER REFERENCES source(id) ON DELETE SET NULL,
          fileName TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          -- A name inside the folder of uploads, as long as the file lies there.
          upload TEXT,
          -- The same for the rows that were set aside.
          badRows TEXT,
          options TEXT NOT NULL,
          actor TEXT NOT NULL,
          state TEXT NOT NULL
            CHECK (state IN ('draft', 'waiting', 'running', 'done', 'failed', 'cancelled')),
          summary TEXT,
          reason TEXT,
          detail TEXT,
          -- The first rows that could not be imported, without their values.
          problems TEXT NOT NULL DEFAULT '[]',
          createdAt INTEGER NOT NULL,
          startedAt INTEGER,
          endedAt INTEGER
        ) STRICT;

        CREATE INDEX importBySource ON import(source);
        CREATE INDEX importUnderWay ON import(state) WHERE state IN ('draft', 'waiting', 'running');
        """
}
