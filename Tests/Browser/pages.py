"""The pages as a person meets them: every word, label and address that the walks use stands here, and only here."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError

from phrases import number

#: What the walks call a thing, and the key of the phrase by which it is found.
WORDS = {
    # Signing in
    "sign in": "frame.signIn",
    "sign out": "frame.sign-out",
    "user name": "signin.name",
    "password": "signin.password",
    "new password": "account.newPassword",
    "password again": "signin.repeat",
    "set password": "signin.setPassword",
    "create administrator": "signin.setupAction",
    # The frame
    "language": "frame.language",
    "end a transfer": "frame.end-transfer",
    # Admin > Connections
    "add connection": "connections.add",
    "display name": "connections.displayName",
    "administrators only": "connections.onlyAdministrators",
    "share": "connections.share",
    "API key": "connections.apiKey",
    "hostname": "connections.hostname",
    "agree": "consent.agree",
    "connect": "connections.connect",
    "connected": "connections.connected",
    "add yourself": "connections.addYourself",
    "own password": "connections.own-password",
    "save connection": "connections.save",
    "end transfer": "connections.end-of",
    # Admin > Users
    "add user": "users.add",
    "new user's name": "signin.name",
    "viewer": "role.viewer",
    "contributor": "role.contributor",
    "administrator": "role.administrator",
    "save user": "users.addAction",
    # Data > Exports
    "add export": "exports.add",
    "connection for export": "exports.connection",
    "export's name": "connections.displayName",
    "list": "exports.list",
    "email": "exports.email",
    "first name": "exports.firstName",
    "last name": "exports.lastName",
    "field": "exports.target-field",
    "attribute": "exports.attribute",
    "add attribute": "exports.addAttribute",
    "no automations": "exports.automations-no",
    "save export": "connections.save",
    "more": "exports.more",
    "rehearse": "exports.rehearse",
    "run": "exports.run",
    "no connection": "exports.no-connection",
    # Rehearsals and runs
    "enter": "plan.enter",
    "members": "runs.members",
    "unchanged": "outcome.unchanged",
    "delivered": "outcome.delivered",
    "pending": "outcome.pending",
    "refused": "outcome.refused",
    "suppressed": "outcome.suppressed",
    "people": "runs.people",
    "calls": "runs.calls",
    "download": "runs.download",
}
#: The five groups in which every member is found once.
GROUPS = ("unchanged", "delivered", "pending", "refused", "suppressed")
#: The states of a run, which stand at the head of its page as a word of the language.
STATES = ("planning", "sending", "held", "completed", "completed-with-warnings", "failed", "skipped",
          "stopped", "dismissed")
FINISHED = re.compile(r"^(completed|completed-with-warnings|failed|skipped|stopped|dismissed|held)$")


class Pages:
    """One window in one language. Finds things by role and label; says which phrase it looked for."""

    words = WORDS

    def __init__(self, window, phrases):
        self.window, self.page, self.phrases = window, window.page, phrases

    # Finding

    def word(self, name, start=False):
        return self.phrases.pattern(self.words[name], start)

    def gap(self, name, filling):
        """The phrase with this in its one gap."""
        return re.sub(r"\{[^}]*\}", str(filling), self.phrases(self.words[name]))

    def goto(self, path):
        response = self.page.goto(path)
        self.settle(path)
        return response.status

    def settle(self, path=None):
        """The page says its language and direction, and has one heading and one main part."""
        root = self.page.locator("html")
        found = (root.get_attribute("lang"), root.get_attribute("dir"))
        if found != (self.phrases.language, self.phrases.direction):
            self.window.trouble(f"{path or ''} says it is {found}")
        if self.page.get_by_role("main").count() != 1:
            self.window.trouble("has no main part, or several")

    def button(self, name, within=None):
        return (within or self.page).get_by_role("button", name=self.word(name)).first

    def link(self, name, within=None):
        return (within or self.page).get_by_role("link", name=self.word(name)).first

    def field(self, name):
        return self.page.get_by_label(self.word(name)).first

    def press(self, name):
        self.button(name).click()
        self.page.wait_for_load_state()
        self.settle()

    def follow(self, name, within=None):
        self.link(name, within).click()
        self.page.wait_for_load_state()
        self.settle()

    def choose(self, name, option):
        """Picks by a name that is read: in a select, or among radio buttons and boxes."""
        field = self.field(name)
        if field.count() and field.evaluate("element => element.tagName") == "SELECT":
            for choice in field.locator("option").all():
                if option.search(choice.inner_text().strip()):
                    field.select_option(value=choice.get_attribute("value"))
                    return
            raise AssertionError(f"'{self.phrases(self.words[name])}' offers no {option.pattern}")
        self.tick(option)

    def tick(self, label):
        """A radio button or a box, by its label."""
        radio = self.page.get_by_role("radio", name=label)
        (radio if radio.count() else self.page.get_by_role("checkbox", name=label)).first.check()

    def region(self, name):
        """The part of the page that has this name."""
        return self.page.get_by_role("region", name=name, exact=True)

    def row(self, text):
        """The row of a table that holds this name."""
        return self.page.get_by_role("row").filter(has_text=text).first

    def number_of(self, name):
        """The number that stands beside a word: in a row, or in a list of terms."""
        row = self.page.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=self.word(name)))
        if row.count():
            return number(row.first.get_by_role("cell").first.inner_text())
        term = self.page.locator("dt").filter(has_text=self.word(name)).first
        return number(term.locator("xpath=following-sibling::dd[1]").inner_text())

    @property
    def path(self):
        return urlsplit(self.page.url).path

    @property
    def id(self):
        """The number at the end of the address."""
        return int(re.search(r"/(\d+)$", self.path).group(1))

    # Signing in

    def create_administrator(self, link, name, password):
        self.goto(link)
        self.field("user name").fill(name)
        self.set_password(password, "create administrator")

    def accept_invitation(self, link, password):
        self.goto(link)
        self.set_password(password, "set password")

    def set_password(self, password, button):
        self.field("new password").fill(password)
        self.field("password again").fill(password)
        self.press(button)

    def sign_in(self, name, password):
        self.goto("/sign-in")
        # A link may have signed its bearer in already.
        if self.path != "/sign-in":
            return
        self.field("user name").fill(name)
        self.field("password").fill(password)
        self.press("sign in")

    def set_language(self, tag):
        self.page.get_by_role("button", name=self.word("language", start=True)).first.click()
        self.page.locator(f"button[name=language][value={tag}]").click()
        self.page.wait_for_load_state()

    # Admin

    def add_connection(self, name, host, key, password):
        self.goto("/admin/connections")
        self.follow("add connection")
        self.field("display name").fill(name)
        self.tick(self.word("administrators only", start=True))
        self.field("API key").fill(key)
        self.field("hostname").fill(host)
        self.tick(self.word("agree"))
        self.press("connect")
        self.page.get_by_text(self.word("connected", start=True)).first.wait_for()
        # The export user confirms with the password that they sign in with.
        self.field("own password").fill(password)
        self.press("add yourself")
        self.press("save connection")

    def share_connection(self, name):
        self.goto("/admin/connections")
        self.button("share", self.region(name)).click()
        self.page.wait_for_load_state()
        self.settle()

    def open(self, path, name):
        self.goto(path)
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.settle()

    def invite(self, name, role="contributor"):
        """Adds a user; the link by which they set their password."""
        self.goto("/admin/users")
        self.follow("add user")
        self.field("new user's name").fill(name)
        self.tick(self.word(role, start=True))
        self.press("save user")
        text = self.page.content()
        return re.search(r"(?:https?://[^\s\"'<>]+)?/invitation/[A-Za-z0-9_-]+", text).group()

    def end_transfer(self, connection):
        """Two clicks, from wherever one is; how many it took."""
        clicks = 1
        self.follow("end a transfer")
        self.button("end transfer", self.region(connection)).click()
        self.page.wait_for_load_state()
        self.settle()
        return clicks + 1

    # Exports and runs

    def add_export(self, name, connection, list_name, segment):
        self.goto("/exports")
        self.follow("add export")
        if connection not in self.field("connection for export").locator("option:checked").inner_text():
            self.choose("connection for export", re.compile(re.escape(connection)))
            self.page.wait_for_load_state()
        self.field("export's name").fill(name)
        self.choose("list", re.compile(re.escape(list_name)))
        self.tick(re.compile(re.escape(segment)))
        self.page.get_by_label(self.word("email", start=True)).first.select_option(value="Email")
        for field, attribute in (("first name", "FirstName"), ("last name", "LastName")):
            self.press("add attribute")
            target = self.page.get_by_label(self.word("field")).last
            target.select_option(label=self.phrases(self.words[field]))
            self.page.get_by_label(self.word("attribute")).last.select_option(value=attribute)
        self.tick(self.word("no automations", start=True))
        self.press("save export")

    def rehearse(self, export):
        """From the list to what a run of the export would do."""
        self.goto("/exports")
        row = self.row(export)
        self.button("more", row).click()
        self.button("rehearse", row).click()
        self.wait(lambda: self.path.startswith("/rehearsals/") and self.has("enter"))

    def run(self, export):
        self.goto("/exports")
        run = self.word("run", start=True)
        self.row(export).get_by_role("button", name=run).first.click()
        self.wait(lambda: self.path.startswith("/runs/"))

    def has(self, name):
        word = self.word(name)
        return bool(self.page.get_by_role("rowheader", name=word).count()
                    or self.page.locator("dt").filter(has_text=word).count())

    def run_state(self):
        """The state at the head of a run's page."""
        told = self.page.locator(".page-head .badge").first.inner_text().strip()
        return next((state for state in STATES if self.phrases(f"state.{state}") == told), told)

    def run_to_end(self, reload, seconds=60):
        """Watches a run; the states and numbers seen on the way. Without script by loading anew."""
        seen = []

        def look():
            # The page loads itself anew, perhaps just now: then it is looked at the next time.
            try:
                if reload:
                    self.page.goto(self.page.url)
                self.page.wait_for_load_state()
                told = (self.run_state(), self.page.get_by_role("main").inner_text())
            except PlaywrightError:
                return None
            seen.append(told)
            return FINISHED.match(seen[-1][0])

        self.wait(look, seconds)
        return seen

    def wait(self, truth, seconds=20, step=0.1):
        for _ in range(int(seconds / step)):
            if truth():
                return
            self.page.wait_for_timeout(step * 1000)
        raise AssertionError(f"{self.path} did not get there in {seconds} s")

    def groups(self):
        return {name: self.number_of(name) for name in GROUPS}

    def download(self):
        """What the download link of this page gives, as text."""
        with self.page.expect_download() as waiting:
            self.link("download").click()
        with open(waiting.value.path(), encoding="utf-8-sig", newline="") as file:
            return waiting.value.suggested_filename, file.read()

    def sign_out(self, name):
        """By the menu of one's own account."""
        self.page.get_by_role("button", name=name, exact=True).click()
        self.press("sign out")
