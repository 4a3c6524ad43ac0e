#!/usr/bin/env python3
"""Measures every page of the service: idle, and while a run of everyone is planned and sent.

`scripts/bench-pages` prepares and calls it. The pages are found by following links from the first one, a few
of each kind. Four people look at them at once; a fifth one chooses a
language again and again, which writes.
"""

import argparse
import contextlib
import http.client
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "Tests" / "Browser")]
from bench import RULE, cpu_model, memory, system  # noqa: E402
from forms import FormReader, Forms  # noqa: E402
from service import Service  # noqa: E402

from harness import Ferry  # noqa: E402

NAME, PASSWORD = "bench", "a lantern under seven stones"
#: Pages of one kind, which differ in their numbers only.
ALIKE = 2
PAGES_MAX = 150
#: Imports in a minute while the run is under way: a million people in about two minutes.
IMPORTS = 2_000
#: What is promised: bytes, milliseconds idle, and while a run is under way the median and the worst of a hundred.
BYTES_MAX, IDLE_MAX, MEDIAN_MAX, WORST_MAX, MEMORY_MAX = 150_000, 100, 200, 1_000, 200
#: Not pages: downloads, streams, files of the layout; and what ends the session.
SKIPPED = re.compile(r"\.(csv|yaml|css|js|svg|json)$|/events|/assets/|/sign-out|/metrics|/health")
SEGMENTS = [
    ("Everyone", "everyone"), ("Five conditions", RULE), ("Consenting", "Consent = true"),
    ("Paying", "Plan in ('Basic', 'Plus', 'Pro')"), ("German", "Country = 'DE'"),
    ("Seen this year", "LastSeen >= 2024-01-01"), ("Valuable", "LifetimeValue > 500"),
    ("No phone", "Phone is empty"), ("French", "Country = 'FR'"), ("Nobody", "Country = 'XX'")]


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.found.append(dict(attributes).get("href") or "")


class Client:
    """One person with a connection that is kept."""

    def __init__(self, port, cookie):
        self.port, self.cookie, self.connection = port, cookie, None

    def get(self, path):
        """Milliseconds, status, type and body of a page."""
        return self.request("GET", path, None, {})

    def post(self, path, form):
        """The same of a form that is sent; redirects are not followed."""
        return self.request("POST", path, urllib.parse.urlencode(form), {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{self.port}"})

    def request(self, method, path, body, headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = time.monotonic()
        try:
            self.connection.request(
                method, path, body,
                {"Cookie": self.cookie, "Accept": "text/html", **headers})
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection = None
            raise
        return ((time.monotonic() - began) * 1_000, answer.status,
                answer.getheader("Content-Type", ""), body)


class Times:
    """Milliseconds by page; many threads add."""

    def __init__(self):
        self.lock, self.by_page, self.trouble = threading.Lock(), {}, []

    def add(self, page, took):
        with self.lock:
            self.by_page.setdefault(page, []).append(took)

    def fail(self, text):
        with self.lock:
            self.trouble.append(text)

    @property
    def all(self):
        return [took for times in self.by_page.values() for took in times]


def percentile(times, share):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def kind(path):
    """Pages that differ in their numbers only are of one kind."""
    bare, _, query = path.partition("?")
    names = "&".join(sorted(part.split("=")[0] for part in query.split("&") if part))
    bare = re.sub(r"/[0-9a-f]{8}-[0-9a-f-]{27}|/C?\d+(?=/|$)", "/#", bare)
    return bare + ("?" + names if names else "")


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = Path(tempfile.mkdtemp(prefix="ferry-pages-", dir=options.work))
        self.stack = contextlib.ExitStack()
        self.stack.callback(shutil.rmtree, self.work, ignore_errors=True)

    # Setting up

    def start_sink(self):
        sink = subprocess.Popen([sys.executable, str(HERE / "sink.py")], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, text=True)
        self.stack.callback(sink.wait, 30)
        self.stack.callback(sink.terminate)
        return int(sink.stdout.readline())

    def prepare(self):
        self.ferry = ferry = Ferry(Path(self.options.ferry).resolve(), self.work / "data")
        customers = self.work / "customers.csv"
        began = time.monotonic()
        ferry.must("sample-data", "--profiles", self.options.profiles, "--out", customers)
        ferry.must("profiles", "import", customers, "--key", "CustomerId")
        customers.unlink()
        for name, rule in SEGMENTS:
            ferry.must("segments", "add", name, "--rule", rule)
        port = self.start_sink()
        ferry.must("connections", "add", "sink", "--host", f"127.0.0.1:{port}", "--api-key-file",
                   ferry.key_file("bench-key"), "--agree")
        self.pace("unlimited")
        for name, segment in (("First", "Everyone"), ("Second", "Everyone"), ("Third", "Everyone"),
                              *((f"Export {n}", "German") for n in range(1, 31))):
            ferry.must("exports", "add", name, "--connection", "sink", "--list", 3, "--segment",
                       segment, "--email", "Email", "--first-name", "FirstName", "--field",
                       "1=Country", "--field", "2=Plan", "--limit", 10_000_000)
        # A history: everyone delivered once, and a run with nothing to send.
        for name in ("First", "First", "Export 1"):
            ferry.must("exports", "run", name, "--yes", codes=(0, 2))
        self.pace(IMPORTS)
        print(f"made {self.options.profiles:,} profiles and a history in "
              f"{time.monotonic() - began:.0f} s", flush=True)

    def pace(self, imports):
        self.ferry.must("connections", "set", "sink", "--requests-per-second", "unlimited",
                        "--imports-per-minute", imports, "--single-imports-per-minute", "unlimited")

    def serve(self):
        self.service = self.stack.enter_context(Service(self.ferry, self.work, time_scale=1))
        self.person = Forms(self.service.origin)
        self.person.send(self.service.setup_link(), "/setup/", name=NAME, password=PASSWORD,
                         repeated=PASSWORD)
        self.clients = [self.client(self.person) for _ in range(self.options.clients)]

    def client(self, person):
        jar = next(h.cookiejar for h in person.opener.handlers if hasattr(h, "cookiejar"))
        return Client(self.service.port, "; ".join(f"{c.name}={c.value}" for c in jar))

    def peak(self):
        """The most memory the service has taken so far, in MB."""
        text = Path(f"/proc/{self.service.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", text).group(1)) / 1024

    def walk(self):
        """Pages that links lead to, a few of each kind, breadth first, and searches that are typed."""
        customers = ["/customers?q=anna", "/customers?q=anna+de+gmail", "/customers?q=zzzzqq"]
        waiting, known, kinds, pages = ["/", *customers], set(), {}, []
        while waiting and len(pages) < PAGES_MAX:
            path = waiting.pop(0)
            if path in known or SKIPPED.search(path.split("?")[0]):
                continue
            known.add(path)
            alike = 3 if path in customers else ALIKE
            if kinds.get(kind(path), 0) >= alike:
                continue
            _, status, sort, body = self.clients[0].get(path)
            if status in (301, 302, 303, 404) or not sort.startswith("text/html"):
                if path == "/" and status == 303:
                    waiting.append("/exports")
                continue
            if status != 200:
                raise SystemExit(f"GET {path} answered {status}")
            kinds[kind(path)] = kinds.get(kind(path), 0) + 1
            pages.append(path)
            links = Links()
            links.feed(body.decode())
            for href in links.found:
                address = urllib.parse.urlsplit(urllib.parse.urljoin(self.service.origin + path, href))
                if address.netloc == f"127.0.0.1:{self.service.port}":
                    waiting.append(address.path + ("?" + address.query if address.query else ""))
        return pages

    # Measuring

    def idle(self):
        times, self.sizes = Times(), {}
        for _ in range(self.options.rounds):
            for page in self.pages:
                took, status, _, body = self.clients[0].get(page)
                if status != 200:
                    times.fail(f"{page} answered {status}")
                times.add(page, took)
                self.sizes[page] = max(self.sizes.get(page, 0), len(body))
        return times

    def look(self, client, offset, times, is_over):
        place = offset
        while not is_over.is_set():
            page = self.pages[place % len(self.pages)]
            place += 1
            try:
                took, status, _, _ = client.get(page)
            except (OSError, http.client.HTTPException) as error:
                times.fail(f"{page}: {error}")
                continue
            times.add(page, took)
            if status != 200:
                times.fail(f"{page} answered {status}")

    def write(self, times, is_over):
        """A language is chosen again and again: the smallest thing that is written."""
        reader = FormReader()
        reader.feed(self.person.open("/privacy"))
        form = next(form for form in reader.forms if form["action"] == "/language")
        writer = self.client(self.person)
        while not is_over.wait(0.1):
            try:
                took, status, _, _ = writer.post("/language", {**form["values"], "language": "en"})
            except (OSError, http.client.HTTPException) as error:
                times.fail(f"choosing a language: {error}")
                continue
            times.add("choosing a language", took)
            if status != 303:
                times.fail(f"choosing a language answered {status}")

    def state(self, run):
        """The state of the newest run, read beside the service."""
        with contextlib.closing(sqlite3.connect(
                f"file:{self.ferry.data}/catalog.sqlite?mode=ro", uri=True)) as db:
            return db.execute("SELECT state, endedAt FROM run WHERE id = ?", (run,)).fetchone()

    def newest(self):
        with contextlib.closing(sqlite3.connect(
                f"file:{self.ferry.data}/catalog.sqlite?mode=ro", uri=True)) as db:
            return db.execute("SELECT max(id) FROM run").fetchone()[0]

    def during(self, goes_on, seconds):
        """Times of pages as long as `goes_on`, at most some seconds."""
        times, writes, is_over = Times(), Times(), threading.Event()
        threads = [threading.Thread(target=self.look, args=(client, place * 7, times, is_over))
                   for place, client in enumerate(self.clients)]
        threads.append(threading.Thread(target=self.write, args=(writes, is_over)))
        began = time.monotonic()
        for thread in threads:
            thread.start()
        while goes_on() and time.monotonic() - began < seconds:
            time.sleep(0.05)
        is_over.set()
        for thread in threads:
            thread.join()
        times.trouble += writes.trouble
        return times, writes, time.monotonic() - began

    def index(self):
        """Waits until customers are found by words; the service builds the index after a first import."""
        began = time.monotonic()
        while b"indexed so far" in self.clients[0].get("/customers")[3]:
            if time.monotonic() - began > 300:
                raise SystemExit("the search index was not built in five minutes")
            time.sleep(0.5)
        print(f"the search index took {time.monotonic() - began:.0f} s", flush=True)

    def run(self):
        self.prepare()
        self.serve()
        self.index()
        self.pages = self.walk()
        print(f"{len(self.pages)} pages", flush=True)
        self.phases = []
        self.idle_times = self.idle()
        self.phases.append(("idle, one at a time", self.idle_times, None, self.peak()))
        times, writes, _ = self.during(lambda: True, self.options.seconds)
        self.phases.append((f"idle, {self.options.clients} at a time", times, writes, self.peak()))
        first = self.newest()
        exports = self.person.open("/exports?q=Second")
        number = re.search(r"/exports/(\d+)/run", exports).group(1)
        self.person.send("/exports?q=Second", f"/exports/{number}/run")
        run = self.newest()
        if run == first:
            raise SystemExit("the run did not start")
        times, writes, took = self.during(lambda: self.state(run)[0] == "planning", 600)
        self.phases.append((f"planning ({took:.1f} s)", times, writes, self.peak()))
        times, writes, took = self.during(
            lambda: self.state(run)[0] == "sending", self.options.seconds)
        self.phases.append((f"sending ({took:.0f} s)", times, writes, self.peak()))
        self.run_times = times
        if self.state(run)[0] == "sending":
            self.person.send(f"/runs/{run}", f"/runs/{run}/stop")
            times, writes, took = self.during(lambda: self.state(run)[1] is None, 600)
            self.phases.append((f"stopping ({took:.1f} s)", times, writes, self.peak()))

    # Report

    def report(self):
        print(f"\n{cpu_model()}, {memory()}, {system()}; {self.options.profiles:,} profiles, "
              f"{len(self.pages)} pages, {self.options.clients} people at a time\n")
        print("| While | Pages answered | Median | 99 % | Slowest | Writes: median | Slowest | Peak memory |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|")
        bad = []
        for name, times, writes, peak in self.phases:
            every = times.all
            written = writes.all if writes else []
            wrote = (f"{statistics.median(written):.0f} ms | {max(written):.0f} ms" if written
                     else "– | –")
            middle, worst = statistics.median(every), percentile(every, 0.99)
            print(f"| {name} | {len(every):,} | {middle:.0f} ms | {worst:.0f} ms | "
                  f"{max(every):.0f} ms | {wrote} | {peak:.0f} MB |")
            bad += times.trouble[:5]
            if "idle" not in name and (middle > MEDIAN_MAX or worst > WORST_MAX):
                bad.append(f"{name}: median {middle:.0f} ms, 99 % {worst:.0f} ms")
        if self.phases[-1][3] > MEMORY_MAX:
            bad.append(f"the service took {self.phases[-1][3]:.0f} MB")
        print("\n| Page | Bytes | Idle, median | Idle, slowest | Sending, median | Sending, slowest |")
        print("|---|---:|---:|---:|---:|---:|")
        for page in self.pages:
            idle, busy = self.idle_times.by_page[page], self.run_times.by_page.get(page, [])
            middle = statistics.median(idle)
            shown = f"{statistics.median(busy):.0f} ms | {max(busy):.0f} ms" if busy else "– | –"
            print(f"| `{page}` | {self.sizes[page]:,} | {middle:.1f} ms | {max(idle):.0f} ms | {shown} |")
            if self.sizes[page] > BYTES_MAX:
                bad.append(f"{page} weighs {self.sizes[page]:,} bytes")
            if middle > IDLE_MAX:
                bad.append(f"{page} takes {middle:.0f} ms idle")
        print("\n" + ("\n".join(f"Falls short: {line}" for line in bad) if bad
                      else "Everything promised was kept."))
        return not bad


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench-pages", description=__doc__)
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5, help="of all pages, when idle")
    parser.add_argument("--seconds", type=int, default=30, help="of looking at pages in each phase")
    parser.add_argument("--work", help="where the working directory is made")
    parser.add_argument("--ferry", required=True, help=argparse.SUPPRESS)
    bench = Bench(parser.parse_args())
    with bench.stack:
        bench.run()
        return 0 if bench.report() else 1


if __name__ == "__main__":
    sys.exit(main())
