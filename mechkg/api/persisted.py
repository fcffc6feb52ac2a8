"""Operations that a request names instead of sending them: known beforehand, or sent once and remembered by their digest.

*Known beforehand* are the examples that come with mechkg, and those in the folder that ``MECHKG_OPERATIONS`` names (files
``*.graphql``, or ``*.json`` that maps ids to texts, as build tools write them). A request gives a file's stem, an id, or the
SHA-256 of the text, bare or after ``sha256:``, as ``documentId``. With such a folder, an installation answers these and nothing
else, unless ``MECHKG_GRAPHQL_ONLY`` is ``off``.

*Remembered* is what was sent with its digest in ``extensions.persistedQuery`` (automatic persisted queries), once it was found
valid: a later request may give the digest alone. The oldest are forgotten first.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from mechkg.api.graphql_errors import RequestError
from mechkg.api.graphql_request import GraphQLRequest
from mechkg.client import operations as client
from mechkg.errors import BadInputError, nearest
from mechkg.web.graphiql import examples

MOST_REMEMBERED: Final = 1000
"""So many texts that callers sent are remembered."""

_OPERATION: Final = re.compile(r"(?:query|mutation|subscription)\s+(\w+)")

LONGEST_REMEMBERED: Final = 20_000
"""Characters of a text that is remembered."""


class Persisted:
    """What can be asked by name. ``only`` refuses all that is not known beforehand."""

    def __init__(self, known: Mapping[str, str], *, only: bool = False) -> None:
        self._known = dict(known)
        self._by_digest = {_digest(text): text for text in self._known.values()}
        self._names = {**_of_the_client(), **{text: name for name, text in self._known.items()}}
        self._sent: OrderedDict[str, str] = OrderedDict()
        self._only = only

    @classmethod
    def read(cls, folder: Path | None, *, only: bool = True) -> Persisted:
        """Return the examples and what a folder holds; where there is a folder, ``only`` these are answered.

        Raises BadInputError for a folder or file that cannot be read.
        """
        known = {example.name: example.query for example in examples()}
        if folder is not None:
            known |= _read(folder)
        return cls(known, only=only and folder is not None)

    def text_of(self, asked: GraphQLRequest) -> str:
        """Return the text of the operation that a request means; raise RequestError when there is none, or it is not allowed."""
        if asked.document_id is not None:
            return self._named(asked.document_id)
        digest = _digest_in(asked.extensions)
        text = asked.query
        if digest is None:
            if not text:
                raise RequestError.of("graphql.request", "no operation is given", "send it as 'query', or name it by documentId")
        elif not text:
            text = self._by_digest.get(digest) or self._sent.get(digest)
            if text is None:
                # clients look for these very words
                raise RequestError.of("graphql.persisted-not-found", "PersistedQueryNotFound", "send the text with its digest")
            if digest in self._sent:
                self._sent.move_to_end(digest)
        elif _digest(text) != digest:
            raise RequestError.of("graphql.persisted-mismatch", "provided sha does not match query")
        if self._only and _digest(text) not in self._by_digest:
            raise RequestError.of("graphql.not-allowed", "only operations that are known beforehand are answered here")
        return text

    def remember(self, asked: GraphQLRequest) -> None:
        """Remember the text of a request that was found valid, if it came with its digest."""
        digest, text = _digest_in(asked.extensions), asked.query
        if digest is None or not text or len(text) > LONGEST_REMEMBERED or digest in self._by_digest:
            return
        self._sent[digest] = text
        self._sent.move_to_end(digest)
        if len(self._sent) > MOST_REMEMBERED:
            self._sent.popitem(last=False)

    def name_of(self, text: str) -> str | None:
        """Return the name by which an operation was known beforehand, or by which our own client calls it; None for others."""
        return self._names.get(text)

    def _named(self, name: str) -> str:
        text = self._known.get(name) or self._by_digest.get(name.removeprefix("sha256:").lower())
        if text is None:
            close = nearest(name, self._known)
            hint = f"did you mean '{close}'?" if close else None
            raise RequestError.of("graphql.persisted-not-found", f"no operation is known as '{name}'", hint)
        return text


@cache
def _of_the_client() -> Mapping[str, str]:
    """Return the operations of the Python client: text -> name."""
    texts = [value for name, value in vars(client).items() if name.isupper() and isinstance(value, str)]
    found = [(text, _OPERATION.match(text.strip())) for text in texts]
    return {text: match[1] for text, match in found if match}


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _digest_in(extensions: Mapping[str, Any]) -> str | None:
    """Return the digest of an automatic persisted query; raise RequestError when it cannot be read."""
    given = extensions.get("persistedQuery")
    if given is None:
        return None
    digest = given.get("sha256Hash") if isinstance(given, dict) else None
    if not isinstance(digest, str) or given.get("version") != 1:
        said = "extensions.persistedQuery is to be an object with version 1 and sha256Hash"
        raise RequestError.of("graphql.request", said)
    return digest.lower()


def _read(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise BadInputError(f"MECHKG_OPERATIONS names {folder}, which is no folder")
    found: dict[str, str] = {}
    for name, text in _texts(folder):
        if found.setdefault(name, text) != text:
            raise BadInputError(f"{folder} holds two operations called '{name}'")
    return found


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.iterdir()):
        if file.suffix not in (".graphql", ".json"):
            continue
        try:
            content = file.read_text(encoding="utf-8")
            if file.suffix == ".graphql":
                yield file.stem, content
                continue
            given = json.loads(content)
        except (OSError, ValueError) as error:
            raise BadInputError(f"{file} cannot be read: {error}") from error
        if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
            raise BadInputError(f"{file} is to map ids of operations to their texts")
        yield from given.items()
