"""Answers kept for when they are asked again: as bytes, in front of everything that an answer takes to be made.

An answer is kept under the request as it came: its body or address, and the headers that tell how it is written. It holds for one
position of the ledger; the database is asked anew at each request whether it still is there (:mod:`mechkg.curation.mark`). Where
somebody was asked who they are in order to answer, it is kept for them alone, and for one state of the whole database, because
what belongs to one person only, such as drafts, is no act of the ledger. Nothing else is read that changes while the ledger does
not, but for answers that end when their time is up (:class:`Lasting`); those are not kept, nor are answers with errors.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi.requests import HTTPConnection
from graphql import DocumentNode, FieldNode, GraphQLObjectType, GraphQLSchema, Visitor, visit
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mechkg.api.graphql_errors import RequestError
from mechkg.api.visit import current
from mechkg.curation.mark import Mark, Marks
from mechkg.errors import MechkgError
from mechkg.model.person import Caller

QUESTION: Final = "mechkg.question"
"""Where the scope of a request holds its :class:`Question`."""

LONGEST_QUESTION: Final = 32_000
"""Bytes of a request; the answers to longer ones are not kept."""

OVERHEAD: Final = 1000
"""Bytes that an answer takes beside its own, roughly."""

_WHO: Final = (b"authorization", b"cookie")


@dataclass(frozen=True, slots=True)
class Question:
    """A request as it came, and the state of the database when it came."""

    key: tuple[bytes, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, as it was sent."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    holds: int | bytes
    """For what it holds: a position of the ledger, or, where it is somebody's own, a state of the database."""
    operation: tuple[str | None, str | None] = (None, None)
    """What was asked: the operation as its document calls it, and as it is counted."""


@dataclass(slots=True)
class ResponseCache:
    """Answers by request and, where it is theirs alone, by caller; of too many bytes, those asked least recently are dropped."""

    marks: Marks
    most: int
    """Bytes that all together may take; 0 to keep none."""
    size: int = 0
    """Bytes that all together take."""
    found: int = 0
    """How many answers were given again."""
    _kept: OrderedDict[tuple[Any, ...], Kept] = field(default_factory=OrderedDict)
    _position: int = -1

    async def question(self, key: tuple[bytes, ...]) -> Question:
        """Return a request with the state that the database has now."""
        return Question(key, self.marks.now() if self.marks.at_once else await asyncio.to_thread(self.marks.now))

    def find(self, question: Question, caller: Caller | None) -> Kept | None:
        """Return the answer to a request of a caller, if it was kept and still holds."""
        # who is known is told that others may not keep the answer, so the two are kept apart
        for place in ((question.key, caller is None), (question.key, caller)):
            kept = self._kept.get(place)
            if kept is not None and kept.holds in (question.mark.position, question.mark.state):
                self._kept.move_to_end(place)
                self.found += 1
                if (visit := current()) is not None:
                    visit.operation, visit.known = kept.operation
                    visit.kept, visit.kind = True, "query"
                return kept
        return None

    def keep(
        self, question: Question, caller: Caller | None, headers: list[tuple[bytes, bytes]], body: bytes, *, own: bool
    ) -> None:
        """Keep an answer, which was read after the question came; ``own`` when it depends on who asks."""
        more = self._size(question.key, body)
        if more > self.most // 8 or question.mark.position < self._position:
            return
        if question.mark.position > self._position:  # nothing that was kept can hold any more
            self._kept.clear()
            self.size, self._position = 0, question.mark.position
        place = (question.key, caller if own else caller is None)
        if (old := self._kept.pop(place, None)) is not None:
            self.size -= self._size(question.key, old.body)
        visit = current()
        operation = (visit.operation, visit.known) if visit is not None else (None, None)
        self._kept[place] = Kept(headers, body, question.mark.state if own else question.mark.position, operation)
        self.size += more
        while self.size > self.most:
            (key, *_), dropped = self._kept.popitem(last=False)
            self.size -= self._size(key, dropped.body)

    def __len__(self) -> int:
        return len(self._kept)

    @staticmethod
    def _size(key: tuple[bytes, ...], body: bytes) -> int:
        return sum(map(len, key)) + len(body) + OVERHEAD


class AnswersInFront:
    """The ASGI application in front: what somebody unknown asks at ``path`` again is answered here, all else further in."""

    def __init__(
        self,
        app: ASGIApp,
        path: str,
        endpoint: ASGIApp,
        cache: ResponseCache,
        take_turn: Callable[[HTTPConnection, Caller | None], None],
    ) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint
        self._cache = cache
        self._take_turn = take_turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        accept = kind = b""
        unknown = plain = True
        for name, value in scope["headers"]:
            if name == b"accept":
                accept += b"," + value
            elif name == b"content-type":
                kind += b"," + value
            elif name in _WHO:
                unknown = False
            elif name == b"if-none-match":
                plain = False
        if method == "POST":
            first = await receive()
            if first["type"] != "http.request" or first.get("more_body", False):
                await self._endpoint(scope, _again(first, receive), send)
                return
            asked = first.get("body", b"")
            receive = _again(first, receive)
        else:
            asked = scope["query_string"]
        if method in ("POST", "GET") and 0 < len(asked) <= LONGEST_QUESTION and self._cache.most:
            try:
                question = await self._cache.question((method.encode(), accept, kind, asked))
            except MechkgError:  # it is not known what holds now; the endpoint says why
                await self._endpoint(scope, receive, send)
                return
            if unknown and plain and (kept := self._cache.find(question, None)) is not None and self._may_ask(scope):
                await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
                await send({"type": "http.response.body", "body": kept.body})
                return
            scope[QUESTION] = question
        await self._endpoint(scope, receive, send)

    def _may_ask(self, scope: Scope) -> bool:
        try:
            self._take_turn(HTTPConnection(scope), None)
        except RequestError:
            return False  # the endpoint says so, and why
        return True


def _again(first: Message, receive: Receive) -> Receive:
    """Return what receives a message that was received already, and then what follows."""
    waiting = [first]

    def again() -> Awaitable[Message]:
        return _at_once(waiting.pop()) if waiting else receive()

    return again


async def _at_once(message: Message) -> Message:
    return message


# --- what may be kept -------------------------------------------------------------------------------------------------


class Lasting:
    """Tells of documents whether the answers to them are the same for as long as the ledger is.

    Those are not that end when a budget of seconds is spent: next time, they may say more.
    """

    MOST = 1000
    """So many documents are remembered."""

    def __init__(self, schema: GraphQLSchema) -> None:
        types = [each for each in schema.type_map.values() if isinstance(each, GraphQLObjectType)]
        self._within_a_budget = {name for type_ in types for name, each in type_.fields.items() if "budget" in each.args}
        self._told: dict[str, bool] = {}

    def __call__(self, text: str, document: DocumentNode) -> bool:
        """Say whether the answers to a document last."""
        found = self._told.get(text)
        if found is None:
            visitor = _Fields()
            visit(document, visitor)
            if len(self._told) >= self.MOST:
                self._told.clear()
            found = self._told[text] = visitor.names.isdisjoint(self._within_a_budget)
        return found


class _Fields(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.names.add(node.name.value)
