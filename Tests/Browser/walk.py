"""The walk of new users in a browser: from the first start to a proven delivery, a refresh by schedule and the
end of the transfer.

    walk.py --ferry BINARY [--language he] [--show-words]
"""

import argparse
import csv
import io
import sys
from pathlib import Path

from browser import Window, chromium
from data_pages import DataPages
from data_walk import DataWalk
from phrases import LANGUAGES, Phrases
from service import LISTS, SEGMENT, World

from harness import Checks

ADMINISTRATOR, CONTRIBUTOR = "Ada", "Carl"
PASSWORDS = {ADMINISTRATOR: "a lantern under seven stones", CONTRIBUTOR: "nine herons at low water"}
CONNECTION = "Spring mailings"


class Walk:
    """Each step leaves behind what the next one needs; a step that breaks ends the walk."""

    def __init__(self, world, browser, phrases, checks):
        self.world, self.browser, self.phrases, self.checks = world, browser, phrases, checks
        self.windows = []

    def window(self, script=True):
        window = Window(self.browser, self.world.service.origin, self.phrases.language, script)
        self.windows.append(window)
        return DataPages(window, self.phrases)

    def all(self):
        check = self.checks
        admin = self.window()
        self.begin(admin)
        contributor = self.window()
        contributor.accept_invitation(self.invitation, PASSWORDS[CONTRIBUTOR])
        contributor.sign_in(CONTRIBUTOR, PASSWORDS[CONTRIBUTOR])
        check.equal("a contributor begins at home", contributor.path, "/")
        check.equal("a contributor has no way to the connections",
                    contributor.goto("/admin/connections"), 403)
        self.deliver(contributor, "Weekly", "Newsletter")
        self.without_script()
        DataWalk(self.world, checks=check, connection=CONNECTION).all(contributor, admin)
        self.end(admin)
        for window in self.windows:
            for trouble in window.troubles:
                check.check("no trouble in the browser", False, trouble)
        check.check("no errors, no breach of the policy, no foreign request",
                    not any(window.troubles for window in self.windows))
        self.secrets()

    def begin(self, admin):
        check, service = self.checks, self.world.service
        link = service.setup_link()
        admin.create_administrator(link, ADMINISTRATOR, PASSWORDS[ADMINISTRATOR])
        admin.sign_in(ADMINISTRATOR, PASSWORDS[ADMINISTRATOR])
        check.equal("an administrator begins at home", admin.path, "/")
        stranger = self.window()
        stranger.page.goto(link)
        status = stranger.page.request.get(link).status
        check.check("the link for the first administrator works once", status in (404, 410), status)

        admin.add_connection(CONNECTION, self.world.sandbox.host, self.world.sandbox.key,
                             PASSWORDS[ADMINISTRATOR])
        admin.goto("/admin/connections")
        check.check("the connection is in the list", admin.region(CONNECTION).count() == 1)
        check.check("the key is not shown", self.world.sandbox.key not in admin.page.content())
        admin.share_connection(CONNECTION)
        self.invitation = admin.invite(CONTRIBUTOR)

    def deliver(self, person, export, list_name, reload=False):
        """An export from nothing to its outcome, by a contributor."""
        check, world = self.checks, self.world
        members, active = world.members(), world.sandbox.active
        person.add_export(export, CONNECTION, list_name, SEGMENT)
        check.equal(f"{export}: saving sends nothing", active(LISTS[list_name]), 0)

        person.rehearse(export)
        entering = person.number_of("enter")
        check.check(f"{export}: the rehearsal tells who would enter", 0 < entering <= members, entering)
        check.equal(f"{export}: a rehearsal sends nothing", active(LISTS[list_name]), 0)

        person.run(export)
        run = person.page.url
        seen = person.run_to_end(reload)
        if not reload:
            check.check(f"{export}: the page follows the run by itself", len(set(seen)) > 1, seen[:3])
        groups = person.groups()
        check.equal(f"{export}: the five groups add up to the members", sum(groups.values()), members)
        check.equal(f"{export}: the page says how many members there are",
                    person.number_of("members"), members)
        check.equal(f"{export}: who was to enter was delivered", groups["delivered"], entering)
        check.equal(f"{export}: the account has them on the list",
                    active(LISTS[list_name]), groups["delivered"])
        self.people(person, export, groups)
        person.page.goto(run)
        person.follow("calls")
        check.check(f"{export}: the calls of the run name the importer",
                    "/api/3/import/bulk_import" in person.page.content())

    def people(self, person, export, groups):
        person.follow("delivered")
        told = {badge.inner_text().strip() for badge in person.page.locator("td .badge").all()}
        self.checks.equal(f"{export}: a group leads to its people",
                          told, {self.phrases(DataPages.words["delivered"])})
        person.page.go_back()
        person.follow("people")
        shown = person.page.get_by_role("row").count() - 1
        self.checks.check(f"{export}: the people are listed", shown > 0, shown)
        name, text = person.download()
        rows = list(csv.DictReader(io.StringIO(text)))
        self.checks.check(f"{export}: the people can be downloaded", name.endswith(".csv"), name)
        outcomes = {}
        for row in rows:
            outcomes[row["outcome"]] = outcomes.get(row["outcome"], 0) + 1
        # Unchanged people are counted, not listed.
        listed = {name: count for name, count in groups.items() if name != "unchanged"}
        self.checks.equal(f"{export}: the file holds every person of each group",
                          {name: outcomes.get(name, 0) for name in listed}, listed)

    def without_script(self):
        """The same by somebody whose browser runs no script."""
        plain = self.window(script=False)
        plain.sign_in(CONTRIBUTOR, PASSWORDS[CONTRIBUTOR])
        self.deliver(plain, "Without script", "Customers", reload=True)
        DataWalk(self.world, checks=self.checks, connection=CONNECTION).without_script(plain)
        plain.sign_out(CONTRIBUTOR)
        plain.page.goto("/exports")
        self.checks.equal("signing out ends the session", plain.path, "/sign-in")

    def end(self, admin):
        """The administrator ends the transfer from a page that has nothing to do with it."""
        check = self.checks
        admin.goto("/account")
        clicks = admin.end_transfer(CONNECTION)
        check.check("ending the transfer takes two clicks", clicks <= 2, clicks)
        admin.goto("/exports")
        for export in ("Weekly", "Without script"):
            told = admin.row(export).inner_text()
            check.check(f"{export}: says that it has no connection",
                        self.phrases(DataPages.words["no connection"]) in told, told)

    def secrets(self):
        secrets = [*PASSWORDS.values(), self.world.sandbox.key, "@office.example.com"]
        for name, text in self.world.logs().items():
            if name == "service":
                self.checks.equal("no secret and no address in the service's log",
                                  [secret for secret in secrets if secret in text], [])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ferry", required=True, type=Path)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--profiles", type=int, default=600)
    parser.add_argument("--show-words", action="store_true", help="print the words looked for, and end")
    options = parser.parse_args()
    phrases = Phrases(options.language)
    missing = phrases.missing(DataPages.words.values())
    if options.show_words or missing:
        for name, key in DataPages.words.items():
            print(f"{name:24} {key:32} {phrases.table.get(key, 'MISSING')}")
        if missing:
            print(f"no phrases: {', '.join(missing)} (the keys stand in pages.py)", file=sys.stderr)
        return 1 if missing else 0
    checks = Checks()
    # A slow importer, so that there is a run to look at.
    with World(options.ferry, options.profiles, knobs=("--processing-rate", 20)) as world:
        with chromium() as browser:
            walk = Walk(world, browser, phrases, checks)
            checks.scenario(f"the walk in {options.language}", lambda: guarded(walk))
    return checks.close()


def guarded(walk):
    """Runs the walk; where it breaks, says where every window stood and what it showed."""
    try:
        walk.all()
    except BaseException:
        for window in walk.windows:
            print(f"      at {window.page.url}: "
                  f"{' | '.join(window.page.locator('body').inner_text().split(chr(10))[:30])[:900]}")
            for trouble in window.troubles:
                print(f"      {trouble}")
        raise


if __name__ == "__main__":
    sys.exit(main())
