"""People who are not taken, and people who are not sent: each with a reason."""

from harness import Customers

from .changes import column, named
from .common import check_clean, check_sum, fast_emulator, set_up


def refusals(world):
    checks = world.checks
    for told in (True, False):
        way = "listed as failed" if told else "only missing from the count"
        with fast_emulator() as emulator:
            customers = Customers(1_000, seed=14)
            ferry = set_up(world, emulator, customers)
            excluded, bounced, opted = (
                [r["Email"] for r in customers.sample(15, seed=15)][i::3] for i in range(3))
            emulator.post("/__seed", {
                "excluded": excluded, "bounced": bounced,
                "unsubscribed": [{"email": a, "list": 12, "by": "person"} for a in opted]})
            emulator.faults(excluded_in_failure=told)
            run = ferry.deliver(codes=(2,))
            check_sum(checks, f"refusals, {way}", run)
            rows = ferry.refused(run)
            checks.equal(f"refusals, {way}: all are named", named(rows),
                         {*excluded, *bounced, *opted})
            found = {}
            for address, reason in zip(column(rows, "address", "mail", "person", "key"),
                                       column(rows, "reason", "code")):
                found.setdefault(reason, set()).add(address)
            checks.equal(f"refusals, {way}: with their reasons", found,
                         {"excluded": set(excluded), "bounced": set(bounced),
                          "unsubscribed": set(opted)})
            checks.equal(f"refusals, {way}: the others are on the list", emulator.active(12),
                         customers.addresses() - {*excluded, *bounced, *opted})
            emulator.mark("again")
            again = ferry.deliver(codes=(2,))
            check_sum(checks, f"refusals, {way}, again", again)
            checks.equal(f"refusals, {way}: a later run tries only them again",
                         (again["refused"], emulator.since("received_rows")), (15, 15))
            check_clean(checks, f"refusals, {way}", emulator)


def suppressed(world):
    """No address, a malformed one, and one address for two profiles."""
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(500, seed=16)
        rows = customers.sample(30, seed=17)
        wanted = {"no-email": 10, "invalid-email": 10, "duplicate-email": 10}
        others = [r for r in customers.rows.values() if r not in rows]
        malformed = ["plain", "@mail.test", "two@@mail.test", "a b@mail.test", "no@dot", "x@mail.t",
                     "semi;colon@mail.test", "quote\"d@mail.test", "br[a]cket@mail.test", "a@b@c.test"]
        for number, row in enumerate(rows):
            if number < 10:
                row["Email"] = "" if number % 2 else "   "
            elif number < 20:
                row["Email"] = malformed[number - 10]
            else:
                row["Email"] = f"  {others[number]['Email'].upper()} "
        ferry = set_up(world, emulator, customers)
        run = ferry.deliver(codes=(2,))
        check_sum(checks, "suppressed", run)
        checks.equal("each with its reason", {k: run["reasons"].get(k) for k in wanted}, wanted)
        checks.equal("suppressed in all", run["suppressed"], 30)
        checks.equal("the others are delivered", run["delivered"], 470)
        people = ferry.refused(run, "suppressed")
        checks.equal("all can be downloaded", len(people), 30)
        check_clean(checks, "suppressed", emulator)
