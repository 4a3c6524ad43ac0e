"""Attacks on a service by somebody who has not signed in, while people use it: connections that say nothing, halves of requests, forms
and bodies that never end, clients that take no answers. Pages go on, a run is unharmed, memory stays bounded, the process lives.

    attacks.py --ferry BINARY [--connections COUNT] [--seconds SECONDS] [--rate PER_SECOND] [--page-seconds SECONDS]
               [--descriptors COUNT]... [--kind KIND]...

COUNT connections at one time, SECONDS for each kind; a page may take --page-seconds. Writes a line of figures for each.
"""

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Browser"))
from api import prepare, token  # noqa: E402
from service import SEGMENT, World  # noqa: E402
from harness import Checks  # noqa: E402
from flood import KINDS  # noqa: E402

#: Megabytes that the service may take under any of the attacks.
MEGABYTES_MAX = 300
#: Connections that one process of the flood holds.
PER_PROCESS = 10_000


class Attack:
    def __init__(self, checks, world, options, descriptors):
        self.checks, self.world, self.options, self.descriptors = checks, world, options, descriptors
        self.token = token(world)
        self.environment = {**world.ferry.environment, "FERRY_SERVER": world.service.origin,
                            "FERRY_TOKEN": self.token}

    def status(self, name):
        text = Path(f"/proc/{self.world.service.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name)) / 1_024

    def ask(self, path, headers=None):
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.world.service.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except OSError as error:
            status = type(error).__name__
        finally:
            connection.close()
        return status, time.monotonic() - began

    def pages(self, until):
        """Asks for pages four times a second; tells how long each took, and which failed."""
        times, failures = [], []
        signed = {"Authorization": f"Bearer {self.token}"}
        while time.monotonic() < until:
            for path, headers in (("/health/live", None), ("/sign-in", None), ("/api/v1/exports", signed)):
                status, seconds = self.ask(path, headers)
                times.append(seconds)
                if status != 200:
                    failures.append((path, status, round(seconds, 2)))
            time.sleep(0.25)
        return sorted(times), failures

    def go(self, kind):
        options, name = self.options, f"{kind}, {self.descriptors} descriptors"
        Path(f"/proc/{self.world.service.process.pid}/clear_refs").write_text("5")
        export = f"Attacked by {kind}"
        self.world.ferry.must("exports", "add", export, "--connection", "Acme", "--list", "2", "--segment", SEGMENT,
                              "--email", "Email", environment=self.environment)
        counts = []
        rest = options.connections
        while rest > 0:
            counts.append(min(rest, PER_PROCESS))
            rest -= PER_PROCESS
        floods = [subprocess.Popen(
            [sys.executable, HERE / "flood.py", "--port", str(self.world.service.port), "--kind", kind,
             "--connections", str(count), "--seconds", str(options.seconds),
             "--rate", str(options.rate / len(counts))],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) for count in counts]
        try:
            until = time.monotonic() + options.seconds
            time.sleep(min(2, options.seconds / 4))
            run = self.world.ferry.start("exports", "run", export, "--yes", "--json",
                                         environment=self.environment)
            times, failures = self.pages(until)
            outcome = self.world.ferry.collect(run)
            told = [json.loads(flood.communicate(timeout=60)[0]) for flood in floods]
        finally:
            for flood in floods:
                flood.kill()
                flood.wait()
        self.checks.check(f"{name}: pages are answered", not failures, failures[:3])
        self.checks.check(f"{name}: no page takes longer than {options.page_seconds:g} s",
                          times[-1] < options.page_seconds, f"{times[-1]:.2f} s")
        # Some of the made-up customers have no address.
        self.checks.check(f"{name}: a run is unharmed", outcome.code == 2 and outcome.json["delivered"] > 0
                          and not outcome.json["refused"] + outcome.json["pending"], outcome.tell())
        alive = self.world.service.process.poll() is None
        self.checks.check(f"{name}: the process lives", alive)
        peak = self.status("VmHWM") if alive else 0
        self.checks.check(f"{name}: memory stays bounded", peak < MEGABYTES_MAX, f"{peak:.0f} MB")
        total = {key: sum(one[key] for one in told) for key in ("opened", "peak", "closed", "refused")}
        print(f"{name}: held {total['peak']} at most, opened {total['opened']}, closed {total['closed']}; "
              f"{len(times)} pages, median {times[len(times) // 2] * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms; "
              f"peak {peak:.0f} MB", flush=True)


def limited(binary, directory, descriptors):
    """The program with so many descriptors and no more."""
    path = Path(directory) / f"ferry-{descriptors}"
    path.write_text(f"#!/bin/sh\nulimit -n {descriptors}\nexec '{Path(binary).resolve()}' \"$@\"\n")
    path.chmod(0o755)
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ferry", required=True)
    parser.add_argument("--connections", type=int, default=1_500)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rate", type=float, default=1_000)
    parser.add_argument("--page-seconds", type=float, default=1)
    parser.add_argument("--descriptors", type=int, action="append")
    parser.add_argument("--kind", choices=KINDS, action="append")
    options = parser.parse_args()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="ferry-attacks-") as directory:
        for descriptors in options.descriptors or [256, 1_024]:
            binary = limited(options.ferry, directory, descriptors)
            with World(binary, prepare=prepare) as world:
                attack = Attack(checks, world, options, descriptors)
                for kind in options.kind or KINDS:
                    attack.go(kind)
                if any(word in world.logs()["service"] for word in ("error.type", "Fatal")):
                    print(world.logs()["service"][-2_000:])
    sys.exit(checks.close())


if __name__ == "__main__":
    main()
