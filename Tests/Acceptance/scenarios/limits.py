"""The account's limits as they are, in real time."""

from harness import Customers, Emulator

from .common import check_clean, check_contents, check_sum, set_up


def default_limits(world):
    checks = world.checks
    with Emulator() as emulator:
        customers = Customers(3_000, seed=18)
        ferry = set_up(world, emulator, customers, unlimited=False)
        emulator.mark("run")
        run = ferry.deliver()
        check_sum(checks, "default limits", run)
        checks.equal("12 batches arrive", emulator.since("accepted_batches"), 12)
        check_contents(checks, "default limits", emulator, customers.members())
        check_clean(checks, "default limits", emulator)
        checks.equal("no answer was a 429", emulator.since("status_429"), 0)
        second = ferry.deliver()
        checks.equal("a second process keeps the limit as well", second["unchanged"], 3_000)
        check_clean(checks, "default limits, two processes in a row", emulator)
