"""States of the second half of the pages that every_page.py looks at: by the command line, then by the API."""

import json
import re
import time
from pathlib import Path

from forms import Forms

#: A rule with every kind of row, groups in groups, and a condition that no row can hold.
LONG_RULE = """Consent = true and (Plan in ('Basic', 'Plus', 'Pro') or not (Country = 'DE' and LifetimeValue < 20))
and LastSeen not within last 2 weeks and Email ends with 'EXAMPLE.ORG' ignoring case and Phone is not empty
and LifetimeValue between 10 and 900 and year of LastSeen >= 2020 and not in segment 'Nobody' and everyone"""
HEADER = "CustomerId,Email,LifetimeValue,Consent,LastSeen,Remark\n"
GOOD = "S{0:03},shop{0}@office.example.com,{0}.5,Y,2026-02-0{0}T08:00:00Z,\n"
#: Neither the number nor the date is one, and the last row is short.
BAD = "S900,bad@office.example.com,much,Y,2026-02-01T08:00:00Z,a\nS901,bad@office.example.com,1\n"
SECONDS = 60


def by_commands(world):
    """Segments of each kind and sources, before the service begins."""
    ferry, root = world.ferry, Path(world.directory.name)
    ferry.must("segments", "add", "Fixed", "--rule", "Country = 'HU'", "--static")
    ferry.must("segments", "add", "Many conditions", "--rule", LONG_RULE)
    score = root / "scores.csv"
    score.write_text("CustomerId,Score\nC00000001,7\nC00000002,9\n")
    ferry.must("profiles", "import", score, "--key", "CustomerId")
    ferry.must("segments", "add", "Scored", "--rule", "Score >= 8")
    # The rule compares with a number; the attribute is text from now on.
    ferry.must("profiles", "import", score, "--key", "CustomerId", "--type", "Score=text")
    folder = Path(ferry.data) / "sources"
    folder.mkdir(exist_ok=True)
    for name in ("shop", "returns", "waiting"):
        (folder / f"{name}.csv").write_text(HEADER + "".join(GOOD.format(n) for n in range(1, 8)))
    for name in ("Shop", "Returns"):
        ferry.must("sources", "add", name, "--file", f"{name.lower()}.csv", "--key", "CustomerId")
    with open(folder / "returns.csv", "a", encoding="utf-8") as file:
        file.write(BAD)


class Api:
    """The JSON API as an administrator."""

    def __init__(self, service, name, password):
        self.service = service
        person = Forms(service.origin)
        person.send("/sign-in", "/sign-in", name=name, password=password)
        page = person.send("/account", "/account/tokens", tokenName="states", role="administrator")
        self.bearer = re.search(r"\bfa_[A-Za-z0-9_-]{43}", page).group()

    def call(self, method, path, body=None):
        """What the API answers. Bytes are the rows of a CSV file."""
        headers = {"Authorization": f"Bearer {self.bearer}"}
        if isinstance(body, bytes):
            headers["Content-Type"] = "text/csv"
        status, _, answer = self.service.remote.request(method, f"/api/v1{path}", body, headers=headers)
        if status not in (200, 201):
            raise SystemExit(f"{method} {path} answered {status}: {answer.decode()}")
        return json.loads(answer)

    def ended(self, path, under_way):
        """Asks until this is no longer under way."""
        for _ in range(SECONDS * 10):
            found = self.call("GET", path)
            if found["state"] not in under_way:
                return found
            time.sleep(0.1)
        raise SystemExit(f"{path} is still {found['state']} after {SECONDS} s")


def by_api(world, name, password, own_schedule):
    """A refresh whose source fails, one that is done but for a segment, imports in each state; a name and an address
    for each."""
    api = Api(world.service, name, password)
    make_schedules(api, own_schedule)
    stops = imports(api)
    for told in ("skips", "mixed"):
        number = api.call("POST", "/refreshes", {})["id"]
        api.ended(f"/refreshes/{number}", ("running", "cancelling"))
        stops.append((f"refresh-{told}", f"/system/status/{number}"))
        folder = Path(world.ferry.data) / "sources"
        (folder / "returns.csv").write_text((folder / "shop.csv").read_text())
    # There is no program of that name: the mail fails, and says so.
    api.call("PUT", "/notification-settings", {
        "active": True, "mailTo": ["ops@office.example.com"], "mailFrom": "ferry@office.example.com",
        "language": "en", "events": ["run-failed", "run-held", "refresh-failed"]})
    api.call("POST", "/notification-settings/test", {})
    return stops


def make_schedules(api, own_schedule):
    times = {"rhythm": "weekly", "weekdays": ["monday", "thursday"], "times": ["02:30", "18:00"],
             "timeZone": "Europe/Berlin"}
    api.call("PUT", "/schedule", {"isActive": True, **times})
    export = next(item for item in api.call("GET", "/exports")["items"] if item["name"] == own_schedule)
    told_only = ("id", "connectionName", "right", "lastRun")
    draft = {name: value for name, value in export.items() if name not in told_only}
    api.call("PUT", f"/exports/{export['id']}",
             {**draft, "list": export["list"]["id"], "schedule": "own", "ownSchedule": times})


def imports(api):
    good = HEADER + "".join(GOOD.format(n) for n in range(1, 8))
    stops = []
    for name, text, more in (
            ("draft", good + BAD, "start=false"), ("done", good, "key=CustomerId"),
            ("bad-rows", good + BAD, "key=CustomerId&skipBadRows=true"),
            ("failed", good + BAD, "key=CustomerId")):
        made = api.call("POST", f"/imports?fileName={name}.csv&{more}", text.encode())
        api.ended(f"/imports/{made['id']}", ("waiting", "running"))
        stops.append((f"import-{name}", f"/imports/{made['id']}"))
    return stops
