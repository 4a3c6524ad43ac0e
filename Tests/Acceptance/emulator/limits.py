"""Clock, windows and buckets: what the account allows in a stretch of time."""

import time
from collections import deque


class Clock:
    """Emulated seconds since the start. With `scale` 60 a minute passes in one real second."""

    def __init__(self, scale=1.0):
        self.scale = scale
        self._start = time.monotonic()

    def now(self):
        return (time.monotonic() - self._start) * self.scale


class SlidingWindow:
    """At most `limit` arrivals in any `seconds`; 0 means no limit.

    `slack` (emulated seconds) shortens the window: a client spaces what it sends, and the way here
    may press two requests together by a few milliseconds.
    """

    def __init__(self, limit, seconds, slack=0.0):
        self.limit, self.seconds, self.slack = limit, seconds, slack
        self._arrivals = deque()

    def arrive(self, now):
        """Counts one arrival; answers how many arrivals too many the window now holds."""
        if not self.limit:
            return 0
        since = now - max(self.seconds - self.slack, self.seconds * 0.5)
        arrivals = self._arrivals
        while arrivals and arrivals[0] <= since:
            arrivals.popleft()
        arrivals.append(now)
        return max(0, len(arrivals) - self.limit)

    def remaining(self):
        return max(0, self.limit - len(self._arrivals)) if self.limit else 0


class Bucket:
    """A token bucket of `rate` tokens, refilled with `rate` a second; rate 0 means no limit."""

    def __init__(self, rate, slack=0.0):
        self.rate, self._tolerance = rate, slack * rate
        self._tokens, self._at = float(rate), 0.0

    def take(self, now):
        """Takes one token; False when there was none. A request turned away takes nothing."""
        if not self.rate:
            return True
        self._tokens = min(float(self.rate), self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens + self._tolerance < 1:
            return False
        self._tokens -= 1
        return True

    def remaining(self):
        return max(0, int(self._tokens))


class RetryAfter:
    """The pause the account last asked for, in real seconds, because the client's clock is real.

    Requests that the client had let go before it could read the 429 are forgiven: until a `share` of the
    pause is over. From here it cannot be seen when a client let a request go and when it read an answer; on
    a machine with other work a few hundred milliseconds lie between. Whoever does not keep the pause sends
    in the rest of it as well; Ferry's own record of its calls tells to the millisecond (`check_pauses`).
    """

    def __init__(self, share=0.5):
        self.share, self.grace = share, 0.0
        self._asked_at = self._until = 0.0

    def ask(self, seconds):
        now = time.monotonic()
        self._asked_at, self.grace = now, seconds * self.share
        self._until = max(self._until, now + seconds)

    def too_early(self):
        """How many seconds too early a request is that arrives now; 0 when it is not."""
        now = time.monotonic()
        if now < self._asked_at + self.grace or now >= self._until - 0.01:
            return 0.0
        return self._until - now
