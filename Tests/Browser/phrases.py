"""The phrases of one language, so that a walk finds things by the words that a person reads."""

import json
import re
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent.parent / "Sources" / "Phrases" / "Tables"
LANGUAGES = ["en", "bg", "pl", "zh-Hans", "hu", "he"]


class Phrases:
    """One language's table. A phrase that is not translated yet stands in English, as on the pages."""

    def __init__(self, language):
        self.language = language
        self.direction = "rtl" if language == "he" else "ltr"
        self.table = {**read("en"), **read(language)}

    def __call__(self, key):
        """The phrase at a key; KeyError names the key and its neighbours when there is none."""
        if key not in self.table:
            room = key.split(".")[0]
            near = sorted(name for name in self.table if name.split(".")[0] == room)
            raise KeyError(f"no phrase '{key}'; '{room}' has: {', '.join(near) or 'nothing'}")
        return self.table[key]

    def pattern(self, key, start=False):
        """Matches the phrase with anything in its gaps, alone or at the start of a longer text."""
        parts = re.split(r"\{[^}]*\}", self(key))
        body = ".+?".join(re.escape(part) for part in parts)
        # A mark of an optional or a required field may follow a label.
        return re.compile(rf"^\s*{body}" + ("" if start else r"\s*(\*|\(.*\)|\s)*$"))

    def missing(self, keys):
        return sorted({key for key in keys if key not in self.table})


def read(language):
    table = {}
    for path in sorted((TABLES / language).glob("*.json")):
        table.update(json.loads(path.read_text(encoding="utf-8")))
    return table


def number(text):
    """A whole number as any of the six languages writes it: groups stand apart by a comma or a space."""
    found = re.search(r"\d[\d,.\s\u00a0\u202f]*", text)
    if not found:
        raise ValueError(f"no number in {text!r}")
    return int(re.sub(r"\D", "", found.group()))
