extension CatalogMigrations {
    /// Users and what lets them in. Of every secret only the SHA-256 is here. Times are milliseconds since 1970 in
    /// UTC; ids are integers, and never used again. Users are disabled, never removed: the audit speaks of them.
    static let addPeople = """
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
        ) STRICT;

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
        CREATE INDEX sessionByUser ON session(user, lastSeenAt);
        CREATE INDEX sessionByExpiry ON session(expiresAt);

        -- Browsers in which a user signed in before. They have a counter of their own for wrong passwords.
        CREATE TABLE device (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          user INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
          digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
          createdAt INTEGER NOT NULL,
          lastUsedAt INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX deviceByUser ON device(user, lastUsedAt);

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

        CREATE TABLE invitation (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          -- NULL for the first administrator.
          user INTEGER REFERENCES user(id) ON DELETE CASCADE,
          digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
          createdAt INTEGER NOT NULL,
          expiresAt INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX invitationByUser ON invitation(ifnull(user, 0));

        -- Answers to requests that a program may send twice.
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

        CREATE INDEX auditByTime ON audit(at);
        CREATE INDEX auditByActor ON audit(actor);
        CREATE INDEX auditByVerb ON audit(verb);
        CREATE INDEX auditByNoun ON audit(noun);
        """
}
