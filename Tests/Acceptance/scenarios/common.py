"""Steps and checks that several scenarios share."""

import sqlite3
from contextlib import closing
from pathlib import Path

from harness import Emulator

#: Time passes 20 times as fast in the emulator, and no limit holds: for scenarios about other things.
FAST = ("--clock-scale", "20", "--requests-per-second", "0", "--imports-per-minute", "0",
        "--single-imports-per-minute", "0")
RULE = "Audience = 'in'"
MAPPING = ("--first-name", "FirstName", "--last-name", "LastName", "--phone", "Phone",
           "--field", "1=Country", "--field", "2=Plan", "--field", "3=Score")


def fast_emulator(*flags):
    emulator = Emulator(*FAST, *flags)
    emulator.post("/__seed", {"allowed_fields": [1, 2, 3]})
    emulator.faults(require_exclude_automations=True)
    return emulator


def set_up(world, emulator, customers, *more, unlimited=True):
    """A ferry with the customers, a segment, a connection and an export; nothing sent yet."""
    ferry = world.ferry()
    path = customers.write(ferry_path(ferry, "customers.csv"))
    ferry.load(path)
    ferry.must("segments", "add", "audience", "--rule", RULE)
    ferry.connect(emulator, unlimited=unlimited)
    ferry.export("weekly", *MAPPING, *more)
    return ferry


def load_again(ferry, customers):
    ferry.load(customers.write(ferry_path(ferry, "customers.csv")))


def ferry_path(ferry, name):
    return Path(ferry.data).parent / name


def check_sum(checks, name, run):
    """Nothing is silently skipped: the invariant equation of every run."""
    parts = [run[k] for k in ("unchanged", "delivered", "pending", "refused", "suppressed")]
    checks.equal(f"{name}: members = unchanged + delivered + pending + refused + suppressed",
                 sum(parts), run["members"])


def check_clean(checks, name, emulator):
    found = emulator.violations()
    checks.check(f"{name}: the strict emulator saw no violation", found["count"] == 0,
                 f"{found['codes']}, first {found['violations'][:3]}")


def check_pauses(checks, name, ferry):
    """By Ferry's own record no request began between a 429 that it had read and the end of the pause. To the
    millisecond, for one clock tells both; those begun before the answer was there were on their way."""
    with closing(sqlite3.connect(Path(ferry.data) / "catalog.sqlite")) as catalog:
        calls = catalog.execute("SELECT startedAt, endedAt, pause FROM call").fetchall()
    pauses = [(ended, ended + pause) for _, ended, pause in calls if pause]
    early = [(start, end - start) for start, *_ in calls for read, end in pauses
             if read < start < end]
    checks.check(f"{name}: no request began within {len(pauses)} pauses", pauses and not early,
                 f"{len(early)} too early, by {[by for _, by in early[:5]]} ms")


def check_contents(checks, name, emulator, rows, number=12):
    """The list holds exactly these people, with exactly the mapped values."""
    kept = {a: c for a, c in emulator.contacts(number).items()
            if c["lists"][str(number)]["status"] == 1}
    expected = {r["Email"]: r for r in rows}
    missing, extra = expected.keys() - kept.keys(), kept.keys() - expected.keys()
    checks.check(f"{name}: the list holds {len(expected)} people and nobody else",
                 not missing and not extra,
                 f"{len(missing)} missing {sorted(missing)[:3]}, {len(extra)} too many {sorted(extra)[:3]}")
    wrong = [a for a, row in expected.items() if a in kept and not same(kept[a], row)]
    checks.check(f"{name}: their values are those of the profiles", not wrong,
                 lambda: f"{len(wrong)} differ, such as {kept[wrong[0]]} for {expected[wrong[0]]}")


def same(contact, row):
    return (contact["first_name"], contact["last_name"], contact["phone"]) == (
        row["FirstName"], row["LastName"], row["Phone"]) and all(
        contact["fields"].get(k) == row[c] for k, c in (("1", "Country"), ("2", "Plan"), ("3", "Score")))


def check_quiet_rerun(checks, name, ferry, emulator, members):
    """A run after a complete run sends nothing."""
    emulator.mark("rerun")
    run = ferry.deliver()
    checks.equal(f"{name}: a second run sends no import", emulator.since("imports"), 0)
    checks.equal(f"{name}: a second run finds everyone unchanged", run["unchanged"], members)
    check_sum(checks, f"{name}, second run", run)
