"""Real data that nobody of this project made: the AdventureWorks customers."""

import csv
import datetime

from harness import REPOSITORY, Emulator, person_key

from .common import FAST, check_clean, check_sum

FILE = REPOSITORY.parent / "shared" / "data" / "adventureworks" / "customers.csv"
SEGMENTS = {
    "home owners": (2040, "HomeOwner = true and AnnualIncome >= 90000"),
    "single graduates": (1301, "EducationLevel in ('Bachelors','Graduate Degree') "
                               "and MaritalStatus = 'S' and TotalChildren = 0"),
    "the seventies": (4741, "BirthDate between 1970-01-01 and 1979-12-31"),
    "born in March": (1679, "month of BirthDate = 3"),
}


def scenario(world):
    checks = world.checks
    if not FILE.exists():
        return checks.skip("adventureworks", "the customers file is not beside the repository")
    ferry = world.ferry()
    ferry.load(FILE, "CustomerKey", "--null", "NA", "--date-order", "mdy")
    for name, (members, rule) in SEGMENTS.items():
        ferry.must("segments", "add", name, "--rule", rule)
        counted = ferry.must("segments", "count", name, "--json").json
        checks.equal(f"'{name}' has {members} members", counted["members"], members)
    with Emulator(*FAST, fields=("1=Education", "2=Income", "3=Birthday", "4=Never sent")) as emulator:
        emulator.post("/__seed", {"allowed_fields": [1, 2, 3]})
        ferry.connect(emulator)
        ferry.export(
            "owners", "--first-name", "FirstName", "--last-name", "LastName",
            "--field", "1=EducationLevel", "--field", "Income=AnnualIncome",
            "--field", "3=BirthDate", "--tag", "ferry", segment="home owners",
            email="EmailAddress")
        people = wanted()
        plan = ferry.plan("owners")
        checks.check("the plan can be seen before anything is sent",
                     emulator.since("imports") == 0 and plan is not None)
        run = ferry.deliver("owners")
        check_sum(checks, "first run", run)
        checks.equal("everyone is delivered", (run["delivered"], run["refused"]), (len(people), 0))
        kept = emulator.contacts(12)
        checks.equal("the list holds exactly the segment", emulator.active(12), set(people))
        wrong = [a for a, p in people.items() if a in kept and picture(kept[a]) != p]
        checks.check("names, numbers and dates arrive as they are meant", not wrong,
                     lambda: f"{len(wrong)} differ: {picture(kept[wrong[0]])}, {people[wrong[0]]}")
        checks.equal("in full batches", emulator.since("accepted_batches"), -(-len(people) // 250))
        emulator.mark("second")
        run = ferry.deliver("owners")
        checks.equal("the second run sends no import", emulator.since("imports"), 0)
        checks.equal("the second run finds everyone unchanged", run["unchanged"], len(people))
        check_sum(checks, "second run", run)
        check_clean(checks, "adventureworks", emulator)


def picture(contact):
    fields = contact["fields"]
    return (contact["first_name"], contact["last_name"], fields.get("1"), fields.get("2"),
            fields.get("3"), tuple(contact["tags"]))


def wanted():
    """The home owners as they ought to stand in the account."""
    people = {}
    with open(FILE, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            income = int(row["AnnualIncome"].strip(" $").replace(",", ""))
            if row["HomeOwner"] == "Y" and income >= 90_000:
                month, day, year = map(int, row["BirthDate"].split("/"))
                people[person_key(row["EmailAddress"])] = (
                    row["FirstName"].strip(), row["LastName"].strip(), row["EducationLevel"],
                    str(income), datetime.date(year, month, day).isoformat(), ("ferry",))
    return people
