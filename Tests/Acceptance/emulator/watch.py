"""What the client did wrong, what looked odd, and what it did since the last mark."""

import time
from collections import Counter

MOST_KEPT = 2_000
#: Real seconds between the end of a single-contact import and a fresh import that make it lonely.
LONELY_GRACE = 2.0


class Watch:
    def __init__(self, clock):
        self.clock = clock
        self.violations, self.violation_counts = [], Counter()
        self.warnings, self.warning_counts = [], Counter()
        self.totals = Counter()
        self.known_troubled = set()
        self.mark("start")

    def violation(self, code, message):
        self.violation_counts[code] += 1
        if len(self.violations) < MOST_KEPT:
            self.violations.append(
                {"code": code, "message": message, "at": round(self.clock.now(), 3)})

    def warning(self, code, message):
        self.warning_counts[code] += 1
        if len(self.warnings) < MOST_KEPT:
            self.warnings.append(
                {"code": code, "message": message, "at": round(self.clock.now(), 3)})

    def count(self, what, by=1):
        self.totals[what] += by
        self.since[what] += by

    def mark(self, name):
        """Starts a new stretch, usually a run: counters and addresses seen begin anew."""
        self.mark_name, self.since = name, Counter()
        self.seen, self.accepted = set(), Counter()
        self._lonely = None

    # Single-contact imports. The importer asks clients to put several people in a request, so one
    # that goes alone while others wait is a waste of the 20 a minute. The emulator cannot see the
    # client's queue, so it decides like this, within one mark: an import is *fresh* when none of its
    # addresses was in an earlier import of the mark and not all of them are known as troubled
    # (rejected, failed or excluded at any time before: those travel in batches of their own). A fresh
    # single-contact import is lonely if another fresh one of a single contact follows at any time, or
    # a fresh one of several begins more than two real seconds after it was answered (less than that
    # may be a worker that was already busy). Retries and the search for a poisoned row are never
    # fresh, so they never count.

    def import_seen(self, addresses):
        fresh = not any(a in self.seen for a in addresses)
        troubled = all(a in self.known_troubled for a in addresses)
        if fresh and not troubled:
            if self._lonely is not None:
                single, at = self._lonely
                if len(addresses) == 1 or time.monotonic() - at > LONELY_GRACE:
                    self.violation(
                        "lonely-import", f"'{single}' was imported alone while others waited")
                    self._lonely = None
            if len(addresses) == 1:
                self._lonely = (addresses[0], time.monotonic())
        self.seen.update(addresses)

    def import_accepted(self, addresses):
        again = sum(a in self.accepted for a in addresses)
        self.accepted.update(addresses)
        self.count("accepted_batches")
        self.count("accepted_rows", len(addresses))
        if again:
            self.count("repeated_rows", again)
            self.count("repeated_batches")

    def troubled(self, addresses):
        self.known_troubled.update(addresses)

    def report(self):
        return {
            "count": sum(self.violation_counts.values()), "codes": dict(self.violation_counts),
            "violations": self.violations, "warning_codes": dict(self.warning_counts),
            "warnings": self.warnings[-200:],
        }
