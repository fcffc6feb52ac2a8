"""Every failure that mechkg raises on purpose, in one tree.

A *finding* (see :mod:`mechkg.model.finding`) says what is wrong with data and is collected. An exception from this file says
that an operation could not be carried out. Each carries a stable ``code``, a sentence, and, where there is one, a ``hint``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nsmallest
from math import ceil
from typing import ClassVar


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return the valid name most like ``name``, or None when nothing is close.

    >>> nearest("octylamin", ["toluene", "octylamine"])
    'octylamine'
    >>> nearest("zzz", ["toluene"]) is None
    True
    """
    names = list(valid)
    found = get_close_matches(name, names if len(names) <= _FEW else _likely(name, names), n=1, cutoff=0.6)
    return found[0] if found else None


_FEW = 300
"""Up to so many names each is held against what was asked for."""

_MOST = 100
"""Of more, so many that have most runs of characters in common with it."""


def _likely(name: str, names: list[str]) -> list[str]:
    """Return the names that share most of the rare runs of characters of a name: to compare letter by letter takes long.

    >>> "claim-4999" in _likely("claim-49999", [f"claim-{n}" for n in range(10_000)])
    True
    """
    size = 3 if len(name) > 5 else 2
    runs = {name[start : start + size] for start in range(max(1, len(name) - size + 1))}
    having = sorted(((run, [each for each in names if run in each]) for run in runs), key=lambda each: len(each[1]))
    shared: Counter[str] = Counter()
    for run, some in having:
        # what most names have is no reason to look at one, only to prefer it
        shared.update(some if not shared or len(some) < _MOST * 10 else [each for each in shared if run in each])
    # names of about the same length first, where as many runs are shared
    return nsmallest(_MOST, shared, key=lambda each: (-shared[each], abs(len(each) - len(name)), each))


class MechkgError(Exception):
    """A failed operation: code, sentence, hint."""

    code: ClassVar[str] = "mechkg.error"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


# --- what was asked for -----------------------------------------------------------------------------------------------


class NotFoundError(MechkgError):
    """Nothing of that kind has that name."""

    code = "mechkg.not_found"

    @classmethod
    def of(cls, what: str, name: str, valid: Iterable[str]) -> NotFoundError:
        """Build the error for the ``what`` called ``name``, suggesting the nearest of the ``valid`` names."""
        close = nearest(name, valid)
        return cls(f"there is no {what} called '{name}'", hint=f"did you mean '{close}'?" if close else None)


class BadInputError(MechkgError):
    """What was given cannot be read, or means nothing here."""

    code = "mechkg.bad_input"


# --- the record of truth ----------------------------------------------------------------------------------------------


class TooLargeError(MechkgError):
    """What was asked for is more than can be gone through."""

    code = "mechkg.too_large"


class LedgerError(MechkgError):
    """The ledger cannot be opened, read or appended to."""

    code = "mechkg.ledger"


class RefusedActError(LedgerError):
    """An act that the present status does not allow."""

    code = "mechkg.refused_act"


class StaleError(RefusedActError):
    """What the act was based on is no longer what counts."""

    code = "mechkg.stale"

    def __init__(self, message: str, *, hint: str | None = None, now: object = None) -> None:
        super().__init__(message, hint=hint)
        self.now = now
        """What stands in its place now, where that can be given."""


class ForbiddenError(MechkgError):
    """The caller is not known, or may not do that."""

    code = "mechkg.forbidden"


class UnauthenticatedError(MechkgError):
    """Who asks cannot be told: a token that does not hold, or a sign-in that failed."""

    code = "mechkg.unauthenticated"


class TooManyTriesError(MechkgError):
    """Somebody tried too often of late; ``seconds`` later it may be tried again."""

    code = "mechkg.too_many_tries"

    def __init__(self, message: str, *, seconds: float) -> None:
        self.seconds = max(1, ceil(seconds))
        super().__init__(message, hint=f"try again in {self.seconds} s")


class UnreachableError(MechkgError):
    """Another service that is needed does not answer, or not sensibly."""

    code = "mechkg.unreachable"


class UncertainError(UnreachableError):
    """The answer to an act did not arrive, so that it is not known whether it was done."""

    code = "mechkg.uncertain"


class RemoteError(MechkgError):
    """A server could not answer, for a reason that lies with it or with the request, and that no other error here tells of.

    ``told`` is the code that it gave.
    """

    code = "mechkg.remote"

    def __init__(self, message: str, *, hint: str | None = None, told: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.told = told


# --- the derived graph ------------------------------------------------------------------------------------------------


class GraphError(MechkgError):
    """The graph cannot be opened, brought up to date or asked."""

    code = "mechkg.graph"


class LockedGraphError(GraphError):
    """Another process holds the graph."""

    code = "mechkg.graph_locked"


class QueryError(GraphError):
    """A query, or a parameter of one, is not valid."""

    code = "mechkg.query"


class QueryTimeoutError(QueryError):
    """A query took longer than it was given."""

    code = "mechkg.query_timeout"


class QueryMemoryError(QueryError):
    """A query needed more memory than it was given."""

    code = "mechkg.query_memory"


class BusyError(MechkgError):
    """Too much is being asked at this moment; what was asked may be asked again."""

    code = "mechkg.busy"


# --- reasoning --------------------------------------------------------------------------------------------------------


class RuleError(MechkgError):
    """A rule file cannot be read, lacks its sentence, or is not stratified."""

    code = "mechkg.rule"


class DrawingError(MechkgError):
    """A proof cannot be drawn."""

    code = "mechkg.drawing"


class MissingExtraError(MechkgError):
    """An optional dependency is needed and not installed."""

    code = "mechkg.missing_extra"
