"""Content negotiation (RFC 9110, 12.5.1): which of the forms there are suits who asks best."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;[^,]*)?)")
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE)


def best(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the media type of ``offers`` that an Accept header likes best, the first of those it likes alike; None for none.

    Without the header everything is liked alike. Parameters other than q are not looked at.

    >>> best("text/html,application/xml;q=0.9,*/*;q=0.8", ["text/turtle", "text/html"])
    'text/html'
    >>> best("application/*;q=0.5, text/csv;q=0", ["text/csv", "application/json"]), best("image/png", ["text/csv"])
    ('application/json', None)
    """
    if accept is None or not accept.strip():
        return offers[0] if offers else None
    ranges = _ranges(accept)
    chosen, liked = None, 0.0
    for offer in offers:
        quality = _quality(offer, ranges)
        if quality > liked:
            chosen, liked = offer, quality
    return chosen


def _ranges(accept: str) -> list[tuple[str, str, float]]:
    found = []
    for part in accept.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        quality = _QUALITY.search(match[3])
        found.append((match[1].lower(), match[2].lower(), float(quality[1]) if quality else 1.0))
    return found


def _quality(offer: str, ranges: list[tuple[str, str, float]]) -> float:
    """Return the quality that the most specific range gives."""
    main, _, sub = offer.partition(";")[0].partition("/")
    matching = [
        ((a != "*") + (b != "*"), quality)
        for a, b, quality in ranges
        if a in ("*", main) and b in ("*", sub) and (a, b) != ("*", sub)
    ]
    return max(matching, key=lambda found: found[0])[1] if matching else 0.0
