"""Fills in and sends forms without a browser, for set-up that is not itself under test."""

import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class Forms:
    """One person's session: cookies are kept, redirects followed."""

    def __init__(self, origin):
        self.origin = origin
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, path, data=None):
        address = urllib.parse.urljoin(self.origin, path)
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        headers = {"Accept": "text/html", "Accept-Language": "en", "Origin": self.origin}
        with self.opener.open(urllib.request.Request(address, body, headers), timeout=60) as answer:
            return answer.read().decode()

    def send(self, path, action, **values):
        """Opens a page, fills in its first form that goes to `action…`, sends it; the page that answers."""
        reader = FormReader()
        reader.feed(self.open(path))
        for form in reader.forms:
            # A form without an address goes to the page that holds it.
            target = form["action"] or path
            if urllib.parse.urlsplit(target).path.startswith(action):
                unknown = sorted(set(values) - form["names"])
                if unknown:
                    raise AssertionError(f"the form of {path} has no field {', '.join(unknown)}; "
                                         f"it has {', '.join(sorted(form['names']))}")
                return self.open(target, {**form["values"], **values})
        raise AssertionError(f"{path} has no form to {action}; "
                             f"it has {[form['action'] for form in reader.forms]}")


class FormReader(HTMLParser):
    """The forms of a page: where they go, the names of their fields, what stands in them."""

    def __init__(self):
        super().__init__()
        self.forms, self.form, self.select = [], None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self.form = {"action": given.get("action", ""), "names": set(), "values": {}}
            self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "option" and self.select:
            if "selected" in given or self.select not in self.form["values"]:
                self.form["values"][self.select] = given.get("value", "")
        elif tag in ("input", "select", "textarea") and name:
            self.form["names"].add(name)
            self.select = name if tag == "select" else None
            is_choice = given.get("type") in ("checkbox", "radio")
            if tag == "input" and (not is_choice or "checked" in given):
                self.form["values"][name] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
