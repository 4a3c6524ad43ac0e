extension CatalogMigrations {
    /// How many members segments had, evaluation by evaluation, and what the last one found wrong.
    static let addSegmentSizes = """
        CREATE TABLE segmentSize (
          segment INTEGER NOT NULL REFERENCES segment(id) ON DELETE CASCADE,
          at INTEGER NOT NULL,
          members INTEGER NOT NULL CHECK (members >= 0),
          PRIMARY KEY (segment, at)
        ) STRICT, WITHOUT ROWID;

        -- The last evaluation that succeeded, and its members; NULL before the first.
        ALTER TABLE segment ADD COLUMN evaluatedAt INTEGER;
        ALTER TABLE segment ADD COLUMN members INTEGER;
        -- Why a later evaluation failed: a stable code, a sentence, when; NULL when it did not.
        ALTER TABLE segment ADD COLUMN troubleCode TEXT;
        ALTER TABLE segment ADD COLUMN troubleDetail TEXT;
        ALTER TABLE segment ADD COLUMN troubleAt INTEGER;
        -- The rule whose members were frozen, so that a static segment can follow it again.
        ALTER TABLE segment ADD COLUMN formerRule TEXT;
        """
}
