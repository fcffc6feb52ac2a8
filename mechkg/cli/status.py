"""Exit statuses, so that a script can act on a verdict without reading it."""

from __future__ import annotations

from mechkg.model.verdict import Check

SURVIVES, RULED_OUT, BAD_INPUT, NOT_COVERED = 0, 1, 2, 3

_STATUS = {"survives": SURVIVES, "ruled out": RULED_OUT, "not covered": NOT_COVERED}


def exit_status(found: Check) -> int:
    """Return the status for a check: of one candidate its verdict, of several 0 when at least one survives."""
    if len(found.candidates) == 1:
        return _STATUS[found.candidates[0].verdict]
    return SURVIVES if any(c.verdict == "survives" for c in found.candidates) else RULED_OUT
