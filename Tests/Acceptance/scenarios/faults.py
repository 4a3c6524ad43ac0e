"""A service that stumbles: everyone still arrives, once, and whoever cannot is named."""

from harness import Customers

from .changes import named, reasons
from .common import (check_clean, check_contents, check_pauses, check_quiet_rerun, check_sum,
                     fast_emulator, set_up)


def poisoned(customers, every=5):
    """One address in every fifth batch of 250, in the order of the person keys."""
    addresses = sorted(customers.addresses(), key=lambda a: a.encode())
    return [addresses[i] for i in range(125, len(addresses), 250 * every)]


def storm(world):
    checks = world.checks
    with fast_emulator("--seed", "20") as emulator:
        customers = Customers(10_000, seed=10)
        ferry = set_up(world, emulator, customers)
        bad = poisoned(customers)
        # High enough that each kind happens for certain: which request meets which fault depends on their order.
        emulator.faults(rate_429=0.10, retry_after=1, rate_503=0.05, rate_reset_after_write=0.15,
                        rate_html_200=0.08, poison_named=bad)
        run = ferry.deliver(codes=(2,))
        check_sum(checks, "storm", run)
        checks.equal("storm: nobody is left pending", run["pending"], 0)
        checks.equal("storm: all but the poisoned are delivered", run["delivered"], 10_000 - len(bad))
        people = ferry.refused(run)
        checks.equal("storm: the poisoned are named", named(people), set(bad))
        checks.equal("storm: with the reason", reasons(people), {"rejected-by-destination"})
        emulator.faults(rate_429=0.0, rate_503=0.0, rate_reset_after_write=0.0, rate_html_200=0.0)
        check_contents(checks, "storm", emulator,
                       [r for r in customers.members() if r["Email"] not in set(bad)])
        faults = {k: v for k, v in emulator.get("/__state")["totals"].items() if "fault" in k}
        checks.check(f"storm: it blew ({faults})", len(faults) == 4)
        check_clean(checks, "storm", emulator)
        check_pauses(checks, "storm", ferry)
        person = ferry.must("people", "show", bad[0], "--json")
        checks.check("storm: 'people show' tells of the refusal",
                     "rejected-by-destination" in person.out, person.out[:300])


def unnamed_poison(world):
    """The importer rejects a batch and names nobody: the culprit is found by halving."""
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(1_000, seed=11)
        ferry = set_up(world, emulator, customers)
        bad = poisoned(customers, every=2)
        emulator.faults(poison_unnamed=bad)
        run = ferry.deliver(codes=(2,))
        check_sum(checks, "unnamed poison", run)
        checks.equal("all but the culprits are delivered", run["delivered"], 1_000 - len(bad))
        checks.equal("the culprits are named", named(ferry.refused(run)), set(bad))
        imports = emulator.since("imports")
        checks.check(f"with few requests ({imports})", imports <= 4 + 17 * len(bad))
        check_clean(checks, "unnamed poison", emulator)


def broken_batches(world):
    """Imports that end failed or interrupted are sent again."""
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(1_500, seed=12)
        ferry = set_up(world, emulator, customers)
        emulator.faults(next_imports=[
            "none", "batch_failed", "none", "batch_interrupted", "503", "html_200", "empty_200",
            "cloudflare_502", "reset_before_write"])
        run = ferry.deliver()
        check_sum(checks, "broken batches", run)
        checks.equal("everyone is delivered in the end", run["delivered"], 1_500)
        check_contents(checks, "broken batches", emulator, customers.members())
        check_clean(checks, "broken batches", emulator)
        check_quiet_rerun(checks, "broken batches", ferry, emulator, 1_500)


def lost_answers(world):
    """An answer is lost after the write: the batch goes again, but not while it may be in flight."""
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(1_500, seed=13)
        ferry = set_up(world, emulator, customers)
        emulator.faults(next_imports=["none", "reset_after_write", "none", "reset_after_write"],
                        processing_delay=20.0)
        run = ferry.deliver()
        check_sum(checks, "lost answers", run)
        checks.equal("everyone is delivered", run["delivered"], 1_500)
        checks.equal("only what was lost is repeated", emulator.since("repeated_rows"), 500)
        check_contents(checks, "lost answers", emulator, customers.members())
        check_clean(checks, "lost answers", emulator)
