"""The acceptance scenarios by name, in the order in which they run."""

from . import (adventureworks, bad_input, boundaries, changes, disk, faults, limits, refusals, sandbox, two_at_once)

ALL = {
    "adventureworks": adventureworks.scenario,
    "changes-keep": changes.keep,
    "changes-unsubscribe": changes.unsubscribe,
    "changes-field": changes.field,
    "opt-outs": changes.opt_outs,
    "held": changes.held,
    "over-limit": changes.over_limit,
    "claims": boundaries.claims,
    "approvals": boundaries.approvals,
    "moved-host": boundaries.moved_host,
    "fault-storm": faults.storm,
    "unnamed-poison": faults.unnamed_poison,
    "broken-batches": faults.broken_batches,
    "lost-answers": faults.lost_answers,
    "refusals": refusals.refusals,
    "suppressed": refusals.suppressed,
    "bad-input": bad_input.scenario,
    "two-at-once": two_at_once.scenario,
    "full-disk": disk.full,
    "newer-data": disk.newer_version,
    "default-limits": limits.default_limits,
    "sandbox": sandbox.scenario,
}
