"""The command line against a running service says the same as in the data directory, and does the same.

    commands.py --ferry BINARY
"""

import argparse
import urllib.request
import json
import csv
import sys
import time
from pathlib import Path

from api import NAME, PASSWORD, prepare, token
from service import RULE, SEGMENT, World
from harness import CheckFailed, Checks, Ferry

#: Commands that only look: a service beside the data directory must tell the same.
LOOKS = [
    ("segments", "list"), ("segments", "show", SEGMENT), ("segments", "count", SEGMENT),
    ("segments", "count", "--rule", RULE), ("segments", "members", SEGMENT, "--limit", "500"),
    ("profiles", "attributes"), ("profiles", "show", "{profile}"), ("people", "show", "{address}"),
    ("exports", "list"), ("exports", "show", "Weekly"), ("runs", "list"), ("runs", "show", "1"),
    ("runs", "people", "1", "--limit", "1000"), ("runs", "calls", "1"), ("connections", "list"),
    ("users", "list"), ("schedule", "show"), ("refresh", "status"),
]
#: Fields that tell a moment, which goes on between two looks.
MOMENTS = {"seconds", "checkedAt", "lastSignInAt"}
#: As long as a refresh of a few hundred profiles may take.
SECONDS = 60


class Commands:
    def __init__(self, checks, world):
        self.checks, self.world, self.ferry = checks, world, world.ferry
        self.token = token(world)
        self.environment = {**self.ferry.environment, "FERRY_SERVER": world.service.origin,
                            "FERRY_TOKEN": self.token}

    def there(self, *arguments, codes=(0,), **more):
        return self.ferry.must(*arguments, codes=codes, environment=self.environment, **more)

    def looks(self):
        people = self.ferry.must("runs", "people", "1", "--outcome", "delivered", "--json").json["people"]
        for command in LOOKS:
            command = [word.format(profile=people[0]["profile"], address=people[0]["email"])
                       if word.startswith("{") else word for word in command]
            words = " ".join(command[:2])
            here = self.ferry.must(*command, "--json").json
            self.checks.equal(f"'{words}' tells the same in JSON",
                              without_moments(self.there(*command, "--json").json), without_moments(here))
            told = [self.ferry.must(*command).out, self.there(*command).out]
            if not command[0] == "users":
                self.checks.check(f"'{words}' prints the same", same_lines(*told), lambda: told)

    def options(self):
        plain = {**self.environment, "FERRY_SERVER": "http://ferry.example"}
        outcome = self.ferry.run("runs", "list", environment=plain)
        self.checks.equal("a token is not sent over plain HTTP", outcome.code, 64)
        without = {k: v for k, v in self.environment.items() if k != "FERRY_TOKEN"}
        outcome = self.ferry.run("runs", "list", environment=without)
        self.checks.equal("a service needs a token", outcome.code, 64)
        self.checks.check("the message says where to get one", "account page" in outcome.err, outcome.err)
        file = self.ferry.key_file(self.token, "token")
        outcome = self.ferry.run("runs", "list", "--server", self.world.service.origin, "--token-file", file)
        self.checks.equal("the token may stand in a file", outcome.code, 0)
        wrong = {**self.environment, "FERRY_TOKEN": "fa_wrong"}
        outcome = self.ferry.run("runs", "list", environment=wrong)
        self.checks.equal("a wrong token is refused", outcome.code, 1)
        self.checks.check("and never repeated", "fa_wrong" not in outcome.err + outcome.out, outcome.err)
        outcome = self.ferry.run("runs", "list", environment={
            **self.environment, "FERRY_SERVER": "http://127.0.0.1:9"})
        self.checks.check("a service that is not there is named", "does not answer" in outcome.err, outcome.err)
        outcome = self.ferry.run("exports", "show", "Nothing", environment=self.environment)
        self.checks.equal("an unknown name ends like a local one", outcome.code, 1)
        self.checks.check("and the message names those there are", "'Weekly'" in outcome.err, outcome.err)

    def exports(self):
        check = self.checks
        added = self.there("exports", "add", "Second", "--connection", "Acme", "--list", "2", "--segment",
                           SEGMENT, "--email", "Email", "--json").json
        here = self.ferry.must("exports", "show", "Second", "--json").json
        check.equal("an export added there is stored as it was told", added, here)
        plan = self.there("exports", "plan", "Second", "--json").json
        check.check("a plan there counts everyone", plan["enter"] > 0, plan)
        path = Path(self.ferry.data).parent / "plan.csv"
        self.there("exports", "plan", "Second", "--csv", path)
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        check.equal("every row of the plan can be downloaded", len(rows), plan["members"])
        check.equal("the file is for its owner alone", path.stat().st_mode & 0o777, 0o600)
        run = self.there("exports", "run", "Second", "--yes", "--json", codes=(0, 2)).json
        check.equal("a run there delivers what the plan said", run["delivered"], plan["enter"])
        check.equal("the account has them", self.world.sandbox.active(2), run["delivered"])
        check.equal("its exit code tells the outcome",
                    self.ferry.run("runs", "show", run["id"], environment=self.environment).code, 0)
        self.there("exports", "remove", "Second")
        names = [export["name"] for export in self.there("exports", "list", "--json").json["exports"]]
        check.equal("a removed export is gone", names, ["Weekly"])

    def connections(self):
        check, sandbox = self.checks, self.world.sandbox
        key = self.ferry.key_file(sandbox.key)
        password = self.ferry.key_file(PASSWORD, "password")
        self.there("connections", "add", "Second account", "--host", sandbox.host, "--api-key-file", key,
                   "--password-file", password, "--agree")
        self.there("connections", "check", "Second account")
        self.there("connections", "set", "Second account", "--imports-per-minute", "30")
        here = self.ferry.must("connections", "list", "--json").json["connections"]
        found = next(one for one in here if one["name"] == "Second account")
        check.equal("limits set there are stored", found["importsPerMinute"], 30)
        check.equal("who confirmed it is known", NAME in found["consentBy"], True)
        self.there("connections", "remove", "Second account")
        check.equal("a removed connection is gone",
                    [one["name"] for one in self.there("connections", "list", "--json").json["connections"]],
                    ["Acme"])

    def segments(self):
        check = self.checks
        added = self.there("segments", "add", "Second segment", "--rule", "Plan = 'Pro'", "--json").json
        here = self.ferry.must("segments", "show", "Second segment", "--json").json
        check.equal("a segment added there is stored as it was told", added, here)
        self.there("segments", "set", "Second segment", "--rule", "Plan = 'Basic'", "--state", "inactive")
        here = self.ferry.must("segments", "show", "Second segment", "--json").json
        check.equal("its rule and state are changed there", (here["rule"], here["state"]),
                    ("Plan = 'Basic'", "inactive"))
        outcome = self.ferry.run("segments", "add", "Wrong", "--rule", "Plan is Pro",
                                 environment=self.environment)
        check.equal("a rule with a mistake is wrong usage", outcome.code, 64)
        self.there("segments", "remove", "Second segment")
        outcome = self.ferry.run("segments", "remove", SEGMENT, environment=self.environment)
        check.check("a segment in use stays, and the message names the export",
                    outcome.code == 1 and "Weekly" in outcome.err, outcome.err)

    def imports(self):
        check = self.checks
        path = Path(self.ferry.data).parent / "more.csv"
        path.write_text("CustomerId,Email,Plan,Consent\nX1,x1@example.com,Pro,true\nX2,x2@example.com,Pro,true\n")
        done = self.there("profiles", "import", path, "--key", "CustomerId", "--json").json
        check.equal("a file imported there adds its customers", (done["rows"], done["added"]), (2, 2))
        here = self.ferry.must("profiles", "show", "X1", "--json").json
        check.equal("they are in the data directory", here["values"]["Plan"], "Pro")
        path.write_text("CustomerId,Email\nX3,x3@example.com,one too many\n")
        outcome = self.ferry.run("profiles", "import", path, "--key", "CustomerId", environment=self.environment)
        check.check("a bad row stops it and is told by its line",
                    outcome.code != 0 and "line" in outcome.err, outcome.err)

    def sources(self):
        check, folder = self.checks, Path(self.ferry.data) / "sources"
        folder.mkdir(exist_ok=True)
        (folder / "daily.csv").write_text("CustomerId,Email\nS1,s1@example.com\n")
        out = self.there("sources", "add", "Daily", "--file", "daily.csv").out
        check.check("a source is declared there, and its key found", "CustomerId" in out, out)
        check.equal("it is listed the same", self.there("sources", "list", "--json").json,
                    self.ferry.must("sources", "list", "--json").json)
        self.there("sources", "remove", "Daily")
        outcome = self.ferry.run("backup", "copy", environment=self.environment)
        check.equal("what needs the data itself says so", outcome.code, 64)

    def declarations(self):
        check = self.checks
        path = Path(self.ferry.data).parent / "declaration.yaml"
        path.write_text("segments:\n  - {name: Declared, rule: \"Plan = 'Pro'\"}\n"
                        "exports:\n  - {name: Declared export, connection: Acme, list: 2, "
                        "segments: [Declared], email: Email}\n")
        out = self.there("apply", path, "--yes").out
        check.check("a declaration is applied there", "Applied 2 changes" in out, out)
        here = self.ferry.must("exports", "show", "Declared export", "--json").json
        check.equal("its export is stored", (here["list"], here["segments"]), ("2", ["Declared"]))
        out = self.there("apply", path, "--yes").out
        check.check("applied again it changes nothing", "Nothing to change" in out, out)

    def schedule(self):
        check = self.checks
        out = self.there("schedule", "show").out
        check.check("without a schedule that is said", "No schedule is set" in out, out)
        words = ("--days", "monday,thursday", "--at", "18:00,06:00", "--time-zone", "Europe/Berlin", "--on")
        there = self.there("schedule", "set", *words, "--json").json
        check.equal("a schedule set there is told in order",
                    (there["isActive"], there["weekdays"], there["times"], there["timeZone"], len(there["next"])),
                    (True, ["monday", "thursday"], ["06:00", "18:00"], "Europe/Berlin", 5))
        check.equal("it is stored as it was told", self.ferry.must("schedule", "show", "--json").json, there)
        there = self.there("schedule", "set", "--off", "--json").json
        check.equal("turned off it stays as it was", (there["isActive"], there["times"], there["next"]),
                    (False, ["06:00", "18:00"], []))
        out = self.there("schedule", "show").out
        check.check("and the words say that it is off", "turned off" in out and "06:00, 18:00" in out, out)
        for wrong in (("--days", "noday"), ("--at", "25:00"), ("--time-zone", "Nowhere"), ()):
            outcome = self.ferry.run("schedule", "set", *wrong, environment=self.environment)
            check.equal(f"'schedule set {' '.join(wrong)}' is wrong usage", outcome.code, 64)
        outcome = self.ferry.run("schedule", "set", "--on")
        check.check("beside a service that holds the directory it is refused, and leads there",
                    outcome.code == 1 and "serve" in outcome.err, outcome.err)

    def refresh(self):
        check = self.checks
        outcome = self.ferry.run("refresh", "cancel", environment=self.environment)
        check.equal("there is nothing to cancel", outcome.code, 64)
        begun = self.there("refresh", "start", "--json").json
        check.equal("a refresh begins on request", (begun["trigger"], begun["id"] > 0), ("request", True))
        check.check("it has the export among its steps",
                    ("export", "Weekly") in [(task["stage"], task["name"]) for task in begun["tasks"]], begun)
        ended = self.ended(begun["id"])
        check.check("it ends", ended["state"] in ("completed", "completed-with-warnings"), ended)
        check.check("every step tells what became of it",
                    all(task["state"] not in ("waiting", "running") for task in ended["tasks"]), ended)
        check.equal("the newest one is told without a number",
                    self.there("refresh", "status", "--json").json["id"], begun["id"])
        check.equal("the data directory tells the same",
                    self.ferry.must("refresh", "status", begun["id"], "--json").json, ended)
        alone = Ferry(self.ferry.binary, Path(self.ferry.data).parent / "alone")
        outcome = alone.run("refresh", "start")
        check.check("without a service it is refused plainly",
                    outcome.code == 1 and "Only a running service" in outcome.err, outcome.err)
        check.check("and nothing has begun", "No refresh" in alone.must("refresh", "status").out)
        out = self.there("refresh", "status", begun["id"]).out
        check.check("and in words", f"Refresh {begun['id']}" in out and "Weekly" in out, out)
        outcome = self.ferry.run("refresh", "cancel", begun["id"], environment=self.environment)
        check.equal("one that has ended is not cancelled", outcome.code, 1)
        outcome = self.ferry.run("refresh", "status", 999, environment=self.environment)
        check.check("one that never was is named", outcome.code == 1 and "999" in outcome.err, outcome.err)
        outcome = self.ferry.run("refresh", "start")
        check.check("beside a service it leads there", outcome.code == 1 and "serve" in outcome.err, outcome.err)

    def ended(self, refresh):
        """The refresh once it has ended."""
        for _ in range(SECONDS * 5):
            found = self.there("refresh", "status", refresh, "--json").json
            if found["state"] not in ("running", "cancelling"):
                return found
            time.sleep(0.2)
        raise CheckFailed(f"refresh {refresh} is still {found['state']} after {SECONDS} s")

    def users(self):
        out = self.there("users", "add", "zoe", "--role", "viewer").out
        self.checks.check("a user added there gets a link", "/invitation/" in out, out)
        out = self.there("users", "reset", "zoe").out
        self.checks.check("and another one", "/invitation/" in out, out)
        for name, arguments, words in (
                ("a user who is not there is named", ("users", "reset", "nobody"), "There is no user 'nobody'"),
                ("a name that is taken is named", ("users", "add", "zoe", "--role", "viewer"), "'zoe'")):
            told = self.there(*arguments, codes=(1,)).err
            self.checks.check(name, words in told and "Refusal(" not in told, told)
        self.many_users()

    def many_users(self):
        """More than one page of a list holds."""
        names = {f"u{number:03}" for number in range(205)}
        for name in names:
            request = urllib.request.Request(
                f"{self.world.service.origin}/api/v1/users", method="POST",
                data=json.dumps({"name": name, "role": "viewer"}).encode(),
                headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=30).close()
        listed = {user["name"] for user in self.there("users", "list", "--json").json["users"]}
        self.checks.check("a list of more than one page is whole", names <= listed, sorted(names - listed)[:5])


def without_moments(value):
    if isinstance(value, dict):
        return {name: without_moments(inner) for name, inner in value.items() if name not in MOMENTS}
    if isinstance(value, list):
        return [without_moments(inner) for inner in value]
    return value


def same_lines(one, other):
    """Equal but for the last digits of times."""
    return len(one.splitlines()) == len(other.splitlines()) and one.splitlines()[:1] == other.splitlines()[:1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ferry", type=Path, required=True)
    options = parser.parse_args()
    checks = Checks()
    with World(options.ferry, 200, prepare=prepare, time_scale=100) as world:
        commands = Commands(checks, world)
        for work in (commands.looks, commands.options, commands.exports, commands.segments,
                     commands.imports, commands.sources, commands.declarations, commands.connections,
                     commands.schedule, commands.refresh, commands.users):
            checks.scenario(f"commands against a service: {work.__name__}", work)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
