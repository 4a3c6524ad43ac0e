extension CatalogMigrations {
    /// Calls to accounts counted by the minute, so that a week of them is read at once. Brought up to date with
    /// every call that is recorded.
    static let countCalls = """
        CREATE TABLE callMinute (
          host TEXT NOT NULL,
          -- Minutes since 1970 in which the calls began.
          minute INTEGER NOT NULL,
          kind TEXT NOT NULL,
          calls INTEGER NOT NULL,
          -- Answers 429.
          limited INTEGER NOT NULL,
          -- No answer, or one of 500 and above.
          errors INTEGER NOT NULL,
          -- Times the account asked to be left alone, and for how many milliseconds in all.
          pauses INTEGER NOT NULL,
          paused INTEGER NOT NULL,
          PRIMARY KEY (host, minute, kind)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO callMinute
        SELECT host, startedAt / 60000 AS minute, kind, count(*), sum(ifnull(status, 0) = 429),
          sum(status IS NULL OR status >= 500), sum(pause IS NOT NULL), sum(ifnull(pause, 0))
        FROM call WHERE startedAt >= (SELECT max(startedAt) FROM call) - 3024000000
        GROUP BY host, minute, kind;
        """
}
