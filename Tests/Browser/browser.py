"""Chromium, and what is watched on every page: console, foreign requests, accessibility, overflow."""

import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import sync_playwright

from service import running_as_root

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
#: Longest wait for one thing on a page, in milliseconds.
PATIENCE = 30_000
NARROW, WIDE = {"width": 360, "height": 780}, {"width": 1280, "height": 900}

#: Finds a page that scrolls sideways, and words that do not fit where they should stand whole.
OVERFLOW = """() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
        const edge = root.clientWidth;
        const wide = [...document.body.querySelectorAll('*')].filter(element => {
            const box = element.getBoundingClientRect();
            return box.width > 0 && (box.right > edge + 1 || box.left < -1);
        }).slice(-3).map(element => element.tagName.toLowerCase() + '.' + element.className);
        found.push(`the page is ${root.scrollWidth} px wide on ${edge}: ${wide.join(', ')}`);
    }
    const whole = 'button, .button, .badge, .status, [role=tab], nav a, th, summary, label';
    for (const element of document.querySelectorAll(whole)) {
        const style = getComputedStyle(element);
        const isShown = element.getClientRects().length > 0 && style.clipPath === 'none'
            && element.clientWidth > 1;
        if (isShown && style.overflowX !== 'auto' && element.scrollWidth > element.clientWidth + 1) {
            found.push(`clipped: ${element.tagName.toLowerCase()} '${element.innerText.trim()}' `
                + `is ${element.scrollWidth} px in ${element.clientWidth}`);
        }
    }
    return found;
}"""


@contextmanager
def chromium():
    """Debian's browser, driven by Playwright; downloads nothing."""
    path = shutil.which("chromium")
    if not path:
        raise SystemExit("chromium is not installed: apt-get install chromium")
    flags = ["--disable-background-networking", "--disable-component-update"]
    if running_as_root():
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """One person's browser: a page with cookies of its own, and the troubles seen in it."""

    def __init__(self, browser, origin, language, script=True, viewport=WIDE, state=None):
        self.origin, self.troubles = origin, []
        self.context = browser.new_context(
            base_url=origin, locale=language, viewport=viewport, java_script_enabled=script,
            accept_downloads=True, storage_state=state)
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", self.see_request)
        self.context.on("response", self.see_response)
        self.page = self.context.new_page()
        self.page.on("console", self.see_console)
        self.page.on("pageerror", lambda error: self.trouble(f"script: {error}"))

    def trouble(self, text):
        self.troubles.append(f"{urlsplit(self.page.url).path}: {text}")

    def see_request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            if f"{parts.scheme}://{parts.netloc}" != self.origin:
                self.trouble(f"asks a foreign origin: {request.url}")
        elif parts.scheme != "about":
            self.trouble(f"loads {parts.scheme}:")

    def see_response(self, response):
        if response.status >= 500:
            self.trouble(f"{response.request.method} {urlsplit(response.url).path} "
                         f"answered {response.status}")
        elif response.request.is_navigation_request() and response.ok and (
                "text/html" in response.headers.get("content-type", "")
                and "default-src 'none'" not in response.headers.get("content-security-policy", "")):
            self.trouble("has no strict content security policy")

    def see_console(self, message):
        # A page that answers with findings has a status of 4xx on purpose; the browser remarks on it.
        own = message.location.get("url", "") == self.page.url
        if message.type in ("error", "warning") and not (own and "status of 4" in message.text):
            self.trouble(f"console: {message.text}")

    def close(self):
        self.context.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def accessibility(page, only=None):
    """What axe-core finds, a line for each rule and place. It is put in past the page's policy."""
    options = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = {"type": "rule", "values": only}
    page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
    result = page.evaluate("options => window.axe.run(document, options)", options)
    return [f"{rule['id']}: {node['target'][0]} – {node['failureSummary'].splitlines()[-1].strip()}"
            for rule in result["violations"] for node in rule["nodes"][:3]]


def overflow(page):
    return page.evaluate(OVERFLOW)
