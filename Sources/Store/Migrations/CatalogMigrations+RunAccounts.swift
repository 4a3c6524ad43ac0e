extension CatalogMigrations {
    /// People who wait for the next run are counted one by one when a run ends; of runs that ended before, they are
    /// what their plan had left.
    static let countPending = """
        ALTER TABLE run ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run ADD COLUMN leavePending INTEGER NOT NULL DEFAULT 0;
        UPDATE run SET
          pending = json_extract(plan, '$.enter') + json_extract(plan, '$.change')
            + json_extract(plan, '$.retry') - delivered - refused,
          leavePending = max(0, json_extract(plan, '$.leave') + json_extract(plan, '$.leftSilently')
            - left - leaveRefused)
        WHERE plan IS NOT NULL AND endedAt IS NOT NULL;
        -- Of a run whose closing was cut off, some may have been recorded.
        UPDATE run SET pending = (SELECT count(*) FROM outcome WHERE outcome.run = run.id AND outcome = 6)
        WHERE plan IS NOT NULL AND endedAt IS NULL;
        """
}
