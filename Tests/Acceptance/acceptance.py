#!/usr/bin/env python3
"""Drives the real ferry binary end to end, against the strict emulator and against `ferry sandbox`.

    python3 Tests/Acceptance/acceptance.py --ferry .build/debug/ferry [--only NAME ...] [--list]

Every expected number is counted here, from tables made or read here. One line per check; at the end
'N passed, M failed, K skipped'. Ends with 1 when a check failed.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import scenarios
from harness import Checks, Ferry


class World:
    """What a scenario gets: the checks, and fresh data directories that are removed afterwards."""

    def __init__(self, binary, checks, keep):
        self.binary, self.checks, self.keep = binary, checks, keep
        self.root = Path(tempfile.mkdtemp(prefix="ferry-acceptance-"))
        self._count = 0

    def ferry(self):
        """A ferry with a data directory of its own, beside which its files may lie."""
        self._count += 1
        place = self.root / str(self._count)
        place.mkdir()
        return Ferry(self.binary, place / "data")

    def close(self):
        if self.keep:
            print(f"kept  {self.root}")
        else:
            shutil.rmtree(self.root, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description="End-to-end checks of the ferry command.")
    parser.add_argument("--ferry", help="path of the binary")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--list", action="store_true", help="names of the scenarios")
    parser.add_argument("--keep", action="store_true", help="keeps the data directories")
    options = parser.parse_args()
    if options.list:
        print("\n".join(scenarios.ALL))
        return 0
    unknown = [name for name in options.only if name not in scenarios.ALL]
    if unknown or not options.ferry:
        parser.error(f"no scenario '{unknown[0]}'" if unknown else "--ferry PATH is needed")
    binary = Path(options.ferry).resolve()
    if not binary.is_file():
        parser.error(f"there is no file '{binary}'")
    checks = Checks()
    world = World(binary, checks, options.keep)
    try:
        for name in options.only or scenarios.ALL:
            checks.scenario(name, lambda: scenarios.ALL[name](world))
    finally:
        world.close()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
