"""A draft: what somebody is writing, kept version by version before it is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of a draft; versions count from 1.

    ``content`` is any JSON content, valid items or not; None in the version that says that the draft was discarded.
    """

    id: str
    version: int
    owner: str
    at: datetime
    content: Any
    discarded: bool = False
