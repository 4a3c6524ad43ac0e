extension CatalogMigrations {
    /// Schedules with how far they were carried out, and exports that have one of their own.
    ///
    /// The column is made anew because what it may hold is part of it.
    static let addSchedules = """
        ALTER TABLE export ADD COLUMN scheduleKind TEXT NOT NULL DEFAULT 'refresh'
          CHECK (scheduleKind IN ('refresh', 'manual', 'own'));
        UPDATE export SET scheduleKind = schedule;
        ALTER TABLE export DROP COLUMN schedule;
        ALTER TABLE export RENAME COLUMN scheduleKind TO schedule;

        CREATE TABLE schedule (
          id INTEGER PRIMARY KEY,
          -- NULL for the schedule of the refresh.
          export INTEGER UNIQUE REFERENCES export(id) ON DELETE CASCADE,
          isActive INTEGER NOT NULL CHECK (isActive IN (0, 1)),
          -- Days, times and zone, as JSON.
          definition TEXT NOT NULL,
          -- The last due moment that was taken, or when it was turned on; NULL until the service has seen it.
          handledThrough INTEGER,
          -- Up to where it had been carried out when the clock was set back for good.
          mendedFrom INTEGER,
          -- A due moment that was taken and whose start is still owed, and how many before it were missed.
          owedAt INTEGER,
          owedMissed INTEGER NOT NULL DEFAULT 0,
          changedAt INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX scheduleOfRefresh ON schedule(ifnull(export, 0));
        """
}
