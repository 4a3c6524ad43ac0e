"""Sample data and `ferry sandbox`: what a new user tries first."""

import csv
import json
import re
import subprocess
import time

from harness import CheckFailed, Remote, stop_process

from .common import check_sum, ferry_path

COUNT, KEY = 4_000, "acceptance-key"


class Sandbox(Remote):
    """`ferry sandbox` on a port that the system chose, without limits and with a fast importer."""

    def __init__(self, ferry, *flags):
        self.process = subprocess.Popen(
            [ferry.binary, "sandbox", "--port", "0", "--api-key", KEY, *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=ferry.environment)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            stop_process(self.process)
            raise CheckFailed(f"ferry sandbox did not tell its address: {line!r}")
        super().__init__(int(found.group(1)), KEY)
        self.api_key = KEY

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop_process(self.process)


def sample(ferry, name, *flags):
    path = ferry_path(ferry, name)
    ferry.must("sample-data", "--profiles", COUNT, "--seed", 7, "--out", path, *flags)
    with open(path, encoding="utf-8", newline="") as file:
        return path, {row["CustomerId"]: row for row in csv.DictReader(file)}


def scenario(world):
    checks = world.checks
    ferry = world.ferry()
    path, people = sample(ferry, "one.csv")
    again, _ = sample(ferry, "again.csv")
    checks.equal("sample data of one seed is always the same",
                 path.read_bytes() == again.read_bytes(), True)
    checks.equal("sample data has as many customers as asked for", len(people), COUNT)
    changed_path, changed = sample(ferry, "changed.csv", "--change-percent", 1, "--change-seed", 3)
    differ = [k for k in people if changed.get(k) != people[k]]
    checks.check(f"one per cent changes ({len(differ)})", 0.5 <= len(differ) / (COUNT / 100) <= 1.5)
    _, fewer = sample(ferry, "fewer.csv", "--remove-percent", 2)
    checks.check(f"two per cent go ({COUNT - len(fewer)})",
                 fewer.keys() < people.keys()
                 and 0.5 <= (COUNT - len(fewer)) / (COUNT / 50) <= 1.5)
    ferry.load(path)
    ferry.must("segments", "add", "audience", "--rule", "everyone")
    flags = ("--requests-per-second", "0", "--imports-per-minute", "0",
             "--single-imports-per-minute", "0", "--processing-rate", "0", "--import-delay", "0")
    with Sandbox(ferry, *flags) as sandbox:
        ferry.connect(sandbox)
        ferry.export("weekly", "--first-name", "FirstName", "--last-name", "LastName",
                     "--field", "1=Plan", number=3)
        run = ferry.deliver(codes=(0, 2))
        check_sum(checks, "sandbox, first run", run)
        checks.equal("sandbox: nobody is refused or left", (run["refused"], run["pending"]), (0, 0))
        checks.equal("sandbox: those delivered are on the list", subscribed(sandbox, 3),
                     run["delivered"])
        second = ferry.deliver(codes=(0, 2))
        checks.equal("sandbox: the second run delivers nobody", second["delivered"], 0)
        check_sum(checks, "sandbox, second run", second)
        ferry.load(changed_path)
        third = ferry.deliver(codes=(0, 2))
        check_sum(checks, "sandbox, third run", third)
        checks.check(f"sandbox: at most the changed travel ({third['delivered']})",
                     third["delivered"] <= len(differ))
        listed = ferry.must("runs", "list", "--json").json
        text = json.dumps(listed)
        checks.check("sandbox: the three runs are listed",
                     len(re.findall(r'"export"', text)) >= 3, text[:300])


def subscribed(sandbox, number):
    deadline = time.monotonic() + 10
    status, _, body = sandbox.request(
        "GET", f"/api/3/contacts?listid={number}&status=1&limit=1")
    while status == 429 and time.monotonic() < deadline:
        time.sleep(1)
        status, _, body = sandbox.request(
            "GET", f"/api/3/contacts?listid={number}&status=1&limit=1")
    return int(json.loads(body)["meta"]["total"])
