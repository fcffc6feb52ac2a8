"""A moment, as people name it: a position of the ledger, a time, or a release; turned into a position.

Loads next to nothing, so that a command can tell which moment is meant before it opens a ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from mechkg.errors import BadInputError, nearest

AsOf = int | datetime | str
"""A position of the ledger, a time, or either of them or the name of a release as text."""

_AHEAD = timedelta(minutes=1)
"""So far may the clock of who asks go ahead of ours."""


class Dated(Protocol):
    """What has to be known of a ledger to tell a moment."""

    def position(self) -> int:
        """Return the position of the last act."""
        ...

    def position_at(self, time: datetime) -> int:
        """Return the position of the last act done at ``time`` or before."""
        ...

    def settled(self, at: int | None = None) -> int:
        """Return the position of the last act that changed what counts, as of ``at``."""
        ...

    def released(self) -> Mapping[str, int]:
        """Return the releases: name -> the position that each stands for."""
        ...

    def done_from(self, position: int) -> Iterable[tuple[int, object]]:
        """Yield the position of each act from ``position`` on, with what is the same for acts of one transaction."""
        ...


def position_of(ledger: Dated, as_of: AsOf) -> int:
    """Return the ledger position that is meant.

    A text is the name of a release, a position, or a time (ISO 8601; UTC where it names no zone; a day alone means its end).
    Raise BadInputError, with the nearest name of a release, for what is none of these, for a time to come, and for a position in
    the middle of what was done at once: what counted there, nobody was ever told.
    """
    if isinstance(as_of, str):
        as_of = _read(ledger, as_of.strip())
    if isinstance(as_of, datetime):
        asked = as_of if as_of.tzinfo is not None else as_of.replace(tzinfo=UTC)
        if asked > datetime.now(UTC) + _AHEAD:
            raise BadInputError(f"{as_of.isoformat()} is yet to come", hint="leave it out to ask of now")
        return ledger.position_at(asked)
    last = ledger.position()
    if not 0 <= as_of <= last:
        raise BadInputError(f"the ledger has no position {as_of}", hint=f"its last is {last}")
    end = _end_of(ledger, as_of)
    if ledger.settled(end) > as_of:
        raise BadInputError(f"position {as_of} is in the middle of what was done at once", hint=f"that ends at position {end}")
    return as_of


def _end_of(ledger: Dated, position: int) -> int:
    """Return the position of the last act that was done together with the act at ``position``, in one transaction."""
    first: object = None
    for place, together in ledger.done_from(position) if position else ():
        if first is None:
            first = together
        elif together != first:
            break
        position = place
    return position


def _read(ledger: Dated, text: str) -> int | datetime:
    """Return the position or time that a text names."""
    known = ledger.released()
    if text in known:
        return known[text]
    if text.isascii() and text.isdigit():
        return int(text[:19])
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        end = datetime.combine(day, time.max, UTC)
        now = datetime.now(UTC)
        return min(end, now) if day <= now.date() else end  # today is not over, and what has been is meant
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        close = nearest(text, known)
        hint = (
            f"did you mean the release '{close}'?" if close else "give the name of a release, a time such as 2024-05-01T12:00Z, "
        )
        raise BadInputError(
            f"'{text}' names no release, time or position", hint=hint if close else f"{hint}or a position of the ledger"
        ) from None
