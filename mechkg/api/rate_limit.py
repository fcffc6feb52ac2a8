"""How often somebody may try: a bucket of tries for each key, which fills again as time goes by.

What is kept of a key is one number: when its bucket will be full again (the generic cell rate algorithm). A key whose bucket is
full is forgotten, and of too many at once those that were asked about least recently; memory is bounded whoever asks.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi.requests import HTTPConnection

from mechkg.errors import BadInputError, TooManyTriesError, UnauthenticatedError
from mechkg.model.token import TokenText

Clock = Callable[[], float]
"""Seconds that never run back, from any start."""

MOST_KEYS = 10_000
"""So many keys are remembered at most, about 200 bytes each."""


class Limiter:
    """Lets each key do something ``burst`` times at once, and ``rate`` times a second in the long run. Threads may share it.

    >>> now = [0.0]
    >>> limiter = Limiter(rate=0.5, burst=2, clock=lambda: now[0])
    >>> [limiter.check("a") for _ in range(3)], limiter.check("b")
    ([0.0, 0.0, 2.0], 0.0)
    >>> now[0] = 1.5
    >>> limiter.check("a")
    0.5
    """

    def __init__(self, rate: float, burst: int, *, most: int = MOST_KEYS, clock: Clock = time.monotonic) -> None:
        if not (rate > 0 and burst >= 1 and most >= 1):
            raise ValueError("a limiter lets through something")
        self._gap = 1 / rate
        self._room = burst * self._gap
        self._most = most
        self._clock = clock
        self._full: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, key: str, cost: float = 1.0) -> float:
        """Take ``cost`` tries out of the bucket of ``key`` and return 0; when it holds less, return the seconds to wait for it.

        Waiting takes nothing out, and what costs more than a whole bucket needs a full one.
        """
        with self._lock:
            now = self._clock()
            full = max(self._full.get(key, now), now)
            wait = self._wait(full, now, cost)
            if wait <= 0:
                self._full[key] = full + cost * self._gap
            if key in self._full:
                self._full.move_to_end(key)
            self._forget(now)
            return max(wait, 0.0)

    def wait(self, key: str, cost: float = 1.0) -> float:
        """Return the seconds until :meth:`check` would let ``key`` through; take nothing out."""
        with self._lock:
            now = self._clock()
            return max(self._wait(max(self._full.get(key, now), now), now, cost), 0.0)

    @property
    def remembered(self) -> int:
        """How many keys are remembered."""
        return len(self._full)

    def _wait(self, full: float, now: float, cost: float) -> float:
        # what rounding takes away or adds is not waited for
        return round(full + min(cost * self._gap, self._room) - self._room - now, 6)

    def _forget(self, now: float) -> None:
        """Forget the keys asked about least recently: while their buckets are full again, or there are too many."""
        while self._full:
            key, full = next(iter(self._full.items()))
            if full > now and len(self._full) <= self._most:
                return
            del self._full[key]


# --- signing in -------------------------------------------------------------------------------------------------------


class Attempts:
    """Attempts to sign in, by link, invitation, account elsewhere or token; those that fail count, by address and by token.

    A secret cannot be guessed however often one tries (see :mod:`mechkg.model.token`): this keeps a program that tries, or one
    that goes on with a token that ended, from keeping the database and the providers busy. Who signs in well is never held up by
    earlier successes.
    """

    def __init__(self, by_address: Limiter | None = None, by_account: Limiter | None = None) -> None:
        self.by_address = by_address or Limiter(rate=20 / 60, burst=30)
        self.by_account = by_account or Limiter(rate=10 / 60, burst=10)

    @contextmanager
    def attempt(self, request: HTTPConnection, text: str | None = None) -> Iterator[None]:
        """Do an attempt within the block; ``text`` is the token that is shown, where there is one.

        Raise TooManyTriesError, and do not run the block, when too many failed of late; count it when UnauthenticatedError comes
        out of the block.
        """
        keys = [(self.by_address, address_of(request))]
        account = _account(text)
        if account is not None:
            keys.append((self.by_account, account))
        wait = max(limiter.wait(key) for limiter, key in keys)
        if wait > 0:
            raise TooManyTriesError("too many attempts to sign in have failed", seconds=wait)
        try:
            yield
        except UnauthenticatedError:
            for limiter, key in keys:
                limiter.check(key)
            raise


def address_of(request: HTTPConnection) -> str:
    """Return what stands for where a request comes from: its address, of IPv6 the network, which one caller has to himself.

    Behind a proxy it is the address that the proxy tells, as far as the server was told to trust it.
    """
    if request.client is None:  # a local socket
        return "local"
    try:
        address = ipaddress.ip_address(request.client.host.partition("%")[0])
    except ValueError:
        return request.client.host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address.ipv4_mapped)
    return str(address)


def _account(text: str | None) -> str | None:
    """Return the public part of a token, by which it is found; None for what is none."""
    try:
        return None if text is None else TokenText.parse(text).id
    except BadInputError:
        return None
