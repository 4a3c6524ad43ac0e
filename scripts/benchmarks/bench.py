#!/usr/bin/env python3
"""Measures Ferry beside the ways people do the same today; `scripts/bench` prepares and calls it."""

import argparse
import csv
import datetime
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
RULE = ("Country in ('DE', 'FR', 'PL') and Plan in ('Plus', 'Pro') and LifetimeValue > 50 "
        "and Consent = true and LastSeen >= 2024-06-01")
JOBS = ["import", "count", "first", "same", "changes", "plain", "diff", "dlt"]


class Measure:
    """Wall seconds, CPU seconds and peak resident megabytes of one child."""

    def __init__(self, wall, cpu, peak, out):
        self.wall, self.cpu, self.peak, self.out = wall, cpu, peak, out


def measured(command, environment=None, codes=(0,)):
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=out,
            env=environment or os.environ)
        # wait4 tells the peak of this child alone; RUSAGE_CHILDREN would tell the largest so far.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if child.returncode not in codes:
        raise SystemExit(f"{' '.join(map(str, command))} ended {child.returncode}: {text[-500:]}")
    return Measure(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = Path(tempfile.mkdtemp(prefix="ferry-bench-", dir=options.work))
        self.rows, self.notes = [], []
        self.environment = {**os.environ, "FERRY_ALLOW_LOOPBACK": "1"}
        self.data = self.work / "data"

    def wants(self, *jobs):
        return not self.options.only or any(j in self.options.only for j in jobs)

    # Ferry

    def ferry(self, *arguments, codes=(0,)):
        return measured([self.options.ferry, "--data", self.data, *arguments],
                        self.environment, codes)

    def record(self, job, tool, runs, note=""):
        best = min(runs, key=lambda m: m.wall)
        middle = statistics.median(m.wall for m in runs)
        self.rows.append((job, tool, middle, best.cpu, max(m.peak for m in runs), note))
        print(f"{job:32} {tool:22} {middle:8.2f} s wall {best.cpu:8.2f} s CPU "
              f"{max(m.peak for m in runs):7.0f} MB  {note}", flush=True)

    def counts(self):
        with urllib.request.urlopen(self.url + "/__counts", timeout=30) as answer:
            return json.load(answer)

    def start_sink(self):
        self.sink = subprocess.Popen(
            [sys.executable, str(HERE / "sink.py")], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.sink.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self):
        if hasattr(self, "sink"):
            self.sink.send_signal(signal.SIGTERM)
            self.sink.wait(30)
        if not self.options.keep:
            shutil.rmtree(self.work, ignore_errors=True)

    def generate(self):
        self.monday, self.tuesday = self.work / "monday.csv", self.work / "tuesday.csv"
        flags = ["sample-data", "--profiles", self.options.profiles, "--seed", 1, "--out"]
        self.ferry(*flags, self.monday)
        self.ferry(*flags, self.tuesday, "--change-percent", 1, "--remove-percent", 1)
        size = self.monday.stat().st_size / 1e6
        print(f"{self.options.profiles:,} customers, {size:.0f} MB of CSV", flush=True)

    def load(self):
        runs = []
        for _ in range(self.options.repeat if self.wants("import") else 1):
            shutil.rmtree(self.data, ignore_errors=True)
            runs.append(self.ferry("profiles", "import", self.monday, "--key", "CustomerId"))
        if self.wants("import"):
            self.record("import of the CSV file", "Ferry", runs)
        self.ferry("segments", "add", "everyone", "--rule", "everyone")
        self.ferry("segments", "add", "five", "--rule", RULE)

    def count(self):
        runs = [self.ferry("segments", "count", "five", "--json") for _ in range(5)]
        members = json.loads(runs[0].out)["members"]
        expected = self.expected_count()
        if members != expected:
            raise SystemExit(f"Ferry counts {members} members, the file has {expected}")
        self.record("count of a rule, 5 conditions", "Ferry, whole process", runs,
                    f"{members:,} members")

    def expected_count(self):
        with open(self.monday, encoding="utf-8", newline="") as file:
            return sum(
                r["Country"] in ("DE", "FR", "PL") and r["Plan"] in ("Plus", "Pro")
                and float(r["LifetimeValue"]) > 50 and r["Consent"] == "Y"
                and r["LastSeen"] >= "2024-06-01" for r in csv.DictReader(file))

    def set_up_export(self):
        key = self.work / "key.txt"
        key.write_text("bench-key\n")
        key.chmod(0o600)
        self.ferry("connections", "add", "sink", "--host", f"127.0.0.1:{self.port}",
                   "--api-key-file", key, "--agree")
        self.ferry("connections", "set", "sink", "--requests-per-second", "unlimited",
                   "--imports-per-minute", "unlimited", "--single-imports-per-minute", "unlimited")
        self.ferry("exports", "add", "bench", "--connection", "sink", "--list", "3",
                   "--segment", "everyone", "--email", "Email", "--first-name", "FirstName",
                   "--last-name", "LastName", "--phone", "Phone", "--field", "1=Country",
                   "--field", "2=Plan", "--field", "3=LifetimeValue", "--tag", "bench",
                   "--on-leave", "unsubscribe", "--limit", max(self.options.profiles, 1_000_000))

    def deliver(self, job):
        self.counts()
        run = self.ferry("exports", "run", "bench", "--yes", "--json", codes=(0, 2))
        told, seen = json.loads(run.out), self.counts()
        run.told = told
        if told["pending"] or told["refused"]:
            raise SystemExit(f"{job}: {told['pending']} pending, {told['refused']} refused")
        run.note = f"{seen['contacts']:,} people in {seen['imports']:,} imports"
        return run

    def exports(self):
        loaded = self.work / "loaded"
        if self.options.repeat > 1:
            shutil.copytree(self.data, loaded)
        first, same, changes = [], [], []
        for round in range(self.options.repeat):
            if round:
                shutil.rmtree(self.data)
                shutil.copytree(loaded, self.data)
            first.append(self.deliver("first"))
            same.append(self.deliver("same"))
            self.ferry("profiles", "import", self.tuesday, "--key", "CustomerId", self.removal_flag())
            changes.append(self.deliver("changes"))
        for job, runs in (("first export of everyone", first), ("run again, nothing changed", same),
                          ("1 % changed, 1 % gone", changes)):
            self.record(job, "Ferry", runs, runs[-1].note)

    def removal_flag(self):
        text = self.ferry("profiles", "import", "--help").out
        found = re.search(r"--[a-z-]*missing[a-z-]*", text)
        if not found:
            raise SystemExit("'ferry profiles import' has no option that removes missing profiles")
        return found.group(0)

    # The others

    def tables(self):
        self.before, self.after = self.work / "monday.db", self.work / "tuesday.db"
        runs = [measured([sys.executable, HERE / "mksql.py", self.monday, self.before])]
        measured([sys.executable, HERE / "mksql.py", self.tuesday, self.after])
        if self.wants("import"):
            self.record("import of the CSV file", "Python, plain table", runs, "no journal, no checks")

    def script(self, job, tool, name, *arguments, fresh=None):
        runs = []
        for _ in range(self.options.repeat if fresh else 1):
            if fresh:
                fresh()
            self.counts()
            runs.append(measured([self.options.python, HERE / name, *arguments]))
            seen = self.counts()
        self.record(job, tool, runs, f"{seen['contacts']:,} people in {seen['imports']:,} calls")

    def others(self):
        first, same, changes = ("first export of everyone", "run again, nothing changed",
                                "1 % changed, 1 % gone")
        if self.wants("plain"):
            self.script(first, "plain script", "plain.py", self.before, self.url, fresh=lambda: None)
            self.script(same, "plain script", "plain.py", self.before, self.url, fresh=lambda: None)
            self.script(changes, "plain script", "plain.py", self.after, self.url, fresh=lambda: None)
        if self.wants("diff"):
            state = self.work / "state.pickle"
            self.script(first, "script with hash diff", "diff.py", self.before, self.url, state,
                        fresh=lambda: state.unlink(missing_ok=True))
            self.script(same, "script with hash diff", "diff.py", self.before, self.url, state)
            self.script(changes, "script with hash diff", "diff.py", self.after, self.url, state)
        if self.wants("dlt"):
            place = self.work / "dlt"
            self.script(first, "dlt", "dltrun.py", self.before, self.url, place)
            self.notes.append("dlt knows no difference between two states of a table without a "
                              "cursor column: each run sends everyone, as its first one does.")

    def run(self):
        self.generate()
        self.start_sink()
        self.load()
        if self.wants("count"):
            self.count()
        if self.wants("first", "same", "changes"):
            self.set_up_export()
            self.exports()
        if self.wants("plain", "diff", "dlt", "import"):
            self.tables()
            self.others()

    # Report

    def table(self):
        ours = {job: wall for job, tool, wall, *_ in self.rows if tool.startswith("Ferry")}
        lines = ["| Job | Tool | Wall | CPU | Peak memory | Time, Ferry = 1 | |",
                 "|---|---|---:|---:|---:|---:|---|"]
        order = list(dict.fromkeys(job for job, *_ in self.rows))
        for job, tool, wall, cpu, peak, note in sorted(self.rows, key=lambda r: order.index(r[0])):
            ratio = f"{wall / ours[job]:.1f}" if ours.get(job) else ""
            lines.append(f"| {job} | {tool} | {wall:.2f} s | {cpu:.2f} s | {peak:.0f} MB "
                         f"| {ratio} | {note} |")
        return "\n".join(lines + ([""] + self.notes if self.notes else []))

    def facts(self):
        swift = subprocess.run(["swift", "--version"], capture_output=True, text=True,
                               stdin=subprocess.DEVNULL) if shutil.which("swift") else None
        version = re.search(r"Swift version \S+", swift.stdout) if swift else None
        return {
            "date": datetime.date.today().isoformat(), "cpu": cpu_model(),
            "cores": str(os.cpu_count()), "memory": memory(), "system": system(),
            "swift": version.group(0) if version else "unknown",
            "python": platform.python_version(), "profiles": f"{self.options.profiles:,}",
            "repeat": str(self.options.repeat), "rule": RULE, "results": self.table()}

    def report(self):
        text = (HERE / "template.md").read_text(encoding="utf-8")
        for name, value in self.facts().items():
            text = text.replace("{" + name + "}", value)
        if self.options.write:
            target = REPOSITORY / "docs" / "benchmarks.md"
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8")
            print(f"wrote {target.relative_to(REPOSITORY)}")
        else:
            print("\n" + text)


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def memory():
    line = Path("/proc/meminfo").read_text().splitlines()[0]
    return f"{int(line.split()[1]) / 2**20:.0f} GiB"


def system():
    text = Path("/etc/os-release").read_text() if Path("/etc/os-release").exists() else ""
    found = re.search(r'^PRETTY_NAME="?([^"\n]+)', text, re.MULTILINE)
    kernel = platform.release().split("-")[0]
    return f"{found.group(1) if found else platform.system()}, Linux {kernel}"


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--only", action="append", choices=JOBS, metavar="JOB",
                        help=", ".join(JOBS))
    parser.add_argument("--repeat", type=int, default=1, help="rounds; the table tells the median")
    parser.add_argument("--write", action="store_true", help="writes docs/benchmarks.md")
    parser.add_argument("--keep", action="store_true", help="keeps the working directory")
    parser.add_argument("--work", help="where the working directory is made")
    parser.add_argument("--ferry", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--python", default=sys.executable, help=argparse.SUPPRESS)
    bench = Bench(parser.parse_args())
    try:
        bench.run()
        bench.report()
    finally:
        bench.close()


if __name__ == "__main__":
    main()
