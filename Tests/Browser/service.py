"""The service and a sandbox account as processes of their own, and a data directory with made-up customers."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Acceptance"))
from harness import CheckFailed, Ferry, Remote, stop_process  # noqa: E402

#: Longest wait until a process has said its address.
START_SECONDS = 30
#: How many times faster than the wall clock the service and the sandbox live.
TIME_SCALE = 10
#: The lists of the sandbox, with their ids.
LISTS = {"Newsletter": 1, "Customers": 2, "Spring audience": 3}
SEGMENT = "Paying customers"
RULE = "Plan in ('Basic', 'Plus', 'Pro') and Consent = true"
#: A rule that nobody fulfils, for the state of an empty segment.
EMPTY_SEGMENT = "Nobody"


class Listener:
    """A process that says its address on standard output; both its outputs go to a file."""

    def __init__(self, name, command, directory, environment, said):
        self.name, self.log = name, Path(directory) / f"{name}.log"
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, env=environment)
        try:
            self.port = int(self.wait_for(said).group(1))
        except BaseException:
            self.stop()
            raise

    def wait_for(self, pattern, seconds=START_SECONDS):
        """The first place in the log that matches; fails with the log when the process ends before."""
        end = time.monotonic() + seconds
        while True:
            ended = self.process.poll() is not None
            found = re.search(pattern, self.log.read_text(errors="replace"))
            if found:
                return found
            if ended or time.monotonic() > end:
                how = f"ended {self.process.returncode}" if ended else f"was silent for {seconds} s"
                raise CheckFailed(f"{self.name} {how}: {self.log.read_text(errors='replace')[-800:]}")
            time.sleep(0.05)

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        stop_process(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Sandbox(Listener):
    """A local ActiveCampaign: three lists (Newsletter, Customers, Spring audience), five fields."""

    def __init__(self, ferry, directory, *knobs, time_scale=TIME_SCALE, key="sandbox-secret-key"):
        self.key = key
        super().__init__(
            "sandbox", [ferry.binary, "sandbox", "--port", 0, "--api-key", key,
                        "--time-scale", time_scale, *knobs],
            directory, ferry.environment, r"on http://127\.0\.0\.1:(\d+)")
        self.remote = Remote(self.port, key)

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def set_knobs(self, **knobs):
        status, _, text = self.remote.request("PUT", "/sandbox/knobs", knobs)
        if status != 200:
            raise CheckFailed(f"the sandbox refused {knobs}: {text.decode()}")

    def active(self, number):
        """How many contacts are active on a list."""
        found = self.remote.get(f"/api/3/contacts?listid={number}&status=1&limit=1")
        return int(found["meta"]["total"])


class Service(Listener):
    """`ferry serve` on a data directory. Schedules go by the wall clock until `let_pass` says what time it is."""

    def __init__(self, ferry, directory, *arguments, time_scale=TIME_SCALE):
        self.clock = Path(directory) / "clock"
        environment = {**ferry.environment, "FERRY_TIME_SCALE": str(time_scale),
                       "FERRY_CLOCK_FILE": str(self.clock),
                       # No test sends mail.
                       "FERRY_SENDMAIL": str(Path(directory) / "no-sendmail")}
        super().__init__(
            "service", [ferry.binary, "serve", "--data", ferry.data, "--port", 0, *arguments],
            directory, environment, r"Ferry is at http://127\.0\.0\.1:(\d+)/")
        self.remote = Remote(self.port)

    def let_pass(self, moment):
        """From now on it is a little after this moment, an aware datetime, for the schedules."""
        later = self.clock.with_suffix(".new")
        later.write_text(str(int(moment.timestamp() * 1000) + 60_000))
        # Half a number must never be read.
        later.replace(self.clock)

    def setup_link(self):
        """The one-time link by which the first administrator is made."""
        return self.wait_for(r"Create the first administrator: (http://\S+/setup/\S+)", 5).group(1)


class World:
    """A directory with data, a sandbox and the service; everything ends with the `with` block."""

    def __init__(self, binary, profiles=600, knobs=(), prepare=None, time_scale=TIME_SCALE):
        self.directory = tempfile.TemporaryDirectory(prefix="ferry-browser-")
        self.sandbox = self.service = None
        try:
            root = Path(self.directory.name)
            self.ferry = Ferry(Path(binary).resolve(), root / "data")
            fill(self.ferry, root, profiles)
            self.sandbox = Sandbox(self.ferry, root, *knobs, time_scale=time_scale)
            if prepare:
                prepare(self)
            self.service = Service(self.ferry, root, time_scale=time_scale)
        except BaseException:
            self.__exit__()
            raise

    def members(self, segment=SEGMENT):
        """How many members the command line counts."""
        outcome = self.ferry.must("segments", "count", segment, "--json")
        return next(value for name, value in outcome.json.items()
                    if name in ("members", "count") and isinstance(value, int))

    def logs(self):
        return {part.name: part.log.read_text(errors="replace")
                for part in (self.sandbox, self.service) if part}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for part in (self.service, self.sandbox):
            if part:
                part.stop()
        self.directory.cleanup()


def fill(ferry, root, profiles):
    """Made-up customers and two segments, by the command line."""
    customers = Path(root) / "customers.csv"
    ferry.must("sample-data", "--profiles", profiles, "--out", customers)
    ferry.load(customers)
    ferry.must("segments", "add", SEGMENT, "--rule", RULE)
    ferry.must("segments", "add", EMPTY_SEGMENT, "--rule", "Plan = 'no such plan'")


def running_as_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
