"""The log of a server, on standard error: lines of JSON for machines, lines of text for who sits at a terminal.

``MECHKG_LOG_FORMAT`` is ``json``, ``text`` or ``auto`` (text on a terminal, JSON elsewhere); ``MECHKG_LOG_LEVEL`` one of
``debug``, ``info``, ``warning`` and ``error``: unless it is set, ``info``, which has a line for each request, and on a terminal
``warning``.

Whatever is logged, by whomever, what looks like a token, a password or a header that lets somebody in is starred out: in the
words, in what goes along with them, and in what is told of an exception.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.orjson import OrjsonFormatter

from mechkg.api.visit import current
from mechkg.errors import BadInputError, nearest
from mechkg.model.masked import masked

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_FORMS: Final = ("auto", "json", "text")

_SECRETS: Final = (
    (re.compile(r"\b(mkg_[A-Za-z0-9]+_)[A-Za-z0-9]+"), r"\1***"),
    (re.compile(r"\b(bearer|basic|digest)(\s+)[\w.~+/=-]{4,}", re.IGNORECASE), r"\1\2***"),
    (
        re.compile(r"\b(authorization|proxy-authorization|cookie|set-cookie)(['\"]?\s*[:=,]\s*)[^\r\n]+", re.IGNORECASE),
        r"\1\2***",
    ),
    (
        re.compile(
            r"\b((?:access_|refresh_|id_|client_|api_?)?(?:password|passwd|secret|token|key)|code_verifier|session)"
            r"""(['"]?\s*[:=]\s*['"]?)(?!\*{3})[^\s'"&,;})\]]+""",
            re.IGNORECASE,
        ),
        r"\1\2***",
    ),
)

_JOINED: Final = re.compile(r"[:=,\s]|mkg_")
_SUSPECT: Final = re.compile(
    r"mkg_|bearer|basic|digest|auth|cookie|pass|pwd|secret|token|key|code_ver|session|://", re.IGNORECASE
)
"""Without any of these, a text holds none of them; most hold none, and are spared a closer look."""

_LONGEST: Final = 10_000
"""Characters of a text in the log; what comes after is left out, so that nobody can fill it with one request."""


def set_up_logs(stream: TextIO | None = None, environment: Mapping[str, str] | None = None) -> None:
    """Let this process log, as its variables say; raise BadInputError for what they cannot say."""
    variables = os.environ if environment is None else environment
    stream = sys.stderr if stream is None else stream
    form = _chosen("MECHKG_LOG_FORMAT", variables, _FORMS) or "auto"
    text = form == "text" or (form == "auto" and stream.isatty())
    level = _chosen("MECHKG_LOG_LEVEL", variables, tuple(_LEVELS)) or (
        "warning" if form != "json" and stream.isatty() else "info"
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines() if text else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(_LEVELS[level], logging.INFO))
    logging.getLogger("mechkg").setLevel(_LEVELS[level])
    # uvicorn's own access log is left out: each request has its line already. A graph on a server is asked many times for one.
    for name in ("uvicorn", "uvicorn.error", "httpx", "httpx2"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def _chosen(name: str, variables: Mapping[str, str], known: tuple[str, ...]) -> str | None:
    given = variables.get(name, "").strip().lower()
    if given and given not in known:
        close = nearest(given, known)
        hint = f"did you mean {close}?" if close else f"give {', '.join(known[:-1])} or {known[-1]}"
        raise BadInputError(f"{name} is '{given}'", hint=hint)
    return given or None


def without_secrets(text: str) -> str:
    """Return a text with what lets somebody in starred out, and cut where it is too long.

    >>> without_secrets("GET /sign-in/once/mkg_abc_def by Bearer abcdef; password=x at postgresql://ana:s3cret@db/ledger")
    'GET /sign-in/once/mkg_abc_*** by Bearer ***; password=*** at postgresql://ana:***@db/ledger'
    """
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} ... ({len(text) - _LONGEST} characters more)"
    if _JOINED.search(text) is None or _SUSPECT.search(text) is None:
        return text
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return masked(text)


class JsonLines(OrjsonFormatter):
    """One object a line: ``time`` (UTC), ``level``, ``logger``, ``message``, ``request``, and what goes along."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", rename_fields={"levelname": "level", "name": "logger"})

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Put together what a line says."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        super().add_fields(log_data, record, message_dict)
        log_data["level"] = record.levelname.lower()
        if (visit := current()) is not None:
            log_data.setdefault("request", visit.id)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Take out what is secret, wherever it stands."""
        found: dict[str, Any] = _cleaned(log_data)
        return found


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return without_secrets(value)
        case dict():
            return {str(name): _cleaned(one) for name, one in value.items()}
        case list() | tuple():
            return [_cleaned(one) for one in value]
        case int() | float() | None:
            return value
        case _:
            return without_secrets(str(value))


class TextLines(logging.Formatter):
    """One line for a person: time, level, words, and what goes along; then what is told of an exception."""

    _KNOWN: Final = frozenset(RESERVED_ATTRS) | {
        "message",
        "color_message",
        "method",
        "path",
        "status",
        "route",
        "bytes",
        "address",
    }

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines."""
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        words = " ".join(_printable(record.getMessage()).splitlines())
        along = {name: value for name, value in vars(record).items() if name not in self._KNOWN and not name.startswith("_")}
        if (visit := current()) is not None:
            along.setdefault("request", visit.id)
        told = "".join(f"  {name}={_printable(str(value))}" for name, value in along.items())
        line = without_secrets(f"{time} {record.levelname.lower():7} {words}{told}")
        if record.exc_info and record.exc_info[0] is not None:
            line += f"\n{without_secrets(self.formatException(record.exc_info))}"
        return line


def _printable(text: str) -> str:
    """Return a text without signs that a terminal obeys."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
