"""What stands at an edge: claims between exports, approvals, keys that belong to one host."""

import sqlite3
from contextlib import closing
from pathlib import Path

from harness import Customers, Emulator

from .common import FAST, check_clean, fast_emulator, load_again, set_up


def claims(world):
    """Who left one export is claimed by it no more; other lists and accounts claim nobody."""
    checks = world.checks
    with Emulator(*FAST, lists=(12, 13)) as emulator, Emulator(*FAST) as elsewhere:
        for account in (emulator, elsewhere):
            account.post("/__seed", {"allowed_fields": [1, 2, 3]})
        customers = Customers(100, seed=21)
        ferry = set_up(world, emulator, customers, "--on-leave", "unsubscribe")
        ferry.must("segments", "add", "paying", "--rule", "Plan in ('basic', 'pro', 'team', 'free')")
        ferry.connect(elsewhere, "elsewhere")
        ferry.export("paying", "--on-leave", "unsubscribe", segment="paying")
        ferry.export("other-list", "--on-leave", "unsubscribe", number=13)
        ferry.export("other-account", "--on-leave", "unsubscribe", connection="elsewhere")
        exports = ("weekly", "paying", "other-list", "other-account")
        for name in exports:
            checks.equal(f"claims: '{name}' delivers everyone", ferry.deliver(name)["delivered"], 100)
        row = next(iter(customers.rows.values()))
        address = row["Email"]
        row["Plan"] = "gone"
        load_again(ferry, customers)
        checks.equal("claims: they leave one export", ferry.deliver("paying")["left"], 1)
        checks.check("claims: the other one keeps them on the list", address in emulator.active(12))
        row["Audience"] = "out"
        load_again(ferry, customers)
        checks.equal("claims: then they leave the other one", ferry.deliver("weekly")["left"], 1)
        checks.check("claims: and are off the list", address not in emulator.active(12))
        checks.check("claims: another list still holds them", address in emulator.active(13))
        checks.check("claims: another account as well", address in elsewhere.active(12))
        ferry.deliver("other-list")
        checks.check("claims: another list lets them go", address not in emulator.active(13))
        ferry.deliver("other-account")
        checks.check("claims: and another account", address not in elsewhere.active(12))


def approvals(world):
    """Approval reaches as far as what was shown: one leaver more is held again."""
    for count in (30, 31):
        with fast_emulator() as emulator:
            approve(world, emulator, count)


def approve(world, emulator, count):
    """So many of a hundred leave; more than 30 % are held."""
    checks = world.checks
    customers = Customers(100, seed=22)
    ferry = set_up(world, emulator, customers, "--on-leave", "unsubscribe")
    ferry.deliver()

    def leave(count):
        for number, row in enumerate(customers.rows.values()):
            row["Audience"] = "out" if number < count else "in"
        load_again(ferry, customers)

    def run(*more):
        return ferry.run("exports", "run", "weekly", "--yes", "--json", *more)

    leave(count)
    outcome = run()
    if count == 30:
        checks.equal("approvals: exactly the share that holds is not held", outcome.code, 0)
        checks.equal("approvals: and they leave", outcome.json["left"], 30)
        return
    checks.equal("approvals: one more is held", outcome.code, 3)
    leave(count + 1)
    emulator.mark("approve")
    checks.equal("approvals: one more than was shown is held again", run("--approve").code, 3)
    checks.equal("approvals: and nothing is sent", emulator.since("imports"), 0)
    outcome = run("--approve")
    checks.equal("approvals: what is shown now may go", outcome.code, 0)
    checks.equal("approvals: and all of them leave", outcome.json["left"], count + 1)
    check_clean(checks, "approvals", emulator)


def moved_host(world):
    """A key opens for the host it was given for: a changed database sends nothing elsewhere."""
    checks = world.checks
    with fast_emulator() as emulator, fast_emulator() as thief:
        customers = Customers(50, seed=23)
        ferry = set_up(world, emulator, customers)
        with closing(sqlite3.connect(Path(ferry.data) / "catalog.sqlite")) as catalog, catalog:
            changed = catalog.execute(
                "UPDATE connection SET host = ?", (f"127.0.0.1:{thief.port}",)).rowcount
        checks.equal("moved host: the host was changed", changed, 1)
        outcome = ferry.run("exports", "run", "weekly", "--yes", "--json")
        checks.equal("moved host: the run fails", outcome.code, 1)
        checks.equal("moved host: for the key does not open", outcome.json["reason"],
                     "secret-unreadable")
        checks.equal("moved host: and says nothing of the key",
                     emulator.api_key in outcome.out + outcome.err, False)
        checks.equal("moved host: the other host hears nothing",
                     thief.get("/__state")["totals"].get("requests", 0), 0)
        check = ferry.run("connections", "check", "acme")
        checks.check("moved host: a check fails as well", check.code != 0, check.tell())
        checks.equal("moved host: without a request",
                     thief.get("/__state")["totals"].get("requests", 0), 0)
        check_clean(checks, "moved host", thief)
