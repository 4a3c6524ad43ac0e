"""Second runs: who changed, who left and what becomes of them, who must not be touched."""

from harness import Customers

from .common import (check_clean, check_contents, check_quiet_rerun, check_sum, fast_emulator,
                     load_again, set_up)

COUNT, CHANGED, GONE, NEW = 5_000, 50, 20, 10


class Story:
    """First run of everybody; then 1 % changed, some leave, some are new."""

    def __init__(self, world, emulator, *more):
        self.checks, self.emulator = world.checks, emulator
        self.customers = Customers(COUNT + NEW)
        self.new = self.customers.sample(NEW, seed=3)
        for row in self.new:
            row["Audience"] = "out"
        self.ferry = set_up(world, emulator, self.customers, *more)

    def first(self):
        run = self.ferry.deliver()
        check_sum(self.checks, "first run", run)
        self.checks.equal("everyone is delivered", run["delivered"], COUNT)
        self.checks.equal("in full batches", self.emulator.since("accepted_batches"), COUNT // 250)
        check_contents(self.checks, "first run", self.emulator, self.customers.members())
        check_quiet_rerun(self.checks, "first run", self.ferry, self.emulator, COUNT)

    def change(self):
        members = self.customers.members()
        moved = self.customers.sample(CHANGED + GONE, seed=4, among=members)
        self.changed, self.gone = moved[:CHANGED], moved[CHANGED:]
        for row in self.changed:
            row["Score"] = str(int(row["Score"]) + 1000)
        for row in self.gone:
            row["Audience"] = "out"
        for row in self.new:
            row["Audience"] = "in"
        load_again(self.ferry, self.customers)

    def second(self, sends):
        self.emulator.mark("changes")
        run = self.ferry.deliver()
        check_sum(self.checks, "changes", run)
        self.checks.equal("only changes are delivered", run["delivered"], CHANGED + NEW)
        self.checks.equal("the rest is unchanged", run["unchanged"], COUNT - CHANGED - GONE)
        self.checks.equal("only changes travel", self.emulator.since("accepted_rows"), sends)
        return run

    def come_back(self, codes=(0,)):
        for row in self.gone:
            row["Audience"] = "in"
        load_again(self.ferry, self.customers)
        self.emulator.mark("back")
        return self.ferry.deliver(codes=codes)

    def addresses(self, rows):
        return {row["Email"] for row in rows}


def keep(world):
    checks = world.checks
    with fast_emulator() as emulator:
        story = Story(world, emulator)
        story.first()
        story.change()
        story.second(sends=CHANGED + NEW)
        check_contents(checks, "leavers stay", emulator, story.customers.members() + story.gone)
        check_quiet_rerun(
            checks, "changes", story.ferry, emulator, len(story.customers.members()))
        run = story.come_back()
        check_sum(checks, "return", run)
        check_contents(checks, "return", emulator, story.customers.members())
        check_clean(checks, "keep", emulator)


def unsubscribe(world):
    checks = world.checks
    with fast_emulator() as emulator:
        story = Story(world, emulator, "--on-leave", "unsubscribe")
        story.first()
        story.change()
        run = story.second(sends=CHANGED + NEW + GONE)
        checks.equal("leavers are told of", run["left"], GONE)
        check_contents(checks, "leavers are off the list", emulator, story.customers.members())
        kept = emulator.contacts(12)
        checks.check("leavers were removed by the client, not deleted", all(
            kept[a]["lists"]["12"] == {"status": 2, "by": "client"}
            for a in story.addresses(story.gone)))
        check_quiet_rerun(
            checks, "changes", story.ferry, emulator, len(story.customers.members()))
        run = story.come_back(codes=(2,))
        check_sum(checks, "return", run)
        checks.equal("those who come back are refused", run["refused"], GONE)
        people = story.ferry.refused(run)
        checks.equal("they are named", named(people), story.addresses(story.gone))
        checks.check("with the reason 'unsubscribed'", reasons(people) == {"unsubscribed"},
                     f"{reasons(people)}")
        checks.check("and nobody was put back", not (
            emulator.active(12) & story.addresses(story.gone)))
        check_clean(checks, "unsubscribe", emulator)


def field(world):
    checks = world.checks
    with fast_emulator() as emulator:
        emulator.post("/__seed", {"allowed_fields": [1, 2, 3, 7]})
        story = Story(world, emulator, "--on-leave", "field:7=IN,OUT")
        story.first()
        checks.equal("everyone is marked in", marked(emulator, "IN"),
                     story.addresses(story.customers.members()))
        story.change()
        run = story.second(sends=CHANGED + NEW + GONE)
        checks.equal("leavers are told of", run["left"], GONE)
        checks.equal("leavers are marked out", marked(emulator, "OUT"),
                     story.addresses(story.gone))
        check_contents(checks, "leavers stay subscribed", emulator,
                       story.customers.members() + story.gone)
        check_quiet_rerun(
            checks, "changes", story.ferry, emulator, len(story.customers.members()))
        run = story.come_back()
        check_sum(checks, "return", run)
        checks.equal("those who come back are delivered", run["delivered"], GONE)
        checks.equal("and marked in", marked(emulator, "OUT"), set())
        check_contents(checks, "return", emulator, story.customers.members())
        check_clean(checks, "field", emulator)


def opt_outs(world):
    """A person's own opt-out is never undone, whatever the policy and whatever happens in between."""
    checks = world.checks
    for policy in ("keep", "unsubscribe"):
        with fast_emulator() as emulator:
            customers = Customers(600, seed=5)
            flags = ["--on-leave", policy]
            ferry = set_up(world, emulator, customers, *flags, *resubscribe_flag(world))
            ferry.deliver()
            own = customers.sample(5, seed=6)
            emulator.post("/__seed", {"unsubscribed": [
                {"email": r["Email"], "list": 12, "by": "person"} for r in own]})
            for row in own:
                row["Score"] = str(int(row["Score"]) + 1000)
            load_again(ferry, customers)
            run = ferry.deliver(codes=(2,))
            check_sum(checks, f"opt-outs, {policy}", run)
            checks.equal(f"opt-outs, {policy}: they are refused", run["refused"], 5)
            checks.equal(f"opt-outs, {policy}: with the reason 'unsubscribed'",
                         reasons(ferry.refused(run)), {"unsubscribed"})
            checks.equal(f"opt-outs, {policy}: and counted so", run["reasons"].get("unsubscribed"), 5)
            for audience in ("out", "in"):
                for row in own:
                    row["Audience"] = audience
                load_again(ferry, customers)
                run = ferry.deliver(codes=(0, 2))
                check_sum(checks, f"opt-outs, {policy}, {audience}", run)
            kept = emulator.contacts(12)
            checks.check(f"opt-outs, {policy}: still opted out, by themselves", all(
                kept[r["Email"]]["lists"]["12"] == {"status": 2, "by": "person"} for r in own))
            check_clean(checks, f"opt-outs, {policy}", emulator)


def held(world):
    """Too many leavers hold a run until somebody approves it."""
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(1_000, seed=7)
        ferry = set_up(world, emulator, customers, "--on-leave", "unsubscribe")
        ferry.deliver()
        gone = customers.sample(400, seed=8)
        for row in gone:
            row["Audience"] = "out"
        load_again(ferry, customers)
        emulator.mark("held")
        outcome = ferry.run("exports", "run", "weekly", "--yes", "--json")
        checks.equal("a run with 40 % leavers ends with 3", outcome.code, 3)
        checks.equal("its state is 'held'", outcome.json["state"], "held")
        checks.equal("nothing was sent", emulator.since("imports"), 0)
        checks.equal("nobody was removed", len(emulator.active(12)), 1_000)
        for row in customers.members()[:50]:
            row["Audience"] = "out"
        load_again(ferry, customers)
        outcome = ferry.run("exports", "run", "weekly", "--approve", "--yes", "--json")
        checks.equal("approved for 400, it is held again with 450 leavers", outcome.code, 3)
        checks.equal("nothing was sent for what nobody saw", emulator.since("imports"), 0)
        checks.equal("and nobody was removed", len(emulator.active(12)), 1_000)
        run = ferry.deliver("weekly", "--approve")
        checks.equal("approved, it removes them", run["left"], 450)
        check_sum(checks, "approved run", run)
        check_contents(checks, "approved run", emulator, customers.members())
        check_clean(checks, "held", emulator)


def over_limit(world):
    """Above the limit of people the run is skipped; nothing is cut off silently."""
    checks = world.checks
    with fast_emulator() as emulator:
        customers = Customers(101, seed=9)
        ferry = set_up(world, emulator, customers, "--limit", "100")
        emulator.mark("over")
        outcome = ferry.run("exports", "run", "weekly", "--yes", "--json")
        checks.equal("a run over its limit ends with 1", outcome.code, 1)
        checks.equal("and is skipped", outcome.json["state"], "skipped")
        checks.equal("nothing was sent", emulator.since("imports"), 0)
        next(iter(customers.rows.values()))["Audience"] = "out"
        load_again(ferry, customers)
        checks.equal("at its limit it runs", ferry.deliver()["delivered"], 100)
        check_clean(checks, "over-limit", emulator)


def marked(emulator, value):
    return {a for a, c in emulator.contacts(12).items() if c["fields"].get("7") == value}


def column(rows, *words):
    """The values of the first column whose name contains one of the words."""
    if not rows:
        return []
    for word in words:
        for name in rows[0]:
            if word in name.lower():
                return [row[name] for row in rows]
    raise AssertionError(f"no column like '{words[0]}' in {list(rows[0])}")


def named(rows):
    return set(column(rows, "address", "mail", "person", "key"))


def reasons(rows):
    return set(column(rows, "reason", "code"))


def resubscribe_flag(world):
    """The flag that lets Ferry put back whom it removed itself, where the command has one."""
    import re
    import subprocess
    text = subprocess.run([str(world.binary), "exports", "add", "--help"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60).stdout
    found = re.search(r"--[a-z-]*re-?subscribe[a-z-]*", text)
    return [found.group(0)] if found else []
