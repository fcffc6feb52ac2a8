"""Addresses as messages and logs may show them: without passwords."""

from __future__ import annotations

import re
from typing import Final

# Up to the last @, for a password that was not escaped may hold one: rather too much is hidden than too little.
_USER: Final = re.compile(r"(?<=://)([^\s/:@?]*):\S*(?=@)")
_NAMED: Final = re.compile(r"\b(password|passwd|pwd|passfile|sslpassword|secret|token)=('[^']*'|[^\s&']+)", re.IGNORECASE)


def masked(text: str) -> str:
    """Return ``text`` with the passwords of all addresses in it replaced by stars.

    >>> masked("postgresql://ana:s3cr@t@db/ledger?password=x&sslmode=require is down")
    'postgresql://ana:***@db/ledger?password=***&sslmode=require is down'
    """
    return _NAMED.sub(r"\1=***", _USER.sub(r"\1:***", text))
