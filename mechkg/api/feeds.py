"""Feeds as Atom (RFC 4287) and RSS 2.0, which tell a reader that asks again when nothing is new."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final, Literal
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from fastapi import APIRouter, FastAPI, Request, Response

from mechkg.api.caller import base_url
from mechkg.api.problems import told
from mechkg.graph.namespaces import GRAPH
from mechkg.service.feed import Entry, Feed, FeedKind, feed
from mechkg.service.workspace import Workspace

Form = Literal["atom", "rss"]

_ATOM: Final = "http://www.w3.org/2005/Atom"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_TYPE: Final[dict[Form, str]] = {"atom": "application/atom+xml", "rss": "application/rss+xml"}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The feed.", "content": {name: {"schema": {"type": "string"}} for name in _TYPE.values()}},
    304: {"description": "What the caller has still holds."},
    **told(404),
}
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

register_namespace("atom", _ATOM)
register_namespace("dc", _DC)


def add_feeds(app: FastAPI, workspace: Workspace) -> None:
    """Add the feeds of a workspace: of all acts, of those about an item or a paper, and of those that concern a person."""
    router = APIRouter(prefix="/feeds", default_response_class=Response, responses=_ANSWERS)

    # sync functions: they run in threads, as reading the ledger may wait
    @router.get("/acts.{form}")
    def of_all(request: Request, form: Form) -> Response:
        """What was done of late."""
        return _answer(request, form, lambda: feed(workspace, "acts"))

    @router.get("/{kind}/{name}.{form}")
    def of_one(request: Request, kind: Literal["items", "documents", "people"], name: str, form: Form) -> Response:
        """What was done of late about an item or a paper, or that concerns a person."""
        return _answer(request, form, lambda: feed(workspace, kind, name))

    app.include_router(router)


def _answer(request: Request, form: Form, read: Callable[[], Feed]) -> Response:
    found = read()
    where = base_url(request)
    tag = _tag(found, form, where)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    # a date has no fractions of a second: within that second, more may come that it does not tell of
    dated = found.updated if found.updated is not None and datetime.now(UTC) - found.updated > timedelta(seconds=2) else None
    if dated is not None:
        headers["Last-Modified"] = format_datetime(dated.astimezone(UTC).replace(microsecond=0), usegmt=True)
    if _is_known(request, tag, dated):
        return Response(status_code=304, headers=headers)
    content = (as_atom if form == "atom" else as_rss)(found, where)
    return Response(content, media_type=f"{_TYPE[form]}; charset=utf-8", headers=headers)


def _tag(found: Feed, form: Form, where: str) -> str:
    """Return the entity tag of a feed: entries are named by the digests of their acts, which never change."""
    said = "\n".join([form, where, found.title, *(entry.digest for entry in found.entries)])
    return f'"{sha256(said.encode()).hexdigest()[:32]}"'


def _is_known(request: Request, tag: str, dated: datetime | None) -> bool:
    """Say whether who asks has it already (RFC 9110, 13.1): a tag goes before a date."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in tags.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or dated is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return dated.replace(microsecond=0) <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


# --- forms --------------------------------------------------------------------------------------------------------------


def as_atom(found: Feed, where: str) -> bytes:
    """Return a feed as Atom; ``where`` is the address of the installation."""
    root = Element("feed", xmlns=_ATOM)
    address = _address(found, where, "atom")
    for name, text in (
        ("id", address), ("title", _text(f"mechkg: {found.title}")), ("updated", _time(found.updated or _BEGINNING)),
    ):  # fmt: skip
        SubElement(root, name).text = text
    SubElement(root, "link", rel="self", type=_TYPE["atom"], href=address)
    SubElement(root, "link", rel="alternate", type="text/html", href=where)
    SubElement(SubElement(root, "author"), "name").text = "mechkg"
    for entry in found.entries:
        item = SubElement(root, "entry")
        for name, text in (("id", _name(entry)), ("title", _text(entry.title)), ("updated", _time(entry.at))):
            SubElement(item, name).text = text
        SubElement(SubElement(item, "author"), "name").text = _text(entry.by) or "mechkg"
        SubElement(item, "category", term=entry.kind)
        SubElement(item, "content", type="text").text = _text(_body(entry))
    return _written(root)


def as_rss(found: Feed, where: str) -> bytes:
    """Return a feed as RSS 2.0; ``where`` is the address of the installation."""
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    for name, text in (("title", _text(f"mechkg: {found.title}")), ("link", where), ("description", _text(f"{found.title}."))):
        SubElement(channel, name).text = text
    SubElement(channel, "lastBuildDate").text = _date(found.updated or _BEGINNING)
    SubElement(channel, f"{{{_ATOM}}}link", rel="self", type=_TYPE["rss"], href=_address(found, where, "rss"))
    for entry in found.entries:
        item = SubElement(channel, "item")
        for name, text in (("title", _text(entry.title)), ("description", _text(_body(entry))), ("pubDate", _date(entry.at))):
            SubElement(item, name).text = text
        SubElement(item, "guid", isPermaLink="false").text = _name(entry)
        SubElement(item, "category").text = entry.kind
        SubElement(item, f"{{{_DC}}}creator").text = _text(entry.by) or "mechkg"
    return _written(root)


def _written(root: Element) -> bytes:
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _address(found: Feed, where: str, form: Form) -> str:
    path: FeedKind | str = found.kind if found.name is None else f"{found.kind}/{quote(found.name, safe='')}"
    return f"{where}feeds/{path}.{form}"


def _name(entry: Entry) -> str:
    return f"{GRAPH}act/{entry.digest}"


def _body(entry: Entry) -> str:
    return f"{entry.title}{f': {entry.reason}' if entry.reason else '.'} (act {entry.position}, by {entry.door})"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _text(text: str) -> str:
    """Return text with what XML 1.0 cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
