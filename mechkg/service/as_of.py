"""What counted in the past: at a position of the ledger, at a time, or in a release.

The graph of the past is derived in memory from the ledger up to there, by the ontology and the rules of now, and kept for whoever
asks next.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from mechkg.curation.ledger import Ledger
from mechkg.curation.release import releases
from mechkg.errors import BadInputError, nearest
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.store import Store
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.service.catalog import Catalog
from mechkg.service.reading import Reading

AsOf = int | datetime | str
"""A position of the ledger, a time, or either of them or the name of a release as text."""

KEPT = 4
"""So many readings of the past are kept, those that were asked for last. Each holds a graph in memory."""

_AHEAD = timedelta(minutes=1)
"""So far may the clock of who asks go ahead of ours."""


def position_of(ledger: Ledger, as_of: AsOf) -> int:
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
    end = end_of(ledger, as_of)
    if ledger.settled(end) > as_of:
        raise BadInputError(f"position {as_of} is in the middle of what was done at once", hint=f"that ends at position {end}")
    return as_of


def end_of(ledger: Ledger, position: int) -> int:
    """Return the position of the last act that was done together with the act at ``position``, in one transaction."""
    first: Act | None = None
    for act in ledger.acts(max(position - 1, 0)) if position else ():
        if first is None:
            first = act
        elif not together(first, act):
            break
        position = act.position
    return position


def together(one: Act, other: Act) -> bool:
    """Say whether two acts that follow each other were done in one transaction, at one moment by one person."""
    return (one.at, one.actor, one.batch, one.door) == (other.at, other.actor, other.batch, other.door)


def _read(ledger: Ledger, text: str) -> int | datetime:
    """Return the position or time that a text names."""
    known = {release.name: release.position for release in releases(ledger.acts_of_kinds(["release"]))}
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


class LedgerAt:
    """A ledger as it was at one of its positions, as far as a graph is derived from it."""

    def __init__(self, ledger: Ledger, position: int) -> None:
        self._ledger = ledger
        self._position = position

    def settled(self) -> int:
        """Return the position of the last act until then that changed what counts."""
        return self._ledger.settled(self._position)

    def acts(self, after: int = 0, until: int | None = None) -> Iterator[Act]:
        """Yield the acts until then."""
        return self._ledger.acts(after, self._position if until is None else min(until, self._position))

    def assertions(self, ids: Iterable[str] | None = None) -> Mapping[str, AssertionRecord]:
        """Return assertions by id; one never changes."""
        return self._ledger.assertions(ids)

    def accepted_with_acts(self, at: int | None = None) -> list[tuple[AssertionRecord, Act]]:
        """Return the assertions that counted then."""
        return self._ledger.accepted_with_acts(self._position if at is None else min(at, self._position))


def read_at(ledger: Ledger, position: int, store: Store | None = None) -> Reading:
    """Return what counted at ``position``, read from a graph of its own.

    A ``store`` in memory is brought there from an earlier position; what was read from it before must not be used any more.
    """
    then = LedgerAt(ledger, position)
    graph = Store.open(None) if store is None else store
    bring_up_to_date(graph, then)
    version = then.settled()
    return Reading(version, graph, Catalog.of(version, then.accepted_with_acts()))


class Past:
    """Readings of the past, the last few that were asked for. Threads may share it; two that ask for the same wait for one."""

    def __init__(self, ledger: Ledger, kept: int = KEPT) -> None:
        self._ledger = ledger
        self._kept = kept
        self._lock = threading.Lock()
        self._readings: OrderedDict[int, Reading] = OrderedDict()
        self._making: dict[int, threading.Lock] = {}

    def at(self, as_of: AsOf) -> Reading:
        """Return what counted as of then; raise as :func:`position_of` does."""
        # positions between which nothing came to count or ceased to are one
        version = self._ledger.settled(position_of(self._ledger, as_of))
        with self._lock:
            making = self._making.setdefault(version, threading.Lock())
        with making:
            if (found := self._get(version)) is not None:
                return found
            reading = read_at(self._ledger, version)
            with self._lock:
                self._readings[version] = reading
                for old in list(islice(self._readings, max(0, len(self._readings) - self._kept))):
                    del self._readings[old]  # who still uses it holds it
                    self._making.pop(old, None)
            return reading

    def _get(self, version: int) -> Reading | None:
        with self._lock:
            found = self._readings.get(version)
            if found is not None:
                self._readings.move_to_end(version)
            return found
