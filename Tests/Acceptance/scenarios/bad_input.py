"""Wrong input: refused, with an error that names the thing, and nothing changed."""

from harness import Customers, free_port

from .common import RULE, check_clean, fast_emulator, ferry_path, set_up

#: Signs of a crash or of internals that no user should meet.
INTERNALS = ("Fatal error", "Thread ", ".swift:", "SQLite error", "NIOCore", "Optional(", "DecodingError")


class Table:
    """Runs one wrong command after another and checks the three promises for each."""

    def __init__(self, checks, ferry, emulator):
        self.checks, self.ferry, self.emulator = checks, ferry, emulator

    def refuse(self, name, names, *arguments, records_run=False, lines=1, **more):
        before = self.snapshot(records_run)
        self.emulator.mark(name)
        outcome = self.ferry.run(*arguments, **more)
        self.checks.check(f"{name}: ends with 1 or 64", outcome.code in (1, 64), outcome.tell())
        shown = outcome.error_lines
        self.checks.check(f"{name}: names '{names[0]}' in its first line",
                          shown and any(n in shown[0] for n in names), outcome.err[:400])
        # A usage error may be followed by the usage, a rule or a row by the place in it.
        allowed = 12 if outcome.code == 64 else lines
        self.checks.check(f"{name}: is short", 1 <= len(shown) <= allowed, outcome.err[:600])
        self.checks.check(f"{name}: shows no internals",
                          not any(w in outcome.err for w in INTERNALS), outcome.err[:400])
        after = self.snapshot(records_run)
        differ = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
        # An import is in the list of imports from its beginning, so one that failed is too.
        differ = [k for k in differ if k != "catalog.sqlite.import"]
        self.checks.check(f"{name}: changes nothing", not differ, f"{differ}")
        self.checks.equal(f"{name}: sends no import", self.emulator.since("imports"), 0)
        return outcome

    def snapshot(self, records_run):
        return self.ferry.snapshot(r"audit|grdb|sqlite_|call" + (r"|\.run$|^run$" if records_run else ""))


def scenario(world):
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(400, seed=23)
        ferry = set_up(world, emulator, customers)
        ferry.deliver()
        table = Table(checks, ferry, emulator)
        connections(table, emulator)
        names(table)
        files(table, customers)
        wrong_key_later(table, emulator)
        check_clean(checks, "bad input", emulator)


def connections(table, emulator):
    ferry = table.ferry
    good, bad = ferry.key_file(emulator.api_key), ferry.key_file("not-the-key", "wrong")
    host = f"127.0.0.1:{emulator.port}"

    def add(name, names, *arguments, **more):
        table.refuse(name, names, "connections", "add", "other", *arguments, **more)

    add("wrong key", ["key", "other"], "--host", host, "--api-key-file", bad, "--agree")
    add("no consent", ["agree"], "--host", host, "--api-key-file", good)
    add("no key file", ["nowhere.txt"], "--host", host,
        "--api-key-file", ferry_path(ferry, "nowhere.txt"), "--agree")
    closed = free_port()
    add("nobody at that port", [f"127.0.0.1:{closed}", "127.0.0.1"], "--host",
        f"127.0.0.1:{closed}", "--api-key-file", good, "--agree")
    for host_text in ("acme.example/admin", "acme example.com", "user@acme.example", "acme"):
        add(f"host '{host_text}'", ["host"], "--host", host_text, "--api-key-file", good, "--agree")
    for private in ("10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"):
        add(f"private address {private}", [private, "host", "address"], "--host", private,
            "--api-key-file", good, "--agree")
    plain = {k: v for k, v in ferry.environment.items() if k != "FERRY_ALLOW_LOOPBACK"}
    add("loopback that is not allowed", ["127.0.0.1", "port"], "--host", host,
        "--api-key-file", good, "--agree", environment=plain)
    table.refuse("a name that is taken", ["acme"], "connections", "add", "acme", "--host", host,
                 "--api-key-file", good, "--agree")
    table.refuse("connection in use", ["acme"], "connections", "remove", "acme")


def names(table):
    export = ("exports", "add", "other", "--connection", "acme", "--list", "12",
              "--segment", "audience", "--email", "Email")

    def but(option, value):
        changed = list(export)
        changed[changed.index(option) + 1] = value
        return changed

    table.refuse("unknown list", ["999"], *but("--list", "999"))
    table.refuse("unknown segment", ["audiance"], *but("--segment", "audiance"))
    table.refuse("unknown connection", ["acne"], *but("--connection", "acne"))
    table.refuse("misspelt e-mail attribute", ["Emial"], *but("--email", "Emial"))
    table.refuse("misspelt attribute", ["FirstNam"], *export, "--first-name", "FirstNam")
    table.refuse("unknown field", ["99"], *export, "--field", "99=Country")
    table.refuse("misspelt field attribute", ["Contry"], *export, "--field", "1=Contry")
    table.refuse("strange leave policy", ["vanish"], *export, "--on-leave", "vanish")
    table.refuse("unknown leave field", ["77"], *export, "--on-leave", "field:77=IN,OUT")
    table.refuse("an export name that is taken", ["weekly"], *("exports", "add", "weekly"), *export[3:])
    table.refuse("unknown export", ["nightly"], "exports", "run", "nightly", "--yes", "--json")
    table.refuse("unknown run", ["4711"], "runs", "show", "4711", "--json")
    table.refuse("unknown user", ["There is no user 'nobody'"], "users", "reset", "nobody")
    table.refuse("unknown profile", ["C-none"], "profiles", "show", "C-none")
    table.refuse("misspelt attribute in a rule", ["Contry"], "segments", "add", "other",
                 "--rule", "Contry = 'DE'", lines=5)
    table.refuse("wrong kind in a rule", ["Score", "Country"], "segments", "add", "other",
                 "--rule", "Score = 'many'", lines=5)
    table.refuse("broken rule", ["line 1", "column", "rule"], "segments", "add", "other",
                 "--rule", "Country = 'DE' and (Plan = 'pro'", lines=5)
    table.refuse("a segment name that is taken", ["audience"], "segments", "add", "audience",
                 "--rule", RULE)
    table.refuse("segment in use", ["weekly", "audience"], "segments", "remove", "audience")
    table.refuse("unknown option", ["--frequently"], "exports", "run", "weekly", "--frequently")
    table.refuse("unknown command", ["deliver"], "deliver")


def files(table, customers):
    ferry = table.ferry
    good = customers.write(ferry_path(ferry, "good.csv")).read_text(encoding="utf-8")
    header, first, rest = good.split("\n", 2)

    def load(name, names, text, key="CustomerId", lines=6, *more):
        path = ferry_path(ferry, f"{name.replace(' ', '-')}.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        table.refuse(f"file: {name}", names, "profiles", "import", path, "--key", key, *more,
                     lines=lines)

    load("an open quote", ["open-quote", "row", "line"], f'{header}\n{first}\nC9,"open,x,y\n')
    load("a short row", ["short-row", "row", "line"], f"{good}C9999999,a@b.test\n")
    load("a long row", ["long-row", "row", "line"], f"{good}{first},more,and,more\n")
    load("a column twice", ["Email"], f"{header},Email\n{first},x\n")
    load("not text", ["not-text", "UTF-8", "text"], good.encode() + b"C9,\xff\xfe\x00\x81,x\n")
    load("nothing at all", ["nothing-at-all", "empty"], "")
    load("no key column", ["ClientId"], good, "ClientId")
    load("a row without a key", ["without-a-key", "key", "row", "line"],
         f"{good}{first[first.index(','):]}\n")
    load("a kind that does not fit", ["Country"], good, "CustomerId", 10, "--type", "Country=number")
    table.refuse("file: not there", ["nowhere.csv"], "profiles", "import",
                 ferry_path(ferry, "nowhere.csv"), "--key", "CustomerId")
    table.refuse("file: a directory", [ferry.data, "directory"], "profiles", "import",
                 ferry.data, "--key", "CustomerId")
    skipped = ferry_path(ferry, "bad-rows.csv")
    text = f"{good}C9999999,a@b.test\n"
    path = ferry_path(ferry, "mended.csv")
    path.write_text(text, encoding="utf-8")
    outcome = ferry.run("profiles", "import", path, "--key", "CustomerId",
                        "--skip-bad-rows", skipped)
    table.checks.check("file: a bad row can be set aside", outcome.code in (0, 2), outcome.tell())
    told = skipped.read_text(encoding="utf-8")
    table.checks.check("file: and is found in its file", "C9999999" in told)
    table.checks.check("file: with the reason as a sentence", "cells, and the header has" in told, told)
    table.checks.equal("file: for its owner alone", skipped.stat().st_mode & 0o777, 0o600)


def wrong_key_later(table, emulator):
    """The key is withdrawn after everything was set up: the run fails, and says whose key it was."""
    ferry = table.ferry
    emulator.faults(rate_403=1.0)
    outcome = ferry.run("exports", "run", "weekly", "--yes", "--json")
    table.checks.equal("key withdrawn: the run ends with 1", outcome.code, 1)
    table.checks.check("key withdrawn: it names the connection or its key",
                       "acme" in outcome.err + outcome.out or "key" in outcome.err + outcome.out,
                       outcome.tell())
    emulator.faults(rate_403=0.0, rate_402=1.0)
    outcome = ferry.run("exports", "run", "weekly", "--yes", "--json")
    table.checks.equal("account inactive: the run ends with 1", outcome.code, 1)
    emulator.faults(rate_402=0.0)
    run = ferry.deliver()
    table.checks.equal("key restored: everyone is unchanged", run["unchanged"], 400)
