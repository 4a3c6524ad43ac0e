extension CatalogMigrations {
    /// Telling people of runs: to whom, what is to be told still, and what has been told.
    static let addNotifications = """
        -- One row, or none before anybody has set it up.
        CREATE TABLE notificationSettings (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          isActive INTEGER NOT NULL CHECK (isActive IN (0, 1)),
          webhookURL TEXT,
          -- The signing secret, sealed with the master key.
          webhookSecret BLOB,
          -- Addresses and events, as JSON arrays.
          mailTo TEXT NOT NULL,
          mailFrom TEXT,
          language TEXT NOT NULL,
          events TEXT NOT NULL,
          CHECK ((webhookURL IS NULL) = (webhookSecret IS NULL))
        ) STRICT;

        -- The outbox: what is told stands here before it is sent, one row per way.
        CREATE TABLE notification (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          -- By which the receiver knows what came twice.
          uid TEXT NOT NULL,
          channel TEXT NOT NULL CHECK (channel IN ('webhook', 'mail')),
          event TEXT NOT NULL,
          -- What happened, so that it is told once.
          cause TEXT NOT NULL,
          -- The text that is sent, as JSON; without personal data.
          notice TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
          attempts INTEGER NOT NULL DEFAULT 0,
          nextTryAt INTEGER CHECK ((nextTryAt IS NULL) = (state <> 'pending')),
          trouble TEXT,
          createdAt INTEGER NOT NULL,
          endedAt INTEGER,
          UNIQUE (cause, channel)
        ) STRICT;
        CREATE INDEX notificationDue ON notification(nextTryAt) WHERE state = 'pending';
        CREATE INDEX notificationEnded ON notification(endedAt) WHERE state <> 'pending';

        -- What runs have turned into and nobody has been told of yet. Written by whatever ends a run, in its own
        -- transaction; taken away together with the writing of notifications.
        CREATE TABLE runTurn (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          state TEXT NOT NULL,
          at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX runTurnByRun ON runTurn(run);
        CREATE TRIGGER runTurned AFTER UPDATE OF state ON run
          WHEN NEW.state IS NOT OLD.state
            AND NEW.state IN ('held', 'failed', 'completed', 'completed-with-warnings')
          BEGIN
            INSERT INTO runTurn (run, state, at) VALUES (NEW.id, NEW.state,
              CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
          END;
        """
}
