"""The part of the walk that begins with a customer file and ends with a refresh that the schedule starts."""

import csv
from datetime import datetime
from pathlib import Path

from data_pages import GOOD_REFRESHES, GOOD_TASKS
from service import LISTS

FILE, EXPORT, SEGMENT, LIST = "lisbon.csv", "Lisbon letter", "Lisbon, good customers", "Spring audience"
#: Nobody of the made-up customers lives there.
COUNTRY, CUSTOMERS = "PT", 40
ZONE, TIME = "Europe/Berlin", "06:30"


def spent(place):
    """What the customer at this place has spent: 20, 40 … 800."""
    return 20 * place


def address(place):
    return f"customer{place}@office.example.com"


def write_customers(path):
    """Further customers with the columns of the made-up ones."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["CustomerId", "Email", "FirstName", "LastName", "Phone", "Country", "Plan",
                       "LifetimeValue", "Consent", "LastSeen"])
        for place in range(1, CUSTOMERS + 1):
            rows.writerow([f"L{place:05}", address(place), "Inês", f"Sá-{place}", f"+3512100000{place:02}",
                           COUNTRY, "Free", f"{spent(place)}.50", "Y", "2026-01-05T10:00:00Z"])


class DataWalk:
    def __init__(self, world, checks, connection):
        self.world, self.checks, self.connection = world, checks, connection

    def all(self, person, admin):
        self.upload(person)
        self.build(person)
        self.export(person)
        run, later = self.refresh(admin)
        self.customer(person, run)
        self.home(person, run, later)

    def upload(self, person):
        check, path = self.checks, Path(self.world.directory.name) / FILE
        write_customers(path)
        person.upload(path)
        for column, kind in (("LifetimeValue", "number kind"), ("Consent", "yes or no"),
                             ("LastSeen", "time kind"), ("Phone", "text kind")):
            told, wanted = person.kind_of(column), person.phrases(person.words[kind])
            check.check(f"the preview takes {column} for what it is", wanted in told, told)
        check.check("the preview shows the first rows", person.page.get_by_text(address(1)).count() > 0)
        person.import_to_end()
        found = {name: person.number_of(name) for name in ("added", "changed", "bad rows")}
        check.equal("the import adds every customer of the file", found,
                    {"added": CUSTOMERS, "changed": 0, "bad rows": 0})

    def build(self, person):
        """A rule by clicking and by text, each following the other, and the count beside it."""
        check = self.checks
        person.goto("/segments")
        person.follow("add segment")
        person.field("segment's name").fill(SEGMENT)
        person.set_condition(1, "Country", "equals", COUNTRY)
        self.counts(person, "a condition is counted while one fills it in", CUSTOMERS)
        person.button("add condition").click()
        person.set_condition(2, "LifetimeValue", "at least", "500")
        self.counts(person, "a further condition changes the count", above(500))
        check.equal("each condition has its own count", person.count_of(1), CUSTOMERS)
        text = person.page.get_by_role("textbox", name=person.word("rule as text"))
        person.wait(lambda: "LifetimeValue >= 500" in text.input_value())
        check.check("the text follows the conditions", COUNTRY in text.input_value(), text.input_value())

        text.fill(text.input_value().replace("500", "300"))
        self.counts(person, "the count follows the text", above(300))
        check.equal("the conditions follow the text", person.value_of(2), "300")
        person.condition(2).get_by_label(person.word("value")).fill("400")
        self.counts(person, "the count follows a changed condition", above(400))
        check.check("the text follows a changed condition",
                    "LifetimeValue >= 400" in text.input_value(), text.input_value())

        person.press("save segment")
        check.check("the segment is saved", person.says("segment saved"))
        check.equal("its members are listed", person.members_listed(), above(400))
        person.goto("/segments")
        told = person.row(SEGMENT).get_by_role("cell").first.inner_text()
        check.equal("the list of segments tells the members", told, str(above(400)))

    def counts(self, person, name, wanted):
        try:
            person.wait(lambda: person.live_count() == wanted)
        except AssertionError:
            pass  # The check below says what stands there instead.
        self.checks.equal(name, person.live_count(), wanted)

    def without_script(self, plain):
        """The buttons of the builder do the same where no script runs."""
        check = self.checks
        plain.goto("/segments")
        plain.follow("add segment")
        plain.field("segment's name").fill("Without script")
        plain.set_condition(1, "Plan", "equals", "Pro", reload=True)
        first = plain.live_count()
        plain.press("add condition")
        plain.set_condition(2, "Country", "equals", "HU", reload=True)
        both = plain.live_count()
        check.check("without script the count follows the buttons", 0 < both < first, (first, both))
        plain.press("save segment")
        check.check("without script a segment is saved", plain.says("segment saved"))
        check.equal("without script its members are listed", plain.members_listed(), both)

    def export(self, person):
        check = self.checks
        person.add_export(EXPORT, self.connection, LIST, SEGMENT)
        person.open("/exports", EXPORT)
        box = person.page.get_by_role("radio", name=person.word("with every refresh", start=True))
        check.check("an export runs with every refresh unless one says otherwise", box.is_checked())

    def refresh(self, admin):
        """The schedule, its time, and what it starts; the address of the export's run, and when the next refresh is."""
        check, world = self.checks, self.world
        shown = admin.set_schedule(ZONE, TIME)
        check.equal("the next five runs are shown", len(shown), 5)
        check.check("the schedule is on", admin.says("schedule is on"))
        check.equal("and the page of the schedule keeps them", admin.next_runs(), shown)
        check.equal("nothing begins before its time", world.sandbox.active(LISTS[LIST]), 0)

        world.service.let_pass(datetime.fromisoformat(shown[0][0]))
        # Exports of before suppress a few people, which is a warning.
        state, good = admin.refresh_to_end(), admin.meanings(GOOD_REFRESHES)
        check.check("the refresh begins at its time and completes", state in good, state)
        tasks, good = admin.tasks(), admin.meanings(GOOD_TASKS)
        for stage, thing in (("segments stage", SEGMENT), ("exports stage", EXPORT)):
            found = tasks.get(admin.phrases(admin.words[stage]), {})
            check.check(f"the {stage} is done", found and set(found.values()) <= good, found)
            check.equal(f"the {stage} has done {thing}", found.get(thing),
                        admin.phrases(admin.words["task done"]))
        check.equal("the account has the people", world.sandbox.active(LISTS[LIST]), above(400))
        href = admin.row(EXPORT).locator("a[href^='/runs/']").get_attribute("href")
        admin.goto(href)
        check.equal("the export's run is completed", admin.run_state(), "completed")
        check.equal("the run has delivered them", admin.groups()["delivered"], above(400))
        # What follows the time zone tells how far away it is.
        return href, shown[1][1].split(f" ({ZONE})")[0]

    def customer(self, person, run):
        """From an address to the reasons."""
        check = self.checks
        check.equal("nobody is found by an unknown address", person.find_customer("nobody@nowhere.example"), 0)
        check.equal("a customer is found by the address", person.find_customer(address(CUSTOMERS)), 1)
        person.page.get_by_role("row").get_by_role("link").first.click()
        person.page.wait_for_load_state()
        person.settle()
        check.equal("the card says why they are in the segment", person.why(SEGMENT),
                    {f"Country = '{COUNTRY}'": True, "LifetimeValue >= 400": True})
        row = person.exports_of_customer().get_by_role("row").filter(has_text=EXPORT)
        check.check("the card names the list", LIST in row.inner_text(), row.inner_text())
        check.equal("the card says by which run", row.locator("a[href^='/runs/']").get_attribute("href"), run)
        check.equal("and since when", row.locator("time").count(), 1)

        person.find_customer(address(1))
        person.page.get_by_role("row").get_by_role("link").first.click()
        person.page.wait_for_load_state()
        check.equal("the card says why somebody is not in the segment",
                    person.why(SEGMENT).get("LifetimeValue >= 400"), False)

    def home(self, person, run, later):
        check, words = self.checks, person.words
        person.goto("/")
        runs = person.region(person.phrases(words["last runs"]))
        check.equal("home shows the last run", runs.locator(f"a[href='{run}']").count(), 1)
        refreshes = person.region(person.phrases(words["refreshes"]))
        told = refreshes.get_by_role("listitem").first.inner_text()
        check.check("home shows the last refresh",
                    any(state in told for state in person.meanings(GOOD_REFRESHES)), told)
        check.check("home says when the next refresh is", later in refreshes.inner_text(),
                    (later, refreshes.inner_text()))


def above(amount):
    """How many of the customers in the file have spent at least this."""
    return sum(spent(place) + 0.5 >= amount for place in range(1, CUSTOMERS + 1))
