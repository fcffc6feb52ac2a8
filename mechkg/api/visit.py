"""One request as it is observed: its correlation id, and what becomes known of it on its way.

The id is that of the header ``X-Request-ID``, or the trace of ``traceparent`` (https://www.w3.org/TR/trace-context/), if they are
well formed; else it is made. The answer tells it in ``X-Request-ID``, each failure beside its code, each line of the log as
``request``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = "X-Request-ID"

LONGEST: Final = 64
"""Characters of an id that is taken over."""

_GIVEN: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST - 1}}}")
_TRACE: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


@dataclass(slots=True)
class Visit:
    """A request. Who carries it out writes down what it learns; nothing here is a secret."""

    id: str
    person: str | None = None
    """Who asks, if they said so; never by which token."""
    operation: str | None = None
    """Name of the GraphQL operation, as its document calls it."""
    known: str | None = None
    """The name by which it is counted: that of an operation known beforehand, else ``other``."""
    kind: str | None = None
    """Whether it is a query, a mutation or a subscription."""
    cost: int | None = None
    kept: bool = False
    """Whether the answer was kept from before."""
    codes: list[str] = field(default_factory=list)
    """Codes of what went wrong."""


_CURRENT: Final[ContextVar[Visit | None]] = ContextVar("mechkg_visit", default=None)


def begin(request_id: str | None, traceparent: str | None) -> Visit:
    """Return the visit that a request begins; it is the current one for all that is done for it."""
    visit = Visit(id_of(request_id, traceparent))
    # Not taken back: the task ends with the request, and what its server says of it then is about this visit.
    _CURRENT.set(visit)
    return visit


def current() -> Visit | None:
    """Return the request that is being answered; None where none is."""
    return _CURRENT.get()


def id_of(request_id: str | None, traceparent: str | None) -> str:
    """Return the correlation id of a request with these headers.

    >>> id_of("job-7", None), id_of(None, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    ('job-7', '0af7651916cd43dd8448eb211c80319c')
    >>> len(id_of("two\\nlines", "00-0-0-0"))
    32
    """
    if request_id is not None and _GIVEN.fullmatch(request_id):
        return request_id
    if traceparent is not None and (found := _TRACE.fullmatch(traceparent)):
        return found[1]
    return secrets.token_hex(16)


def failed(code: str) -> None:
    """Write down what went wrong with the current request."""
    visit = _CURRENT.get()
    if visit is not None:
        visit.codes.append(code)


def asked_by(person: str) -> None:
    """Write down who asks the current request."""
    visit = _CURRENT.get()
    if visit is not None:
        visit.person = person


def told() -> Mapping[str, str]:
    """Return what a failure tells of the current request, for whoever is to look into it; nothing where there is none."""
    visit = _CURRENT.get()
    return {} if visit is None else {"requestId": visit.id}
