"""Every page in every language, light and dark, wide and 360 px: nothing for axe-core to find, nothing clipped.

    every_page.py --ferry BINARY [--language he …] [--screenshots DIR] [--html DIR] [--thorough]

The dark is judged in en, he and hu, whose pages are also what --screenshots writes, wide and narrow; the colours
are the same in all six. --thorough leaves nothing out. --html writes what the pages are made of, without what differs
from run to run, so that two versions can be compared with diff -r.
"""

import argparse
import multiprocessing
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from browser import NARROW, WIDE, Window, accessibility, chromium, overflow
import states
from pages import Pages
from phrases import LANGUAGES, Phrases
from service import EMPTY_SEGMENT, SEGMENT, Service, World

from harness import Checks, Ferry

#: One of each role for each browser that looks around: the language belongs to the user.
NAMES, CONTRIBUTORS, VIEWERS = ("Ada", "Berta"), ("Carl", "Dora"), ("Emma", "Finn")
PASSWORD = "a lantern under seven stones"
SHOWN = ("en", "he", "hu")
#: Rules whose result depends on the colours, tried again in the dark.
COLOURS = ["color-contrast", "link-in-text-block"]
#: A name without a place to break, as people do give.
LONG_NAME = "Kundenrückgewinnungskampagne-Frühjahr-" + "Österreich" * 4


def prepare(world):
    """States that take time or trouble to reach by the pages, made by the command line."""
    ferry, host = world.ferry, world.sandbox.host
    key = ferry.key_file(world.sandbox.key)
    for name in ("Acme", LONG_NAME):
        ferry.must("connections", "add", name, "--host", host, "--api-key-file", key, "--agree")

    def export(name, number, segment, *more, connection="Acme"):
        ferry.must("exports", "add", name, "--connection", connection, "--list", number,
                   "--segment", segment, "--email", "Email", "--first-name", "FirstName", *more)

    export("Weekly", 1, SEGMENT, "--field", "Loyalty level=Plan")
    export("Nobody yet", 2, EMPTY_SEGMENT)
    export(LONG_NAME, 2, SEGMENT, connection=LONG_NAME)
    ferry.must("exports", "run", "Weekly", "--yes", codes=(0, 2))
    hold(world, export)
    states.by_commands(world)


def hold(world, export):
    """A run that waits for approval: after a delivery most of the members leave."""
    ferry = world.ferry
    ferry.must("segments", "add", "Shrinking", "--rule", "Consent = true")
    export("Held", 3, "Shrinking", "--on-leave", "unsubscribe")
    ferry.must("exports", "run", "Held", "--yes", codes=(0, 2))
    ferry.must("segments", "set", "Shrinking", "--rule", "Consent = true and Plan = 'Pro'")
    ferry.must("exports", "run", "Held", "--yes", codes=(3,))


#: Lists that say something else while there is nothing in them.
EMPTY = [("home", "/"), ("customers", "/customers"), ("search-index", "/customers/search-index"),
         ("segments", "/segments"), ("segment-new", "/segments/new"), ("imports", "/imports"),
         ("sources", "/sources"), ("status", "/system/status"), ("schedule", "/system/schedule"),
         ("usage", "/system/usage"), ("notifications", "/system/notifications"), ("exports", "/exports"),
         ("runs", "/runs"), ("connections", "/admin/connections")]


class Tour:
    """Addresses with a name for each state; numbers are read from the lists, not guessed."""

    def __init__(self, pages):
        self.pages = pages

    def links(self, path, pattern):
        self.pages.page.goto(path)
        found = [link.get_attribute("href") for link in self.pages.page.locator("a[href]").all()]
        return list(dict.fromkeys(href for href in found if re.fullmatch(pattern, href or "")))

    def stops(self):
        stops = [(path.strip("/").replace("/", "-"), path) for path in (
            "/exports", "/exports/new", "/runs", "/account", "/admin/users", "/admin/users/new",
            "/admin/connections", "/admin/connections/new", "/admin/audit", "/api")]
        stops += [("not-found", "/no/such/page"), ("privacy", "/privacy"),
                  ("exports-no-match", "/exports?q=no+such+export"),
                  ("runs-no-match", "/runs?state=failed"),
                  ("connections-end", "/admin/connections?end=1")]
        for room, path, pattern in (
                ("export", "/exports", r"/exports/\d+"),
                ("connection", "/admin/connections", r"/admin/connections/\d+"),
                ("user", "/admin/users", r"/admin/users/\d+")):
            stops += [(f"{room}-{place}", href) for place, href in
                      enumerate(self.links(path, pattern)[:4], 1)]
        for place, href in enumerate(self.links("/runs", r"/runs/\d+")[:4], 1):
            stops.append((f"run-{place}", href))
            if place == 2:
                # The newest is the held one, which has neither.
                stops.append(("people", f"{href}/people"))
                stops.append(("people-suppressed", f"{href}/people?outcome=suppressed"))
                stops.append(("people-unchanged", f"{href}/people?outcome=unchanged"))
                stops.append(("calls", f"{href}/calls"))
        first = self.links("/exports", r"/exports/\d+")[0]
        stops += [("export-duplicate", f"{first}/duplicate"), ("export-remove", f"{first}/remove")]
        connection = self.links("/admin/connections", r"/admin/connections/\d+")[0]
        stops.append(("connection-remove", f"{connection}/remove"))
        for name, export in (("changes", "Weekly"), ("nobody", "Nobody yet"), ("held", "Held"),
                             ("long-name", LONG_NAME)):
            self.pages.rehearse(export)
            stops.append((f"rehearsal-{name}", self.pages.path))
        stops.append(("rehearsal-suppressed", f"{self.pages.path}?show=suppressed"))
        return stops

    def data_stops(self):
        """The second half: home, customers, segments, imports and the refresh."""
        stops = [("home", "/"), ("usage", "/system/usage"), ("notifications", "/system/notifications"),
                 ("status", "/system/status"), ("schedule", "/system/schedule"),
                 ("imports", "/imports"), ("sources", "/sources"),
                 ("source", self.links("/sources", r"/sources/\d+")[0]),
                 ("customers", "/customers"), ("customers-found", "/customers?q=office"),
                 ("customers-no-match", "/customers?q=no+such+customer"),
                 ("customers-mistake", "/customers?filter=Plan+%3D"),
                 ("search-index", "/customers/search-index"),
                 ("segments", "/segments"), ("segments-no-match", "/segments?q=no+such+segment"),
                 ("segment-new", "/segments/new")]
        # One who was delivered, and one who is in no segment that is exported.
        for name, rule in (("sent", "Plan+%3D+'Pro'+and+Consent+%3D+true"), ("unsent", "Consent+%3D+false")):
            found = self.links(f"/customers?filter={rule}", r"/customers/(?!search-index).+")
            stops.append((f"customer-{name}", found[0]))
        for name, segment in (("used", SEGMENT), ("static", "Fixed"), ("long", "Many conditions"),
                              ("trouble", "Scored")):
            self.pages.open("/segments", segment)
            stops.append((f"segment-{name}", self.pages.path))
        addresses = dict(stops)
        stops += [("segment-edit", f"{addresses['segment-long']}/edit"),
                  ("segment-edit-trouble", f"{addresses['segment-trouble']}/edit"),
                  ("segment-remove", f"{addresses['segment-static']}/remove"),
                  ("segment-remove-used", f"{addresses['segment-used']}/remove")]
        return stops


#: What differs from run to run though nothing has changed: tokens, hashes of files, ports, moments.
PASSING = [(r'(name="csrf" value=")[^"]*', r"\1…"), (r'("csrf":")[^"]*', r"\1…"),
           (r'(/assets/[\w.-]+?)[.-][0-9a-f]{8,}', r"\1"), (r'\?v=[0-9a-f]+', ""),
           (r"127\.0\.0\.1:\d+", "127.0.0.1:…"), (r'datetime="[^"]*"', 'datetime="…"'),
           (r"(<time\b[^>]*>)[^<]*", r"\1…"), (r"\d{1,2}:\d{2}(:\d{2})?", "…"),
           (r"\d{4}-\d{2}-\d{2}[T ]?[\d.…]*Z?", "…"), (r"f[it]_[\w-]{20,}", "…"),
           (r"[0-9a-f]{8}-[0-9a-f-]{27}", "…")]


class Look:
    """Opens pages and judges them; keeps what it found, in words."""

    def __init__(self, screenshots, html, thorough):
        self.screenshots, self.html, self.thorough = screenshots, html, thorough
        self.seen, self.found = 0, []

    def at(self, pages, name, path=None):
        """Judges one page, which is opened first when a path is given."""
        page, language = pages.page, pages.phrases.language
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        if path:
            pages.goto(path)
        self.write(page, language, name)
        found = accessibility(page) + overflow(page)
        self.picture(page, language, name, "light", "wide")
        if language in SHOWN or self.thorough:
            page.emulate_media(color_scheme="dark")
            found += [f"dark: {text}" for text in accessibility(page, COLOURS)]
            self.picture(page, language, name, "dark", "wide")
        page.set_viewport_size(NARROW)
        found += [f"360 px: {text}" for text in overflow(page)]
        if self.thorough:
            found += [f"360 px: {text}" for text in accessibility(page)]
        if self.screenshots:
            self.picture(page, language, name, "dark", "narrow")
            page.emulate_media(color_scheme="light")
            self.picture(page, language, name, "light", "narrow")
        self.seen += 1
        self.found += [f"{language} {name} ({pages.path}): {text}" for text in found]

    def write(self, page, language, name):
        if self.html:
            text = page.content()
            for pattern, replacement in PASSING:
                text = re.sub(pattern, replacement, text)
            folder = self.html / language
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.html").write_text(text.replace("><", ">\n<"), encoding="utf-8")

    def picture(self, page, language, name, colours, size):
        if self.screenshots and language in SHOWN:
            folder = self.screenshots / language / f"{colours}-{size}"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)

    def findings(self, pages, name, path, spoil=None):
        """A form sent empty or spoilt, past the browser's own checks, shows what is wrong with it."""
        pages.goto(path)
        forms = pages.page.locator("main form[method=post]")
        form = forms.first if spoil else forms.last
        if spoil:
            spoil(form)
        form.evaluate("form => { form.noValidate = true }")
        form.locator("button:not([type=button]):not(:disabled)").locator("visible=true").last.click()
        pages.page.wait_for_load_state()
        self.at(pages, name)

    def mistake(self, pages):
        """The builder of a segment while its text cannot be understood, and while a row is not complete."""
        pages.goto("/segments/new")
        page = pages.page
        page.locator("#text").fill("Country = 'HU' and Plan =")
        page.locator("#text-note .trouble").wait_for()
        self.at(pages, "segment-mistake")
        page.set_viewport_size(WIDE)
        page.locator("#text").fill("Country = 'HU' and LifetimeValue >= 5")
        page.locator("[data-rows-of-rule] input[inputmode=decimal]").first.fill("much")
        page.locator(".rule-row .finding").wait_for()
        self.at(pages, "segment-row-mistake")

    def menus(self, pages, path):
        """Each kind of menu that a page has, open."""
        pages.goto(path)
        last = {}
        for button in pages.page.locator("button[popovertarget]").all():
            last[button.get_attribute("popovertarget").rstrip("0123456789")] = button
        for name, button in last.items():
            pages.page.set_viewport_size(WIDE)
            button.click()
            self.at(pages, f"menu-{path.strip('/')}-{name.rstrip('-')}")
            pages.page.keyboard.press("Escape")


def outside(origin, browser, language, look):
    """What one sees before signing in."""
    with Window(browser, origin, language) as window:
        pages = Pages(window, Phrases(language))
        look.at(pages, "sign-in", "/sign-in")
        look.findings(pages, "sign-in-findings", "/sign-in")
        look.at(pages, "invitation-unknown", "/invitation/fi_nothing")
        look.found += window.troubles


def spoil_schedule(form):
    form.locator("select[name=zone]").select_option(value="")
    form.locator("input[type=time]").first.fill("")


def spoil_notifications(form):
    form.locator("[name=webhook-url]").fill("http://10.0.0.1/")
    form.locator("[name=mail-to]").fill("nobody")
    form.locator("[name=mail-from]").fill("nobody")


def speak(window, language):
    """Changes the language by the form on the page, whose words stand in the language before."""
    window.page.goto("/exports")
    before = window.page.locator("html").get_attribute("lang")
    if before != language:
        Pages(window, Phrases(before)).set_language(language)
    return Pages(window, Phrases(language))


def shut_out(origin, browser, language, look, state, stops):
    """What a contributor sees with whom no connection is shared."""
    with Window(browser, origin, language, state=state) as window:
        pages = speak(window, language)
        export = next(path for name, path in stops if name == "export-1")
        for name, path in (("contributor-exports", "/exports"), ("contributor-export", export),
                           ("contributor-exports-new", "/exports/new"),
                           ("contributor-schedule", "/system/schedule"),
                           ("contributor-not-allowed", "/admin/users")):
            look.at(pages, name, path)
        look.found += window.troubles


def only_looking(origin, browser, language, look, state, stops):
    """What a viewer sees of customers and segments."""
    with Window(browser, origin, language, state=state) as window:
        pages, addresses = speak(window, language), dict(stops)
        for name in ("home", "customers", "customer-sent", "segments", "segment-used", "status"):
            look.at(pages, f"viewer-{name}", addresses[name])
        look.found += window.troubles


def inside(origin, browser, language, look, state, stops):
    with Window(browser, origin, language, state=state) as window:
        pages = speak(window, language)
        for name, path in stops:
            look.at(pages, name, path)
        for name, path in (("exports-new-findings", "/exports/new"),
                           ("users-new-findings", "/admin/users/new"),
                           ("connections-new-findings", "/admin/connections/new")):
            look.findings(pages, name, path)
        look.findings(pages, "schedule-findings", "/system/schedule", spoil_schedule)
        look.findings(pages, "notifications-findings", "/system/notifications", spoil_notifications)
        look.findings(pages, "imports-findings", "/imports", lambda form: None)
        look.findings(pages, "segment-new-findings", "/segments/new")
        look.mistake(pages)
        look.menus(pages, "/exports")
        look.menus(pages, "/segments")
        look.found += window.troubles


def signed_in(origin, browser, name):
    with Window(browser, origin, "en") as window:
        Pages(window, Phrases("en")).sign_in(name, PASSWORD)
        return window.context.storage_state()


def look_around(origin, names, languages, stops, screenshots, html, thorough):
    """One process with one browser and one user of each role; what it found, and how many pages it saw."""
    look = Look(screenshots, html, thorough)
    with chromium() as browser:
        administrator, contributor, viewer = (signed_in(origin, browser, name) for name in names)
        for language in languages:
            outside(origin, browser, language, look)
            inside(origin, browser, language, look, administrator, stops)
            shut_out(origin, browser, language, look, contributor, stops)
            only_looking(origin, browser, language, look, viewer, stops)
    return look.seen, look.found


def begin(world, browser, languages, look):
    """The first start in every language, the administrators, and the addresses to look at."""
    origin, setup = world.service.origin, world.service.setup_link()
    for language in languages:
        with Window(browser, origin, language) as window:
            look.at(Pages(window, Phrases(language)), "setup", setup)
    with Window(browser, origin, "en") as window, Window(browser, origin, "en") as other:
        pages = Pages(window, Phrases("en"))
        pages.create_administrator(setup, NAMES[0], PASSWORD)
        pages.sign_in(NAMES[0], PASSWORD)
        for role, names in (("administrator", NAMES[1:]), ("contributor", CONTRIBUTORS),
                            ("viewer", VIEWERS)):
            for name in names:
                Pages(other, Phrases("en")).accept_invitation(pages.invite(name, role), PASSWORD)
        tour = Tour(pages)
        stops = tour.stops()
        # After the rehearsals, so that they have something to tell.
        stops += states.by_api(world, NAMES[0], PASSWORD, LONG_NAME)
        stops += tour.data_stops()
        look.found += window.troubles + other.troubles
        return window.context.storage_state(), stops


def empty(binary, directory, browser, languages, look):
    """The lists of a service in which there is nothing yet."""
    directory.mkdir()
    with Service(Ferry(Path(binary).resolve(), directory / "data"), directory) as service:
        with Window(browser, service.origin, "en") as window:
            pages = Pages(window, Phrases("en"))
            pages.create_administrator(service.setup_link(), NAMES[0], PASSWORD)
            pages.sign_in(NAMES[0], PASSWORD)
            for language in languages:
                pages = speak(window, language)
                for name, path in EMPTY:
                    look.at(pages, f"empty-{name}", path)
            look.found += window.troubles


def running(world, browser, languages, look, state):
    """A run while it goes on; the importer is slowed down for it."""
    world.sandbox.set_knobs(**{"processing-rate": 0.1})
    with Window(browser, world.service.origin, languages[0], state=state) as window:
        pages = speak(window, languages[0])
        pages.run(LONG_NAME)
        path = pages.path
        for language in languages:
            pages = speak(window, language)
            look.at(pages, "run-running", path)
        found = pages.run_state()
        if found != "sending":
            look.found.append(f"the run that was to go on is {found}")
        look.found += window.troubles


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ferry", required=True, type=Path)
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--screenshots", type=Path)
    parser.add_argument("--html", type=Path)
    parser.add_argument("--thorough", action="store_true", help="axe in the dark and at 360 px in every language")
    options = parser.parse_args()
    checks, look, began = Checks(), Look(options.screenshots, options.html, options.thorough), time.monotonic()
    with World(options.ferry, 400, prepare=prepare) as world:
        with chromium() as browser:
            state, stops = begin(world, browser, options.language, look)
        found, seen = [], 0
        with ProcessPoolExecutor(len(NAMES), multiprocessing.get_context("spawn")) as pool:
            tours = [pool.submit(look_around, world.service.origin, names,
                                 options.language[place::len(NAMES)], stops, options.screenshots,
                                 options.html,
                                 options.thorough)
                     for place, names in enumerate(zip(NAMES, CONTRIBUTORS, VIEWERS))]
            for tour in tours:
                count, texts = tour.result()
                seen, found = seen + count, found + texts
        with chromium() as browser:
            running(world, browser, options.language, look, state)
            empty(options.ferry, Path(world.directory.name) / "empty", browser, options.language, look)
    for text in [*look.found, *found]:
        checks.check("nothing to find", False, text)
    checks.check(f"{look.seen + seen} pages looked at in {time.monotonic() - began:.0f} s", seen > 0)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
