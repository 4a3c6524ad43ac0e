"""The disk is full; the data comes from a newer Ferry."""

import resource
import signal
import sqlite3
from pathlib import Path

from harness import Customers

from .common import (check_clean, check_contents, check_sum, fast_emulator, ferry_path, load_again,
                     set_up)


def small_disk(limit):
    """For a child process: no file may grow beyond `limit` bytes, and writing more is an error."""
    def prepare():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return prepare


def full(world):
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(2_000, seed=20)
        ferry = set_up(world, emulator, customers)
        ferry.deliver()
        # An import is in the list of imports from its beginning, so one that failed is too.
        but = r"audit|grdb|sqlite_|limiter|\.import$|^import$"
        before = ferry.snapshot(but)
        largest = max(p.stat().st_size for p in Path(ferry.data).rglob("*") if p.is_file())
        more = Customers(40_000, seed=21)
        path = more.write(ferry_path(ferry, "more.csv"))
        outcome = ferry.run("profiles", "import", path, "--key", "CustomerId",
                            preexec_fn=small_disk(largest + 65_536))
        checks.equal("an import on a full disk ends with 1", outcome.code, 1)
        checks.equal("and says why in one line", len(outcome.error_lines), 1)
        checks.check("that names the disk or the data directory", any(
            w in outcome.err.lower() for w in ("disk", "full", "write", "space", ferry.data.lower())),
            outcome.err)
        checks.equal("and leaves everything as it was", ferry.snapshot(but), before)
        check_intact(checks, "after the import", ferry)
        emulator.mark("full")
        for row in customers.rows.values():
            row["Score"] = str(int(row["Score"]) + 1000)
        load_again(ferry, customers)
        outcome = ferry.run("exports", "run", "weekly", "--yes", "--json",
                            preexec_fn=small_disk(1_024))
        checks.equal("a run on a full disk ends with 1", outcome.code, 1)
        checks.check("and says why", 1 <= len(outcome.error_lines) <= 2, outcome.err)
        check_intact(checks, "after the run", ferry)
        run = ferry.deliver()
        check_sum(checks, "with room again", run)
        check_contents(checks, "with room again", emulator, customers.members())
        check_clean(checks, "full disk", emulator)


def check_intact(checks, name, ferry):
    told = set()
    for path in Path(ferry.data).rglob("*.sqlite"):
        with sqlite3.connect(path) as database:
            told.add(database.execute("PRAGMA integrity_check").fetchone()[0])
        database.close()
    checks.equal(f"{name} the databases are sound", told, {"ok"})


def newer_version(world):
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(300, seed=22)
        ferry = set_up(world, emulator, customers)
        ferry.deliver()
        catalog = Path(ferry.data) / "catalog.sqlite"
        with sqlite3.connect(catalog) as database:
            database.execute("INSERT INTO grdb_migrations VALUES ('9999-future')")
        database.close()
        before = ferry.snapshot(but=r"sqlite_")
        emulator.mark("newer")
        for command in (("exports", "run", "weekly", "--yes", "--json"), ("profiles", "list"),
                        ("segments", "add", "more", "--rule", "everyone")):
            outcome = ferry.run(*command)
            name = " ".join(command[:2])
            checks.equal(f"'{name}' on data of a newer version ends with 1", outcome.code, 1)
            checks.equal(f"'{name}' says so in one line", len(outcome.error_lines), 1)
            checks.check(f"'{name}' names the data and its version", "newer" in outcome.err
                         and (str(ferry.data) in outcome.err or "catalog" in outcome.err),
                         outcome.err)
        checks.equal("nothing was asked of the account", emulator.since("requests"), 0)
        checks.equal("nothing was changed", ferry.snapshot(but=r"sqlite_"), before)
        with sqlite3.connect(catalog) as database:
            database.execute("DELETE FROM grdb_migrations WHERE identifier = '9999-future'")
        database.close()
        checks.equal("with the version undone all is well", ferry.deliver()["unchanged"], 300)
