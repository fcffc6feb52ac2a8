"""The other processes that answer at the same address, as far as one is asked what only all of them together can tell.

Who asks reaches any of them. So each has a socket of its own, which only the user reaches who runs them, and at which the one
that was asked asks the others.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

_PATIENCE: Final = 2.0
"""Seconds for which one that does not answer is waited for: it is being replaced, or busy."""


@dataclass(frozen=True, slots=True)
class Fellows:
    """One of the processes that a parent started, and the sockets of all of them by number; without these, it is the only one."""

    number: int
    starts: int
    """How many were started in its place, itself among them."""
    sockets: Mapping[int, Path] = field(default_factory=dict)

    def ask(self, number: int, path: str) -> str | None:
        """Return what a process answers when it is asked for a ``path``; None when it does not in time."""
        connection = HTTPConnection("localhost", timeout=_PATIENCE)
        try:
            connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.sock.settimeout(_PATIENCE)
            connection.sock.connect(str(self.sockets[number]))
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()
        return text if answer.status == 200 else None
