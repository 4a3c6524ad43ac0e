import GRDB

/// The schema of the catalog database, step by step. A released step is never edited.
enum CatalogMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001-create-catalog") { db in
            try db.execute(sql: createCatalog)
        }
        migrator.registerMigration("0002-add-people") { db in
            try db.execute(sql: addPeople)
        }
        migrator.registerMigration("0003-connection-checks") { db in
            try db.execute(sql: addConnectionChecks)
        }
        migrator.registerMigration("0004-schedule-exports") { db in
            try db.execute(sql: scheduleExports)
        }
        migrator.registerMigration("0005-approve-runs") { db in
            try db.execute(sql: approveRuns)
        }
        migrator.registerMigration("0006-segment-sizes") { try $0.execute(sql: addSegmentSizes) }
        migrator.registerMigration("0007-imports-and-sources") {
            try $0.execute(sql: addImportsAndSources)
        }
        migrator.registerMigration("0008-schedules") { try $0.execute(sql: addSchedules) }
        migrator.registerMigration("0009-refreshes") { try $0.execute(sql: addRefreshes) }
        migrator.registerMigration("0010-notifications") { try $0.execute(sql: addNotifications) }
        migrator.registerMigration("0011-call-minutes") { try $0.execute(sql: countCalls) }
        migrator.registerMigration("0012-index-people") { try $0.execute(sql: indexPeople) }
        migrator.registerMigration("0013-index-ends") { try $0.execute(sql: indexEnds) }
        migrator.registerMigration("0014-count-pending") { try $0.execute(sql: countPending) }
        migrator.registerMigration("0015-destination-settings") {
            try $0.execute(sql: addDestinationSettings)
        }
        return migrator
    }

    /// Times are milliseconds since 1970 in UTC. Ids are integers, and never used again where history speaks of them. `run` and `outcome` outlive the export
    /// they tell of, hence no foreign key there.
    private static let createCatalog = """
        CREATE TABLE connection (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          destination TEXT NOT NULL,
          host TEXT NOT NULL,
          secret BLOB NOT NULL,
          audience TEXT NOT NULL CHECK (audience IN ('administrators', 'contributors')),
          consentBy TEXT NOT NULL,
          consentAt INTEGER NOT NULL,
          exportUser TEXT NOT NULL,
          -- Limits of the account; NULL lifts one.
          requestsPerSecond INTEGER CHECK (requestsPerSecond > 0),
          importsPerMinute INTEGER CHECK (importsPerMinute > 0),
          singleImportsPerMinute INTEGER CHECK (singleImportsPerMinute > 0),
          accountUser TEXT,
          contactsMax INTEGER,
          contacts INTEGER,
          checkedAt INTEGER,
          createdAt INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE segment (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL UNIQUE,
          -- NULL for a static segment, whose members the profile engine holds.
          rule TEXT,
          isActive INTEGER NOT NULL DEFAULT 1 CHECK (isActive IN (0, 1)),
          createdAt INTEGER NOT NULL,
          changedAt INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE export (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL UNIQUE,
          connection INTEGER REFERENCES connection(id) ON DELETE RESTRICT,
          listID TEXT NOT NULL,
          listName TEXT,
          mapping TEXT NOT NULL,
          tags TEXT NOT NULL,
          onLeave TEXT NOT NULL,
          peopleMax INTEGER NOT NULL CHECK (peopleMax > 0),
          holdShare REAL NOT NULL CHECK (holdShare BETWEEN 0 AND 1),
          startsAutomations INTEGER NOT NULL CHECK (startsAutomations IN (0, 1)),
          resubscribesRemoved INTEGER NOT NULL CHECK (resubscribesRemoved IN (0, 1)),
          createdAt INTEGER NOT NULL,
          changedAt INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX exportByConnection ON export(connection);

        CREATE TABLE exportSegment (
          export INTEGER NOT NULL REFERENCES export(id) ON DELETE CASCADE,
          position INTEGER NOT NULL,
          segment INTEGER NOT NULL REFERENCES segment(id) ON DELETE RESTRICT,
          PRIMARY KEY (export, position),
          UNIQUE (export, segment)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX exportSegmentBySegment ON exportSegment(segment);

        CREATE TABLE run (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          export INTEGER NOT NULL,
          exportName TEXT NOT NULL,
          trigger TEXT NOT NULL,
          actor TEXT NOT NULL,
          state TEXT NOT NULL,
          -- Why it was skipped, held or failed: a stable code, and a sentence.
          reason TEXT,
          detail TEXT,
          -- The plan in numbers, as JSON; NULL while it is made.
          plan TEXT,
          delivered INTEGER NOT NULL DEFAULT 0,
          refused INTEGER NOT NULL DEFAULT 0,
          left INTEGER NOT NULL DEFAULT 0,
          leaveRefused INTEGER NOT NULL DEFAULT 0,
          requests INTEGER NOT NULL DEFAULT 0,
          batchesSent INTEGER NOT NULL DEFAULT 0,
          createdAt INTEGER NOT NULL,
          endedAt INTEGER
        ) STRICT;
        CREATE INDEX runByExport ON run(export, id);
        CREATE INDEX runUnfinished ON run(export) WHERE endedAt IS NULL;

        CREATE TABLE batch (
          id INTEGER PRIMARY KEY,
          run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          number INTEGER NOT NULL,
          isRetry INTEGER NOT NULL CHECK (isRetry IN (0, 1)),
          state INTEGER NOT NULL,
          people INTEGER NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0,
          sentAt INTEGER,
          token TEXT,
          queued INTEGER,
          UNIQUE (run, number)
        ) STRICT;

        -- Apart from the batch, whose state changes often: a row is rewritten whole. Gone when the run has ended,
        -- for the ledger has learnt what there was to learn.
        CREATE TABLE batchBody (
          batch INTEGER PRIMARY KEY REFERENCES batch(id) ON DELETE CASCADE,
          operations BLOB NOT NULL
        ) STRICT;
        CREATE INDEX batchUnderWay ON batch(run) WHERE state IN (2, 3, 4);

        -- Outcomes of people whom a later run has not touched stand in the ledger; they move here when it does.
        CREATE TABLE outcome (
          run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
          -- Empty for a profile without an address.
          personKey TEXT NOT NULL,
          profileID TEXT NOT NULL,
          -- The operation's kind; NULL when none was planned.
          kind INTEGER,
          outcome INTEGER NOT NULL,
          reason TEXT,
          -- The winning profile of a duplicate.
          detail TEXT,
          -- The values the destination held after it, where it held any.
          delivered BLOB,
          at INTEGER NOT NULL,
          PRIMARY KEY (run, personKey, profileID)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE ledger (
          export INTEGER NOT NULL REFERENCES export(id) ON DELETE CASCADE,
          personKey TEXT NOT NULL,
          profileID TEXT NOT NULL,
          state INTEGER NOT NULL,
          -- The values last confirmed; NULL when nothing was ever taken.
          delivered BLOB,
          reason TEXT,
          -- The run that had the last outcome, and the operation's kind; NULL when none was needed.
          run INTEGER NOT NULL,
          kind INTEGER,
          at INTEGER NOT NULL,
          -- When Ferry itself unsubscribed the person, if that was the last thing done.
          removedAt INTEGER,
          PRIMARY KEY (export, personKey)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX ledgerRefused ON ledger(run, reason) WHERE state = 3;

        CREATE TABLE call (
          id INTEGER PRIMARY KEY,
          host TEXT NOT NULL,
          run INTEGER,
          kind TEXT NOT NULL,
          method TEXT NOT NULL,
          path TEXT NOT NULL,
          startedAt INTEGER NOT NULL,
          endedAt INTEGER NOT NULL,
          status INTEGER,
          pause INTEGER
        ) STRICT;
        CREATE INDEX callByHost ON call(host, endedAt);
        CREATE INDEX callByRun ON call(run) WHERE run IS NOT NULL;

        CREATE TABLE audit (
          id INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          actor TEXT NOT NULL,
          verb TEXT NOT NULL,
          noun TEXT NOT NULL,
          thing TEXT NOT NULL,
          changes TEXT NOT NULL
        ) STRICT;
        """
}
