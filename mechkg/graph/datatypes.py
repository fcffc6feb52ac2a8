"""Whether the text of a literal is one that its datatype has: the built-in types of https://www.w3.org/TR/xmlschema11-2/."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

from mechkg.graph.namespaces import XSD

_ZONE: Final = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_YEAR, _MONTH, _DAY = r"(?P<year>-?(?:[1-9]\d{3,}|0\d{3}))", r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME: Final = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DAYS: Final = r"(?:\d+Y)?(?:\d+M)?(?:\d+D)?"
_CLOCK: Final = r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_REAL: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_WHOLE: Final = r"[+-]?\d+"
_SIX: Final = r"(?:[A-Za-z0-9+/]\s*)"  # a letter that stands for six bits

_PATTERNS: Final = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "boolean": r"true|false|0|1",
        "decimal": _REAL,
        "double": rf"{_REAL}(?:[eE]{_WHOLE})?|[+-]?INF|NaN",
        "float": rf"{_REAL}(?:[eE]{_WHOLE})?|[+-]?INF|NaN",
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}",
        "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
        "time": f"{_TIME}{_ZONE}",
        "gYear": f"{_YEAR}{_ZONE}",
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
        "gMonth": f"--{_MONTH}{_ZONE}",
        "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
        "gDay": f"---{_DAY}{_ZONE}",
        "duration": f"-?P(?=.){_DAYS}{_CLOCK}",
        "yearMonthDuration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?",
        "dayTimeDuration": rf"-?P(?=.)(?:\d+D)?{_CLOCK}",
        "hexBinary": r"(?:[0-9a-fA-F]{2})*",
        "base64Binary": rf"(?:{_SIX}{{4}})*(?:{_SIX}{{2}}=\s*=|{_SIX}{{3}}=)?",
        "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    }.items()
}
_BOUNDS: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
_LEAP_YEAR: Final = 2000


def fits(text: str, datatype: str) -> bool:
    """Say whether ``text`` is in the lexical space of a datatype, given by its IRI; of a type unknown here, it is.

    >>> fits("two", XSD + "integer"), fits("1757-02-31", XSD + "date"), fits("371.0", XSD + "double")
    (False, False, True)
    """
    if not datatype.startswith(XSD):
        return True
    name = datatype.removeprefix(XSD)
    plain = text.strip(" \t\r\n")  # white space around is no part of a value, except of a string
    if name in _BOUNDS:
        return _whole(plain, *_BOUNDS[name])
    if name not in _PATTERNS:
        return True
    match = _PATTERNS[name].fullmatch(plain)
    return match is not None and _is_day(match.groupdict())


def _whole(text: str, low: int | None, high: int | None) -> bool:
    if re.fullmatch(_WHOLE, text, re.ASCII) is None:
        return False
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) > 20:  # beyond every bound, and maybe longer than Python will read
        return high is None if not text.startswith("-") else low is None
    number = int(text)
    return (low is None or low <= number) and (high is None or number <= high)


def _is_day(parts: dict[str, str | None]) -> bool:
    """Say whether a month has this day; without a year, whether it ever has."""
    month, day, year = parts.get("month"), parts.get("day"), parts.get("year")
    if month is None or day is None:
        return True
    # the calendar repeats itself after 400 years
    return int(day) <= monthrange(int(year) % 400 + _LEAP_YEAR if year else _LEAP_YEAR, int(month))[1]
