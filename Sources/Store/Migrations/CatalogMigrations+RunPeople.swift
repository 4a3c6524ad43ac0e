extension CatalogMigrations {
    /// The people of a run are found without passing over the whole ledger of its export, and the reasons of
    /// those refused in a run that has ended are counted once: as JSON, NULL for runs that ended before.
    static let indexPeople = """
        CREATE INDEX ledgerByRun ON ledger(run, state, personKey);
        ALTER TABLE run ADD COLUMN refusedReasons TEXT;
        """
}
