"""Every page in every language, light and dark, wide and 360 px: nothing for axe-core to find, nothing clipped.

    every_page.py --ferry BINARY [--language he …] [--screenshots DIR] [--all-sizes]

--screenshots writes en, he and hu, light and dark, wide and narrow.
"""

import argparse
import re
import sys
from pathlib import Path

from browser import NARROW, WIDE, Window, accessibility, chromium, overflow
from pages import Pages
from phrases import LANGUAGES, Phrases
from service import EMPTY_SEGMENT, SEGMENT, World

from harness import Checks

NAME, PASSWORD = "Ada", "a lantern under seven stones"
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


def hold(world, export):
    """A run that waits for approval: after a delivery most of the members leave."""
    ferry = world.ferry
    ferry.must("segments", "add", "Shrinking", "--rule", "Consent = true")
    export("Held", 3, "Shrinking", "--on-leave", "unsubscribe")
    ferry.must("exports", "run", "Held", "--yes", codes=(0, 2))
    ferry.must("segments", "set", "Shrinking", "--rule", "Consent = true and Plan = 'Pro'")
    ferry.must("exports", "run", "Held", "--yes", codes=(3,))


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
        stops.append(("not-found", "/no/such/page"))
        for room, path, pattern in (
                ("export", "/exports", r"/exports/\d+"),
                ("connection", "/admin/connections", r"/admin/connections/\d+"),
                ("user", "/admin/users", r"/admin/users/\d+")):
            stops += [(f"{room}-{place}", href) for place, href in
                      enumerate(self.links(path, pattern)[:4], 1)]
        for place, href in enumerate(self.links("/runs", r"/runs/\d+")[:4], 1):
            stops.append((f"run-{place}", href))
            stops.append((f"run-{place}-people", f"{href}/people"))
            stops.append((f"run-{place}-calls", f"{href}/calls"))
        for place, href in enumerate(self.links("/exports", r"/exports/\d+")[:2], 1):
            stops.append((f"export-{place}-duplicate", f"{href}/duplicate"))
            self.pages.page.goto(href)
            self.pages.rehearse()
            stops.append((f"rehearsal-{place}", self.pages.path))
        return stops


class Look:
    """Opens pages and judges them."""

    def __init__(self, checks, screenshots, all_sizes):
        self.checks, self.screenshots, self.all_sizes = checks, screenshots, all_sizes
        self.pages_seen = 0

    def at(self, pages, name, path=None):
        """Judges one page, which is opened first when a path is given."""
        page, language = pages.page, pages.phrases.language
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        if path:
            pages.goto(path)
        found = accessibility(page) + overflow(page)
        self.picture(page, language, name, "light", "wide")
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {text}" for text in accessibility(page, COLOURS)]
        self.picture(page, language, name, "dark", "wide")
        page.set_viewport_size(NARROW)
        found += [f"360 px: {text}" for text in overflow(page)]
        if self.all_sizes:
            found += [f"360 px: {text}" for text in accessibility(page)]
        self.picture(page, language, name, "dark", "narrow")
        page.emulate_media(color_scheme="light")
        self.picture(page, language, name, "light", "narrow")
        page.set_viewport_size(WIDE)
        self.pages_seen += 1
        if found:
            self.checks.check(f"{language} {name} ({pages.path})", False,
                              "".join(f"\n        {text}" for text in found))

    def picture(self, page, language, name, colours, size):
        if self.screenshots and language in SHOWN:
            folder = self.screenshots / language / f"{colours}-{size}"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)

    def findings(self, pages, name, path):
        """A form sent empty, past the browser's own checks, shows what is wrong with it."""
        pages.goto(path)
        form = pages.page.locator("main form[method=post]").last
        form.evaluate("form => { form.noValidate = true }")
        form.locator("button:not([type=button])").last.click()
        pages.page.wait_for_load_state()
        self.at(pages, name)


def outside(world, browser, language, look):
    """What one sees before signing in."""
    with Window(browser, world.service.origin, language) as window:
        pages = Pages(window, Phrases(language))
        look.at(pages, "sign-in", "/sign-in")
        look.findings(pages, "sign-in-findings", "/sign-in")
        look.at(pages, "invitation-unknown", "/invitation/fi_nothing")
        return window.troubles


def inside(world, browser, language, look, state, stops):
    with Window(browser, world.service.origin, language, state=state) as window:
        phrases = Phrases(language)
        # The form for the language is found by its words in the language before.
        pages = Pages(window, phrases)
        window.page.goto("/exports")
        before = window.page.locator("html").get_attribute("lang")
        if before != language:
            Pages(window, Phrases(before)).set_language(language)
        for name, path in stops:
            look.at(pages, name, path)
        for name, path in (("exports-new-findings", "/exports/new"),
                           ("users-new-findings", "/admin/users/new"),
                           ("connections-new-findings", "/admin/connections/new")):
            look.findings(pages, name, path)
        return window.troubles


def running(browser, origin, look, state, languages):
    """A run while it goes on; the importer is slowed down for it."""
    with Window(browser, origin, languages[0], state=state) as window:
        window.page.goto("/exports")
        pages = Pages(window, Phrases(window.page.locator("html").get_attribute("lang")))
        pages.set_language(languages[0])
        pages = Pages(window, Phrases(languages[0]))
        pages.open("/exports", LONG_NAME)
        pages.run()
        path = pages.path
        look.checks.equal("the run goes on while it is looked at", pages.run_state(), "sending")
        for language in languages:
            pages.set_language(language)
            pages = Pages(window, Phrases(language))
            look.at(pages, "run-running", path)
        return window.troubles


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ferry", required=True, type=Path)
    parser.add_argument("--language", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--screenshots", type=Path)
    parser.add_argument("--all-sizes", action="store_true", help="axe at 360 px as well")
    options = parser.parse_args()
    checks = Checks()
    look = Look(checks, options.screenshots, options.all_sizes)
    with World(options.ferry, 400, prepare=prepare) as world, chromium() as browser:
        first = Window(browser, world.service.origin, "en")
        with first:
            pages = Pages(first, Phrases("en"))
            setup = world.service.setup_link()
            for language in options.language:
                with Window(browser, world.service.origin, language) as window:
                    look.at(Pages(window, Phrases(language)), "setup", setup)
            pages.create_administrator(setup, NAME, PASSWORD)
            pages.sign_in(NAME, PASSWORD)
            stops = Tour(pages).stops()
            state = first.context.storage_state()
        troubles = []
        for language in options.language:
            def tour(language=language):
                troubles.extend(outside(world, browser, language, look))
                troubles.extend(inside(world, browser, language, look, state, stops))
            checks.scenario(f"{len(stops)} pages in {language}", tour)

        def slow():
            world.sandbox.set_knobs(**{"processing-rate": 0.1})
            troubles.extend(running(browser, world.service.origin, look, state,
                                    options.language))
        checks.scenario("a run that goes on", slow)
        checks.equal("no trouble in the browser", sorted(set(troubles)), [])
    checks.check(f"{look.pages_seen} pages looked at", look.pages_seen > 0)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
