#!/usr/bin/env python3
"""Kills runs with SIGKILL at random moments and resumes them; nothing may be lost.

    python3 Tests/Acceptance/kill_storm.py --ferry .build/debug/ferry [--kills 100] [--seed 1]

Each round changes every customer, starts a run, kills it somewhere between its first instant and its
last, and resumes it with `exports run`. Afterwards the account holds what the plan said, to the value,
and at most one batch went twice. Some rounds kill the resumed run as well. Ends with 1 on a failure;
the last line is 'N passed, M failed, K skipped'.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import CheckFailed, Checks, Customers, Ferry
from scenarios.common import check_clean, check_sum, fast_emulator, load_again, same, set_up

PEOPLE = 1_500
BATCH = 250
#: Runs tried after a kill before the round counts as lost.
MOST_RESUMES = 5


class World:
    def __init__(self, binary, root):
        self.binary, self.root = binary, root

    def ferry(self):
        return Ferry(self.binary, self.root / "data")


class Storm:
    def __init__(self, binary, root, kills, seed):
        self.checks, self.chance = Checks(), random.Random(seed)
        self.kills, self.killed, self.finished_before = kills, 0, 0
        self.again, self.worst = 0, 0
        self.emulator = fast_emulator("--seed", str(seed))
        # Answers and imports take a little while, so that a kill can fall into each step.
        self.emulator.faults(latency=0.01, processing_delay=2.0, processing_jitter=2.0)
        self.customers = Customers(PEOPLE, seed=seed)
        self.ferry = set_up(World(binary, root), self.emulator, self.customers)

    def run(self):
        began = time.monotonic()
        run = self.ferry.deliver()
        self.checks.equal("the first run delivers everyone", run["delivered"], PEOPLE)
        self.whole = time.monotonic() - began
        print(f"--    a whole run takes {self.whole:.2f} s", flush=True)
        number = 0
        while self.killed < self.kills and number < self.kills * 3:
            number += 1
            try:
                self.round(number)
            except CheckFailed as problem:
                self.checks.check(f"round {number}", False, str(problem))
                break
        self.checks.equal("as many runs were killed as asked for", self.killed, self.kills)
        print(f"--    {self.killed} killed, {self.finished_before} ended first, "
              f"{self.again} batches sent twice in all, {self.worst} at most in one round", flush=True)
        check_clean(self.checks, "all rounds", self.emulator)

    def round(self, number):
        for row in self.customers.rows.values():
            row["Score"] = str(number * 1000 + int(row["Score"]) % 1000)
        load_again(self.ferry, self.customers)
        self.emulator.mark(f"round {number}")
        strikes = 2 if self.chance.random() < 0.2 and self.killed + 2 <= self.kills else 1
        struck = sum(self.strike(self.chance.random()) for _ in range(strikes))
        runs = [self.resume()]
        while runs[-1]["pending"] and len(runs) < MOST_RESUMES:
            runs.append(self.resume())
        self.judge(number, struck, runs)

    def strike(self, moment):
        """Starts a run and kills it at a moment of its life, 0 to 1; 0 when it had ended by then."""
        began = time.monotonic()
        process = self.ferry.start("exports", "run", "weekly", "--yes", "--json")
        try:
            process.wait(moment * self.whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        if process.returncode != -signal.SIGKILL:
            # Later runs may be quicker than the first was; the next blow falls earlier.
            self.whole = 0.5 * self.whole + 0.5 * (time.monotonic() - began)
            self.finished_before += 1
            return 0
        self.killed += 1
        return 1

    def resume(self):
        return self.ferry.deliver()

    def judge(self, number, struck, runs):
        checks, problems = self.checks, []
        kept = self.emulator.contacts(12)
        lost = [r for r in self.customers.members()
                if r["Email"] not in kept or not same(kept[r["Email"]], r)]
        if lost:
            problems.append(f"{len(lost)} people not as planned, such as {lost[0]['Email']}")
        extra = kept.keys() - self.customers.addresses()
        if extra:
            problems.append(f"{len(extra)} people too many")
        twice = self.emulator.since("repeated_batches")
        rows = self.emulator.since("repeated_rows")
        self.again += twice
        self.worst = max(self.worst, twice)
        if twice > struck or rows > BATCH * struck:
            problems.append(f"{twice} batches and {rows} people went twice after {struck} kills")
        for run in runs:
            parts = ("unchanged", "delivered", "pending", "refused", "suppressed")
            if sum(run[k] for k in parts) != run["members"]:
                problems.append(f"run {run['id']} does not add up")
            if run["refused"]:
                problems.append(f"{run['refused']} people refused")
        if runs[-1]["pending"]:
            problems.append(f"{runs[-1]['pending']} people still pending")
        if number % 10 == 0:
            self.emulator.mark("quiet")
            check_sum(checks, f"round {number}, quiet run", self.ferry.deliver())
            if self.emulator.since("imports"):
                problems.append("a run after the resumed one sends imports")
        checks.check(f"round {number}: {struck} killed, {twice} batches twice, nobody lost",
                     not problems, "; ".join(problems))


def main():
    parser = argparse.ArgumentParser(description="Runs killed at random moments lose nobody.")
    parser.add_argument("--ferry", required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keeps the data directory")
    options = parser.parse_args()
    binary = Path(options.ferry).resolve()
    if not binary.is_file():
        parser.error(f"there is no file '{binary}'")
    root = Path(tempfile.mkdtemp(prefix="ferry-kill-storm-"))
    storm = None
    try:
        storm = Storm(binary, root, options.kills, options.seed)
        storm.run()
        return storm.checks.close()
    except CheckFailed as problem:
        checks = storm.checks if storm else Checks()
        checks.check("kill storm", False, str(problem))
        return checks.close()
    finally:
        if storm:
            storm.emulator.stop()
        if options.keep:
            print(f"kept  {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
