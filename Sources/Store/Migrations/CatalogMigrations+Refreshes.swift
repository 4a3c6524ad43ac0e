extension CatalogMigrations {
    /// What refreshes did. They outlive the sources, segments, exports and runs they tell of, hence no foreign
    /// key there.
    static let addRefreshes = """
        CREATE TABLE refresh (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          trigger TEXT NOT NULL,
          actor TEXT NOT NULL,
          -- When the schedule wanted it; NULL when it was asked for.
          dueAt INTEGER,
          missed INTEGER NOT NULL DEFAULT 0 CHECK (missed >= 0),
          state TEXT NOT NULL,
          reason TEXT,
          createdAt INTEGER NOT NULL,
          endedAt INTEGER
        ) STRICT;
        -- Refreshes never overlap.
        CREATE UNIQUE INDEX refreshOpen ON refresh(ifnull(endedAt, 0)) WHERE endedAt IS NULL;

        CREATE TABLE refreshTask (
          refresh INTEGER NOT NULL REFERENCES refresh(id) ON DELETE CASCADE,
          position INTEGER NOT NULL CHECK (position >= 0),
          stage TEXT NOT NULL CHECK (stage IN ('source', 'segment', 'export')),
          thing INTEGER NOT NULL,
          name TEXT NOT NULL,
          -- Positions of earlier tasks, as JSON.
          dependsOn TEXT NOT NULL,
          state TEXT NOT NULL,
          reason TEXT,
          detail TEXT,
          -- The task because of which this one was skipped.
          cause INTEGER CHECK (cause < position),
          run INTEGER,
          count INTEGER CHECK (count >= 0),
          startedAt INTEGER,
          endedAt INTEGER,
          PRIMARY KEY (refresh, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX refreshTaskByThing ON refreshTask(stage, thing, refresh);
        """
}
