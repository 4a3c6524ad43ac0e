"""Every fault and every uncertain behaviour, as a named knob that can be turned at run time."""

from dataclasses import dataclass, field, fields


@dataclass
class Knobs:
    # Faults before the request has any effect: shares of all API requests, 0...1.
    rate_429: float = 0.0
    retry_after: int = 1
    rate_503: float = 0.0
    rate_402: float = 0.0
    rate_403: float = 0.0
    rate_html_200: float = 0.0
    rate_empty_200: float = 0.0
    rate_cloudflare_502: float = 0.0
    rate_reset_before_write: float = 0.0
    rate_redirect: float = 0.0
    # Faults of the importer alone: shares of its POST requests.
    rate_reset_after_write: float = 0.0
    rate_importer_400: float = 0.0
    importer_400_wait: float = 0.0
    rate_batch_failed: float = 0.0
    rate_batch_interrupted: float = 0.0
    # One-shot faults for the next import POSTs, by the names above without `rate_`; "none" skips one.
    next_imports: list = field(default_factory=list)
    # Addresses whose row makes the importer reject the whole batch, naming the row or naming nobody.
    poison_named: list = field(default_factory=list)
    poison_unnamed: list = field(default_factory=list)
    # Whether excluded addresses appear in failure[].
    excluded_in_failure: bool = True
    # Rule 7: "any" unsubscribe or only the "person"'s own; the row fails, or only its subscription.
    rule7_scope: str = "any"
    rule7_effect: str = "fail"
    # Whether a membership that the person ended themselves says so.
    tells_reason: bool = True
    contact_limit: int = 0
    # Work on accepted batches, in emulated seconds and contacts per emulated second.
    processing_delay: float = 1.2
    processing_jitter: float = 0.5
    processing_rate: float = 20_000.0
    # Real seconds added to every answer.
    latency: float = 0.0
    success_key: str = "Success"
    # Answers over-limit requests as the service would (429, importer 400); violations count anyway.
    enforce_limits: bool = True
    admin_key: bool = True
    require_exclude_automations: bool = False

    def turn(self, changes):
        """Sets the named knobs; an unknown name or a wrong kind of value is a KeyError or TypeError."""
        kinds = {f.name: type(getattr(self, f.name)) for f in fields(self)}
        for name, value in changes.items():
            if name not in kinds:
                raise KeyError(f"no knob '{name}'; there are {', '.join(sorted(kinds))}")
            kind = kinds[name]
            if kind is float and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            if type(value) is not kind:
                raise TypeError(f"knob '{name}' takes {kind.__name__}")
            setattr(self, name, value)


#: Faults that strike any API request before it has an effect, in the order of the draw.
EARLY_FAULTS = [
    "429", "503", "402", "403", "html_200", "empty_200", "cloudflare_502", "reset_before_write",
    "redirect",
]
#: Faults of an import POST; "reset_after_write" strikes once the batch is accepted.
IMPORT_FAULTS = ["importer_400", "reset_after_write", "batch_failed", "batch_interrupted"]
