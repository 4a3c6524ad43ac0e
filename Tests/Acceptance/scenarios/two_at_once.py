"""Two processes on one data directory."""

import time

from harness import Customers, Ferry

from .common import check_clean, check_contents, check_sum, ferry_path, fast_emulator, set_up


def scenario(world):
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(5_000, seed=19)
        ferry = set_up(world, emulator, customers)
        emulator.faults(latency=0.1)
        first = ferry.start("exports", "run", "weekly", "--yes", "--json")
        deadline = time.monotonic() + 60
        while emulator.since("imports") < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        second = ferry.run("exports", "run", "weekly", "--yes", "--json")
        third = ferry.run("profiles", "import", ferry_path(ferry, "customers.csv"),
                          "--key", "CustomerId")
        for what, outcome in (("run", second), ("import", third)):
            checks.equal(f"a second {what} ends with 1", outcome.code, 1)
            checks.equal(f"a second {what} says so in one line", len(outcome.error_lines), 1)
            checks.check(f"a second {what} says that one is running",
                         "running" in outcome.err, outcome.err)
        copy = f"{ferry.data}-copy"
        backup = ferry.run("backup", copy, "--json")
        checks.equal("a copy may be made meanwhile", backup.code, 0)
        checks.equal("without the key", backup.json["hasKey"], False)
        again = ferry.run("backup", copy)
        checks.equal("a folder with something in it is refused", again.code, 1)
        outcome = ferry.collect(first)
        checks.equal("the first run is not disturbed", outcome.code, 0)
        check_sum(checks, "first run", outcome.json)
        runs = Ferry(ferry.binary, copy).must("runs", "list", "--json").json["runs"]
        checks.equal("the copy holds the run as it was", [run["state"] for run in runs], ["sending"])
        checks.equal("and delivers everyone", outcome.json["delivered"], 5_000)
        checks.equal("each person once", emulator.since("accepted_rows"), 5_000)
        check_contents(checks, "two at once", emulator, customers.members())
        check_clean(checks, "two at once", emulator)
