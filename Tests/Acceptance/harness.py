"""What the acceptance scripts share: the emulator as a process, the ferry command, checks, customers."""

import csv
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
#: Longest wait for one ferry command; far above anything that is not stuck.
COMMAND_SECONDS = 300


class Remote:
    """A small JSON client for the control pages of the emulator and for the sandbox."""

    def __init__(self, port, key=None):
        self.port, self.key = port, key

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Accept": "application/json"}
        # Bytes go as they are; their kind stands in the headers.
        data = body if isinstance(body, bytes) else None
        if body is not None and data is None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        if self.key:
            sent["Api-Token"] = self.key
        sent.update(headers or {})
        try:
            connection.request(method, path, data, sent)
            response = connection.getresponse()
            text = response.read()
            return response.status, dict(response.getheaders()), text
        finally:
            connection.close()

    def get(self, path):
        return json.loads(self.request("GET", path)[2])

    def post(self, path, body):
        status, _, text = self.request("POST", path, body)
        if path.startswith("/__") and status != 200:
            raise AssertionError(f"emulator refused {path}: {text.decode()}")
        return json.loads(text) if text else None


class Emulator(Remote):
    """The strict emulator as a process of its own on a free port; stop it with `with`."""

    def __init__(self, *flags, lists=(12,), fields=("1=Country", "2=Plan", "3=Score", "7=Audience")):
        command = [sys.executable, str(HERE / "strict_emulator.py"), "--port", "0", *map(str, flags)]
        for number in lists:
            command += ["--list", str(number)]
        for field in fields:
            command += ["--field", field]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline() or "{}")
        if "port" not in ready:
            raise RuntimeError("the emulator did not start")
        super().__init__(ready["port"])
        self.api_key = ready["key"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        stop_process(self.process)

    def faults(self, **knobs):
        self.post("/__faults", knobs)

    def mark(self, name):
        self.post("/__mark", {"name": name})

    def since(self, counter):
        return self.get("/__state")["since"].get(counter, 0)

    def violations(self):
        return self.get("/__violations")

    def contacts(self, number=None):
        path = "/__contacts" if number is None else f"/__contacts?list={number}"
        return {c["email"]: c for c in self.get(path)}

    def active(self, number):
        return {a for a, c in self.contacts(number).items()
                if c["lists"][str(number)]["status"] == 1}


def stop_process(process, seconds=10):
    """Asks one process to end, by its id, and insists after `seconds`."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout:
        process.stdout.close()


def free_port():
    """A port that was free a moment ago, for programs that cannot be asked to choose one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Outcome:
    """How one ferry command ended."""

    def __init__(self, arguments, code, out, err, seconds):
        self.arguments, self.code, self.out, self.err = arguments, code, out, err
        self.seconds = seconds

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise CheckFailed(f"standard output of {self} is not one JSON object: {self.out[:300]!r}")

    @property
    def error_lines(self):
        return [line for line in self.err.splitlines() if line.strip()]

    def __str__(self):
        return "ferry " + " ".join(self.arguments)

    def tell(self):
        return f"{self} ended {self.code}: {(self.err or self.out).strip()[-600:]}"


class CheckFailed(AssertionError):
    pass


class Ferry:
    """The ferry binary with one data directory."""

    def __init__(self, binary, data):
        self.binary, self.data = str(binary), str(data)
        self.environment = {
            k: v for k, v in os.environ.items() if not k.startswith("FERRY_")}
        self.environment["FERRY_ALLOW_LOOPBACK"] = "1"

    def start(self, *arguments, environment=None, **more):
        command = [self.binary, "--data", self.data, *map(str, arguments)]
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=self.environment if environment is None else environment, **more)

    def run(self, *arguments, **more):
        began = time.monotonic()
        process = self.start(*arguments, **more)
        return self.collect(process, arguments, began)

    def collect(self, process, arguments=("…",), began=None):
        try:
            out, err = process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise CheckFailed(f"ferry {' '.join(map(str, arguments))} did not end: {err[-500:]}")
        seconds = time.monotonic() - (began or time.monotonic())
        return Outcome(list(map(str, arguments)), process.returncode, out, err, seconds)

    def must(self, *arguments, codes=(0,), **more):
        outcome = self.run(*arguments, **more)
        if outcome.code not in codes:
            raise CheckFailed(outcome.tell())
        return outcome

    # Steps that many scenarios take

    def key_file(self, key, name="key"):
        path = Path(self.data).parent / f"{name}.txt"
        path.write_text(key + "\n")
        path.chmod(0o600)
        return path

    def connect(self, emulator, name="acme", unlimited=True):
        self.must("connections", "add", name, "--host", f"127.0.0.1:{emulator.port}",
                  "--api-key-file", self.key_file(emulator.api_key), "--agree")
        if unlimited:
            self.must("connections", "set", name, "--requests-per-second", "unlimited",
                      "--imports-per-minute", "unlimited",
                      "--single-imports-per-minute", "unlimited")

    def load(self, path, key="CustomerId", *more):
        return self.must("profiles", "import", path, "--key", key, *more)

    def export(self, name="weekly", *more, connection="acme", segment="audience", number=12,
               email="Email"):
        return self.must("exports", "add", name, "--connection", connection, "--list", number,
                         "--segment", segment, "--email", email, *more)

    def deliver(self, name="weekly", *more, codes=(0,)):
        return self.must("exports", "run", name, "--yes", "--json", *more, codes=codes).json

    def plan(self, name="weekly"):
        return self.must("exports", "plan", name, "--json").json

    def refused(self, run, outcome="refused"):
        """The people of a run with that outcome, as rows of the downloaded file."""
        path = Path(self.data).parent / f"people-{outcome}.csv"
        path.unlink(missing_ok=True)
        self.must("runs", "people", run["id"], "--outcome", outcome, "--csv", path)
        with open(path, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def snapshot(self, but=r"audit|grdb|sqlite_|limiter"):
        """A hash of every row of every table, apart from tables whose name matches `but`."""
        found = {}
        with tempfile.TemporaryDirectory() as copies:
            for path in sorted(Path(self.data).rglob("*")):
                if not path.is_file() or path.name.endswith(("-wal", "-shm")):
                    continue
                with open(path, "rb") as file:
                    if file.read(16) != b"SQLite format 3\0":
                        continue
                copy = Path(copies) / path.name
                for suffix in ("", "-wal"):
                    if path.with_name(path.name + suffix).exists():
                        shutil.copy(path.with_name(path.name + suffix), f"{copy}{suffix}")
                found.update(table_hashes(copy, but))
        return found


def table_hashes(path, but):
    found = {}
    with sqlite3.connect(path) as database:
        database.text_factory = bytes
        names = [row[0].decode() for row in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")]
        for name in names:
            if re.search(but, name, re.IGNORECASE):
                continue
            total, count = 0, 0
            for row in database.execute(f'SELECT * FROM "{name}"'):
                total ^= int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8], "big")
                count += 1
            found[f"{path.name}.{name}"] = (count, total)
    database.close()
    return found


class Checks:
    """Counts and prints checks; `scenario` keeps one broken scenario from hiding the next."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, name, truth, detail=""):
        if truth:
            self.passed += 1
            print(f"ok    {name}", flush=True)
        else:
            self.failed += 1
            told = f" ({detail() if callable(detail) else detail})" if detail else ""
            print(f"FAIL  {name}{told}", flush=True)
        return bool(truth)

    def equal(self, name, found, expected):
        return self.check(name, found == expected, f"found {short(found)}, expected {short(expected)}")

    def skip(self, name, why):
        self.skipped += 1
        print(f"skip  {name}: {why}", flush=True)

    def scenario(self, name, work):
        print(f"--    {name}", flush=True)
        began = time.monotonic()
        try:
            work()
        except CheckFailed as problem:
            self.check(name, False, str(problem))
        except Exception as problem:
            self.check(name, False, f"{type(problem).__name__}: {problem}")
        print(f"--    {name} took {time.monotonic() - began:.1f} s", flush=True)

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed or not self.passed else 0


def short(value, length=300):
    text = repr(value)
    return text if len(text) <= length else text[:length] + "…"


def person_key(address):
    """The person key as the design defines it: trimmed, lower-cased, then NFC."""
    return unicodedata.normalize("NFC", address.strip().lower())


class Customers:
    """Made-up customers as a table this side knows everything about, so that every expected number is
    counted here and not taken from Ferry."""

    COLUMNS = ["CustomerId", "Email", "FirstName", "LastName", "Phone", "Country", "Plan", "Score",
               "Audience"]

    def __init__(self, count, seed=1, audience="in"):
        chance = random.Random(seed)
        self.rows = {}
        for number in range(1, count + 1):
            self.rows[f"C{number:07d}"] = {
                "CustomerId": f"C{number:07d}", "Email": f"person{number}@mail{number % 97}.test",
                "FirstName": f"First{chance.randrange(5000)}",
                "LastName": f"Last{chance.randrange(20000)}",
                "Phone": f"+4917{chance.randrange(10**8):08d}",
                "Country": chance.choice(["DE", "FR", "PL", "HU", "ES"]),
                "Plan": chance.choice(["free", "basic", "pro", "team"]),
                "Score": str(chance.randrange(1000)), "Audience": audience}

    def write(self, path):
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.COLUMNS)
            writer.writeheader()
            writer.writerows(self.rows.values())
        return path

    def members(self):
        return [row for row in self.rows.values() if row["Audience"] == "in"]

    def addresses(self):
        return {row["Email"] for row in self.members()}

    def sample(self, count, seed, among=None):
        rows = sorted(among or self.rows.values(), key=lambda row: row["CustomerId"])
        return random.Random(seed).sample(rows, count)
