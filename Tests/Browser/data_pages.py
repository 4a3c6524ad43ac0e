"""The pages of customers, segments, imports and the refresh, with their words; the others stand in pages.py."""

import re

from pages import Pages
from phrases import number

WORDS = {
    # Data > Imports
    "file": "imports.file",
    "upload": "imports.upload-action",
    "number kind": "imports.kind.number",
    "text kind": "imports.kind.text",
    "time kind": "imports.kind.timestamp",
    "yes or no": "imports.kind.boolean",
    "start import": "imports.start",
    "added": "imports.added",
    "changed": "imports.changed",
    "bad rows": "imports.bad-rows",
    # Data > Segments
    "add segment": "segments.add",
    "segment's name": "builder.name",
    "add condition": "builder.add-condition-root",
    "condition": "builder.condition",
    "subject": "builder.subject",
    "comparison": "builder.comparison",
    "value": "builder.value",
    "equals": "builder.is.equal",
    "at least": "builder.is.at-least",
    "rule as text": "builder.text",
    "update": "builder.update",
    "save segment": "connections.save",
    "segment saved": "notice.segment-saved",
    "first members": "segments.preview",
    # Data > Exports
    "with every refresh": "exports.scheduledRefresh",
    # System
    "refresh on a schedule": "schedule.active",
    "daily": "schedule.daily",
    "time zone": "schedule.zone",
    "time of the day": "schedule.time",
    "save schedule": "connections.save",
    "schedule is on": "notice.schedule-on",
    "refresh completed": "status.state.completed",
    "refresh with warnings": "status.state.completed-with-warnings",
    "task done": "status.task.done",
    "task with warnings": "status.task.done-with-warnings",
    "task unchanged": "status.task.unchanged",
    "segments stage": "status.stage.segment",
    "exports stage": "status.stage.export",
    # Data > Customers
    "search for": "customers.search-label",
    "search": "customers.search",
    "segments of the customer": "customers.segments-of",
    "exports of the customer": "customers.exports-of",
    "holds": "customers.holds",
    # Home
    "last runs": "home.runs",
    "refreshes": "home.refreshes",
}
#: The states of a refresh and of its tasks that are a good end.
GOOD_REFRESHES = ("refresh completed", "refresh with warnings")
GOOD_TASKS = ("task done", "task with warnings", "task unchanged")


class DataPages(Pages):
    """One window in one language, for the second half of the pages."""

    words = {**Pages.words, **WORDS}

    def meanings(self, names):
        return {self.phrases(self.words[name]) for name in names}

    def says(self, name):
        """Whether the page says this at its head."""
        return self.page.get_by_text(self.word(name)).first.is_visible()

    # Imports

    def upload(self, path):
        self.goto("/imports")
        self.field("file").set_input_files(path)
        self.press("upload")

    def kind_of(self, column):
        """The kind that the preview takes a column for, as it stands in the list of kinds."""
        row = self.page.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=column, exact=True))
        return row.get_by_role("combobox").locator("option:checked").inner_text()

    def import_to_end(self):
        """Starts what is shown and waits until the page tells the result."""
        self.press("start import")
        self.wait(lambda: self.has("added"), 60)

    # Segments

    def condition(self, place):
        """The row of a rule at this place, 1 for the first."""
        return self.page.get_by_role("group", name=self.gap("condition", place), exact=True)

    def set_condition(self, place, attribute, comparison, value, reload=False):
        """Fills in one row, whose parts appear one after the other. Without script by the button Update."""
        row = self.condition(place)

        def choose(name, **choice):
            row.get_by_label(self.word(name)).select_option(**choice)
            if reload:
                self.press("update")

        choose("subject", label=attribute)
        choose("comparison", label=self.phrases(self.words[comparison]))
        row.get_by_label(self.word("value")).fill(value)
        if reload:
            self.press("update")

    def value_of(self, place):
        return self.condition(place).get_by_label(self.word("value")).input_value()

    def live_count(self):
        """The number of customers beside the rule; None while there is none."""
        told = self.page.locator("[data-total]").inner_text().strip()
        return number(told) if told else None

    def count_of(self, place):
        """The number of customers beside one condition."""
        told = self.condition(place).locator("output").inner_text().strip()
        return number(told) if told else None

    def members_listed(self):
        return self.region(self.phrases(self.words["first members"])).get_by_role("row").count() - 1

    # The schedule and what it starts

    def set_schedule(self, zone, time):
        """Daily at one time; when that is next, as the page tells it while one fills in: moments and words."""
        self.goto("/system/schedule")
        self.tick(self.word("refresh on a schedule", start=True))
        self.tick(self.word("daily", start=True))
        self.field("time zone").select_option(value=zone)
        self.field("time of the day").fill(time)
        self.wait(lambda: self.next_runs() and all(zone in words for _, words in self.next_runs()))
        shown = self.next_runs()
        self.press("save schedule")
        return shown

    def next_runs(self):
        return self.page.locator(".next-runs time").evaluate_all(
            "all => all.map(time => [time.dateTime, time.innerText])")

    def refresh_to_end(self, seconds=120):
        """The newest refresh on System > Status, when it has ended: its state and its tasks."""
        self.goto("/system/status")
        first = self.page.locator("tbody tr").first

        def begun():
            if not first.count():
                self.page.reload()
            return first.count()

        self.wait(begun, seconds)
        self.goto(first.get_by_role("link").first.get_attribute("href"))
        state = self.page.locator(".page-head .badge").first
        # The page follows the refresh and loads itself anew at its end.
        self.wait(lambda: not self.page.locator("[data-refresh]").count(), seconds)
        return state.inner_text().strip()

    def tasks(self):
        """The tasks of a refresh by stages: for each stage the name and the state of each."""
        found = {}
        for body in self.page.locator("tbody:has(tr.stage)").all():
            stage = body.locator("tr.stage th").evaluate("cell => cell.firstChild.textContent.trim()")
            found[stage] = {row.locator("th bdi").first.inner_text(): row.locator(".badge").inner_text().strip()
                            for row in body.locator("tr:not(.stage)").all()}
        return found

    # Customers

    def find_customer(self, text):
        """Searches; how many are found."""
        self.goto("/customers")
        self.field("search for").fill(text)
        self.press("search")
        return self.page.locator("tbody tr").count()

    def why(self, segment):
        """The conditions of a segment on a customer's card, each with whether it holds."""
        part = self.region(self.phrases(self.words["segments of the customer"]))
        # Segments that somebody is not in stand together in a box of their own.
        boxes = part.locator("details").filter(has=self.page.get_by_text(segment, exact=True))
        for box in boxes.all():
            if box.get_attribute("open") is None:
                box.locator("summary").first.click()
        box, holds = boxes.last, self.phrases(self.words["holds"])
        return {line.locator("code").inner_text(): line.locator(".unseen").inner_text().strip() == holds
                for line in box.get_by_role("listitem").filter(has=self.page.locator("code")).all()}

    def exports_of_customer(self):
        return self.region(self.phrases(self.words["exports of the customer"]))
