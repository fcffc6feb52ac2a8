"""Forms with a file: read up to a limit, whatever the browser says of its length.

Only this file reads multipart forms, by what Starlette has for them, which needs python-multipart.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from mechkg.api.posted import Sent
from mechkg.api.problems import UnsupportedTypeError
from mechkg.errors import BadInputError, TooLargeError

_TYPE: Final = "multipart/form-data"

SLACK: Final = 100_000
"""Bytes of such a form besides its file."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What a form with a file sent: its fields, and name and content of the file, if one was chosen."""

    fields: Sent
    file: tuple[str, bytes] | None = None


def uploaded(largest: int) -> Callable[[Request], Coroutine[Any, Any, Uploaded]]:
    """Return what reads a form with one file, fit for ``Depends``; the whole has at most so many bytes.

    It raises TooLargeError for more, BadInputError for what cannot be read, UnsupportedTypeError for another kind of form.
    """

    async def read(request: Request) -> Uploaded:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _TYPE:
            raise UnsupportedTypeError(f"a form with a file is not sent as {kind or 'that'}", hint=f"send it as {_TYPE}")
        stream = _counted(request, largest)
        parser = MultiPartParser(request.headers, stream, max_files=1, max_fields=100, max_part_size=largest)
        try:
            found = await parser.parse()
        except MultiPartException as error:
            raise BadInputError("the form cannot be read", hint=error.message) from error
        try:
            pairs: list[tuple[str, str]] = []
            file: tuple[str, bytes] | None = None
            for name, value in found.multi_items():
                if isinstance(value, UploadFile):
                    content = await value.read()
                    file = (value.filename, content) if value.filename else file
                else:
                    pairs.append((name, value.replace("\r\n", "\n")))
            return Uploaded(Sent(tuple(pairs)), file)
        finally:
            await found.close()

    return read


async def _counted(request: Request, largest: int) -> AsyncGenerator[bytes, None]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > largest:
            raise TooLargeError(f"what was sent has more than {largest // 1_000_000} MB", hint="split it, or send its text alone")
        yield chunk
