/// The schema of a new catalog as SQLite tells it, in the order of names. A change of it that was meant comes
/// with a new migration, and is written down here.
enum CatalogSchemaDump {
    static let text = """
        CREATE TABLE apiToken (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          user INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
          name TEXT NOT NULL,
          role TEXT NOT NULL CHECK (role IN ('viewer', 'contributor', 'administrator')),
          digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
          createdAt INTEGER NOT NULL,
          expiresAt INTEGER NOT NULL,
          lastUsedAt INTEGER,
          isRevoked INTEGER NOT NULL DEFAULT 0 CHECK (isRevoked IN (0, 1))
        ) STRICT;

        CREATE INDEX apiTokenByUser ON apiToken(user);

        CREATE TABLE audit (
          id INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          actor TEXT NOT NULL,
          verb TEXT NOT NULL,
          noun TEXT NOT NULL,
          thing TEXT NOT NULL,
          changes TEXT NOT NULL
        ) STRICT;

        CREATE INDEX auditByActor ON audit(actor);

        CREATE INDEX auditByNoun ON audit(noun);

        CREATE INDEX auditByTime ON audit(at);

        CREATE INDEX auditByVerb ON audit(verb);

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

        CREATE TABLE batchBody (
          batch INTEGER PRIMARY KEY REFERENCES batch(id) ON DELETE CASCADE,
          operations BLOB NOT NULL
        ) STRICT;

        CREATE INDEX batchUnderWay ON batch(run) WHERE state IN (2, 3, 4);

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
          accountUser TEXT,
          contactsMax INTEGER,
          contacts INTEGER,
          checkedAt INTEGER,
          createdAt INTEGER NOT NULL
        , checkCode TEXT, settings TEXT NOT NULL DEFAULT '{}') STRICT;

        CREATE TABLE connectionQuota (
          connection INTEGER NOT NULL REFERENCES connection(id) ON DELETE CASCADE,
          quota TEXT NOT NULL,
          -- NULL lifts it.
          allowed INTEGER CHECK (allowed > 0),
          PRIMARY KEY (connection, quota)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE device (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          user INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
          digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
          createdAt INTEGER NOT NULL,
          lastUsedAt INTEGER NOT NULL
        ) STRICT;

        CREATE INDEX deviceByUser ON device(user, lastUsedAt);

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
        , schedule TEXT NOT NULL DEFAULT 'refresh'
          CHECK (schedule IN ('refresh', 'manual', 'own'))) STRICT;

        CREATE INDEX exportByConnection ON export(connection);

        CREATE TABLE exportSegment (
          export INTEGER NOT NULL REFERENCES export(id) ON DELETE CASCADE,
          position INTEGER NOT NULL,
          segment INTEGER NOT NULL REFERENCES segment(id) ON DELETE RESTRICT,
          PRIMARY KEY (export, position),
          UNIQUE (export, segment)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX exportSegmentBySegment ON exportSegment(segment);

        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);

        CREATE TABLE idempotency (
          user INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
          key TEXT NOT NULL,
          requestDigest BLOB NOT NULL,
          status INTEGER NOT NULL,
          body BLOB NOT NULL,
          at INTEGER NOT NULL,
          PRIMARY KEY (user, key)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX idempotencyByTime ON idempotency(at);

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

        CREATE TABLE invitation (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          -- NULL for the first administrator.
          user INTEGER REFERENCES user(id) ON DELETE CASCADE,
          digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
          createdAt INTEGER NOT NULL,
          expiresAt INTEGER NOT NULL
        ) STRICT;

        CREATE UNIQUE INDEX invitationByUser ON invitation(ifnull(user, 0));

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

        CREATE INDEX ledgerByRun ON ledger(run, state, personKey);

        CREATE INDEX ledgerRefused ON ledger(run, reason) WHERE state = 3;

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
        , approvedLeavers INTEGER, refusedReasons TEXT, pending INTEGER NOT NULL DEFAULT 0, leavePending INTEGER NOT NULL DEFAULT 0) STRICT;

        CREATE INDEX runByEnd ON run(endedAt) WHERE endedAt IS NOT NULL;

        CREATE INDEX runByExport ON run(export, id);

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

        CREATE INDEX runUnfinished ON run(export) WHERE endedAt IS NULL;

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

        CREATE TABLE segment (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL UNIQUE,
          -- NULL for a static segment, whose members the profile engine holds.
          rule TEXT,
          isActive INTEGER NOT NULL DEFAULT 1 CHECK (isActive IN (0, 1)),
          createdAt INTEGER NOT NULL,
          changedAt INTEGER NOT NULL
        , evaluatedAt INTEGER, members INTEGER, troubleCode TEXT, troubleDetail TEXT, troubleAt INTEGER, formerRule TEXT) STRICT;

        CREATE TABLE segmentSize (
          segment INTEGER NOT NULL REFERENCES segment(id) ON DELETE CASCADE,
          at INTEGER NOT NULL,
          members INTEGER NOT NULL CHECK (members >= 0),
          PRIMARY KEY (segment, at)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE session (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          user INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
          digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
          createdAt INTEGER NOT NULL,
          lastSeenAt INTEGER NOT NULL,
          expiresAt INTEGER NOT NULL,
          agent TEXT,
          address TEXT
        ) STRICT;

        CREATE INDEX sessionByExpiry ON session(expiresAt);

        CREATE INDEX sessionByUser ON session(user, lastSeenAt);

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

        CREATE TABLE user (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL,
          -- The name as it is compared.
          foldedName TEXT NOT NULL UNIQUE,
          role TEXT NOT NULL CHECK (role IN ('viewer', 'contributor', 'administrator')),
          language TEXT,
          -- The scrypt hash in its text form; NULL until a password is set.
          password TEXT,
          isDisabled INTEGER NOT NULL DEFAULT 0 CHECK (isDisabled IN (0, 1)),
          createdAt INTEGER NOT NULL,
          lastSignInAt INTEGER
        ) STRICT
        """
}
