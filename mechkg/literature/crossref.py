"""Bibliographic data of a DOI from Crossref, asked politely and kept: once fetched it is there without a network, with its age.

Nothing is asked unless the user allowed it (``MECHKG_NETWORK=crossref``). An address in ``MECHKG_MAILTO`` goes along, as Crossref
asks for, so that they can write before they block. See https://www.crossref.org/documentation/retrieve-metadata/rest-api/.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from mechkg.errors import BadInputError, MissingExtraError, NotFoundError, UnreachableError

if TYPE_CHECKING:
    import httpx2

CROSSREF = "https://api.crossref.org"
SECONDS = 15.0
"""Time for an answer to begin, and between its parts."""
TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds waited before asking again, at most; who is told to wait longer is told so."""
LARGEST = 5 * 1024 * 1024
"""Bytes of an answer, at most."""
_MOST_REDIRECTS = 3
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_DOI = re.compile(r"10\.\d{4,9}/\S+")


class Endpoint(NamedTuple):
    """Where to ask, and who asks."""

    url: str = CROSSREF
    mailto: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What Crossref says of a work, and when it said so. ``notices`` are kinds of notices upon it, such as retraction."""

    doi: str
    fetched_at: datetime
    title: str | None
    authors: tuple[str, ...]
    journal: str | None
    year: int | None
    volume: str | None
    pages: str | None
    notices: tuple[str, ...]
    cached: bool

    def fields(self) -> dict[str, Any]:
        """Return it as the fields of a reference or a document."""
        found = {
            "title": self.title, "authors": list(self.authors), "journal": self.journal, "year": self.year,
            "volume": self.volume, "pages": self.pages, "doi": self.doi,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}

    def age(self, now: datetime | None = None) -> str:
        """Say how long ago it was fetched.

        >>> from datetime import timedelta
        >>> then = datetime(2026, 1, 1, tzinfo=UTC)
        >>> Work("10.1000/1", then, None, (), None, None, None, None, (), True).age(then + timedelta(days=3))
        '3 days ago'
        """
        seconds = ((now or datetime.now(UTC)) - self.fetched_at).total_seconds()
        for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
            if seconds >= size:
                count = int(seconds // size)
                return f"{count} {unit}{'' if count == 1 else 's'} ago"
        return "just now"


def allowed_endpoint(environment: Mapping[str, str] | None = None) -> Endpoint | None:
    """Return where to ask, if the user allowed it: ``MECHKG_NETWORK`` names crossref, alone or among others; else None.

    >>> allowed_endpoint({"MECHKG_NETWORK": "crossref", "MECHKG_MAILTO": "me@example.org"})
    Endpoint(url='https://api.crossref.org', mailto='me@example.org')
    >>> allowed_endpoint({}) is None
    True
    """
    given = os.environ if environment is None else environment
    if "crossref" not in re.split(r"[\s,]+", given.get("MECHKG_NETWORK", "").casefold()):
        return None
    mailto = given.get("MECHKG_MAILTO", "").strip() or None
    if mailto is not None and not re.fullmatch(r"[^\s@<>()]+@[^\s@<>()]+", mailto):
        raise BadInputError(f"MECHKG_MAILTO is no address: '{mailto}'", hint="write it as in name@example.org")
    return Endpoint(given.get("MECHKG_CROSSREF_URL", CROSSREF).rstrip("/"), mailto)


def plain_doi(text: str) -> str:
    """Return a DOI without resolver, in lower case, in which DOIs are compared; raise BadInputError for what is none.

    >>> plain_doi("https://doi.org/10.1002/ANIE.202005643")
    '10.1002/anie.202005643'
    """
    given = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text.strip(), flags=re.IGNORECASE)
    if not _DOI.fullmatch(given) or len(given) > 300:
        raise BadInputError(f"'{text}' is no DOI", hint="a DOI begins with 10. and a number, as in 10.1000/182")
    return given.casefold()


class Crossref:
    """Asks Crossref, and keeps what it said in ``folder``. Without an endpoint it answers from there alone."""

    def __init__(
        self, folder: Path, endpoint: Endpoint | None, *, sleep: Callable[[float], None] = time.sleep, seconds: float = SECONDS
    ) -> None:
        self.folder, self.endpoint = folder, endpoint
        self._sleep, self._seconds = sleep, seconds

    def work(self, doi: str, *, refresh: bool = False) -> Work:
        """Return what is known of a DOI: what was kept, however old, else what Crossref says now; that alone with ``refresh``.

        Raises BadInputError for what is no DOI, NotFoundError for one that Crossref does not have, UnreachableError when it is
        not kept and cannot be asked, MissingExtraError without httpx2.
        """
        plain = plain_doi(doi)
        kept = self._kept(plain)
        if kept is not None and not refresh:
            return kept
        if self.endpoint is None:
            there = f"; what was fetched {kept.age()} is kept" if kept else ", and it was not fetched before"
            hint = "set MECHKG_NETWORK=crossref to let mechkg ask Crossref, and MECHKG_MAILTO to your address"
            raise UnreachableError(f"'{plain}' cannot be looked up: mechkg may not use the network{there}", hint=hint)
        message = self._asked(plain)
        now = datetime.now(UTC)
        self._keep(plain, now, message)
        return _work(plain, now, message, cached=False)

    # --- what is kept

    def _place(self, doi: str) -> Path:
        return self.folder / f"{hashlib.sha256(doi.encode()).hexdigest()}.json"

    def _kept(self, doi: str) -> Work | None:
        try:
            content = json.loads(self._place(doi).read_text(encoding="utf-8"))
            return _work(doi, datetime.fromisoformat(content["fetched_at"]), content["message"], cached=True)
        except (FileNotFoundError, ValueError, KeyError, TypeError):  # one that was damaged is fetched anew
            return None

    def _keep(self, doi: str, now: datetime, message: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"doi": doi, "fetched_at": now.isoformat(), "message": message}, ensure_ascii=False, indent=1)
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        Path(name).replace(self._place(doi))

    # --- asking

    def _asked(self, doi: str) -> Mapping[str, Any]:
        try:
            import httpx2
        except ImportError as error:
            raise MissingExtraError("asking Crossref needs httpx2", hint="pip install 'mechkg[crossref]'") from error
        assert self.endpoint is not None
        url = f"{self.endpoint.url}/works/{quote(doi, safe='')}"
        address = f"; mailto:{self.endpoint.mailto}" if self.endpoint.mailto else ""
        headers = {"User-Agent": f"mechkg/{version('mechkg')} (knowledge graph of papers{address})", "Accept": "application/json"}
        with httpx2.Client(headers=headers, timeout=self._seconds, follow_redirects=False) as client:
            try:
                status, content = self._patiently(client, url)
            except httpx2.HTTPError as error:
                raise UnreachableError("Crossref cannot be reached", hint="try again later") from error
        if status == 404:
            raise NotFoundError(
                f"Crossref does not have the DOI '{doi}'", hint="look for a misprint; it may be of another agency"
            )
        if status != 200:
            raise UnreachableError(f"Crossref answers with HTTP {status}", hint="try again later" if status in _AGAIN else None)
        try:
            message = json.loads(content)["message"]
            if not isinstance(message, dict):
                raise ValueError
            said = plain_doi(str(message["DOI"]))
        except (ValueError, KeyError, TypeError, BadInputError, RecursionError) as error:
            raise UnreachableError("Crossref gives an answer that cannot be read", hint="try again later") from error
        if said != doi:
            raise UnreachableError(f"Crossref answers for another DOI, '{said}'", hint="look that one up, if it is the same work")
        return message

    def _patiently(self, client: httpx2.Client, url: str) -> tuple[int, bytes]:
        """Ask, and ask again after a while when that may help."""
        import httpx2

        for tries in range(1, TRIES + 1):
            wait = 0.5 * 2 ** (tries - 1)
            try:
                status, content, retry_after = self._once(client, url)
            except (httpx2.NetworkError, httpx2.TimeoutException, httpx2.RemoteProtocolError):
                if tries == TRIES:
                    raise
            else:
                if status not in _AGAIN or tries == TRIES:
                    return status, content
                wait = max(wait, _seconds(retry_after))
                if wait > LONGEST_WAIT:
                    raise UnreachableError(f"Crossref asks to wait {wait:.0f} seconds", hint="try again after that")
            self._sleep(wait)
        raise AssertionError("unreachable")

    def _once(self, client: httpx2.Client, url: str) -> tuple[int, bytes, str | None]:
        """Ask once; go along with redirects on the same host, and with no others: they may lead anywhere."""
        asked = {"mailto": self.endpoint.mailto} if self.endpoint and self.endpoint.mailto else {}
        for _ in range(_MOST_REDIRECTS + 1):
            with client.stream("GET", url, params=asked) as answer:
                if answer.has_redirect_location:
                    further = urljoin(url, answer.headers["Location"])
                    if urlsplit(further)[:2] != urlsplit(url)[:2]:
                        raise UnreachableError(f"Crossref sends us to another host, {urlsplit(further).netloc}: not followed")
                    url = further.partition("?")[0]
                    continue
                content = bytearray()
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise UnreachableError(f"Crossref gives an answer of more than {LARGEST} bytes")
                return answer.status_code, bytes(content), answer.headers.get("Retry-After")
        raise UnreachableError("Crossref sends us in a circle")


def _seconds(retry_after: str | None) -> float:
    """Return how long a server asks to wait: a number of seconds, or a date."""
    if retry_after is None:
        return 0.0
    if re.fullmatch(r"[0-9]+", retry_after.strip()):
        return float(retry_after.strip()[:9])
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


# --- what an answer says ----------------------------------------------------------------------------------------------


def _work(doi: str, at: datetime, message: Mapping[str, Any], *, cached: bool) -> Work:
    return Work(
        doi=doi,
        fetched_at=at,
        title=_first(message.get("title")),
        authors=tuple(_authors(message.get("author"))),
        journal=_first(message.get("container-title")),
        year=_year(message),
        volume=_text(message.get("volume")),
        pages=_text(message.get("page") or message.get("article-number")),
        notices=tuple(sorted({kind for each in _dicts(message.get("updated-by")) if (kind := _text(each.get("type")))})),
        cached=cached,
    )


def _authors(given: Any) -> Iterable[str]:
    for each in _dicts(given):
        parts = [part for part in (_text(each.get("given")), _text(each.get("family"))) if part]
        if name := " ".join(parts) or _text(each.get("name")):
            yield name


def _year(message: Mapping[str, Any]) -> int | None:
    for key in ("published-print", "issued", "published-online", "published"):
        dates = message.get(key)
        parts = dates.get("date-parts") if isinstance(dates, dict) else None
        if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
            year = parts[0][0]
            if isinstance(year, int) and 1600 <= year <= 2100:
                return year
    return None


def _first(given: Any) -> str | None:
    return _text(given[0]) if isinstance(given, list) and given else None


def _text(given: Any) -> str | None:
    """Return a text without markup: titles come with subscripts as tags, and characters by their names."""
    if not isinstance(given, str):
        return None
    plain = re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", given)
    return " ".join(html.unescape(plain).split())[:4000] or None


def _dicts(given: Any) -> list[dict[str, Any]]:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
