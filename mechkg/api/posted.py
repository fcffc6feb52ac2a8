"""Forms: what a page sends, what is done with it, and the page again with what was typed where it cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from mechkg.api.caller import caller_of
from mechkg.api.pages import framed
from mechkg.api.problems import UnsupportedTypeError, status_of
from mechkg.errors import BadInputError, MechkgError, TooLargeError, UnauthenticatedError
from mechkg.model.person import Caller
from mechkg.web.frame import Frame
from mechkg.web.wrong import Wrong

LARGEST: Final = 2_000_000
"""A form of more bytes is not read."""

MOST_FIELDS: Final = 5000
"""A form with more fields is not read."""

_TYPE: Final = "application/x-www-form-urlencoded"

By = Annotated[Caller | None, Depends(caller_of)]
"""Who asks; None for somebody who does not say. A page of another site is refused before anything is done."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent: names and values, in order."""

    pairs: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str:
        """Return the last value of a field without blanks around it; empty when it was not sent."""
        return next((value.strip() for key, value in reversed(self.pairs) if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that are not blank, each once."""
        return tuple(dict.fromkeys(value.strip() for key, value in self.pairs if key == name and value.strip()))

    def under(self, prefix: str) -> dict[str, str]:
        """Return the fields whose names begin so, by the rest of their names, without those left blank."""
        return {key.removeprefix(prefix): value.strip() for key, value in self.pairs if key.startswith(prefix) and value.strip()}

    def number(self, name: str) -> int:
        """Return a whole number; raise BadInputError for what is none."""
        text = self.one(name)
        if not text.isdecimal():
            raise BadInputError(f"'{name}' is no number: '{text[:40]}'", hint="open the page again, and send it once more")
        return int(text)


async def sent(request: Request) -> Sent:
    """Read the form that a request carries; raise BadInputError for what is none, TooLargeError for too much of it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", _TYPE):
        raise UnsupportedTypeError(f"a form is not sent as {kind}", hint=f"send it as {_TYPE}")
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            raise TooLargeError("the form is longer than is read", hint="send less at once")
    try:
        pairs = parse_qsl(content.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadInputError("the form cannot be read", hint="its fields are written in UTF-8") from error
    return Sent(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs))


Form = Annotated[Sent, Depends(sent)]
"""What the form of a request says."""


def signed_in(by: Caller | None) -> Caller:
    """Return who asks; raise UnauthenticatedError for somebody who does not say."""
    if by is None:
        raise UnauthenticatedError("you are not signed in, so nothing was done", hint="sign in, and send it again")
    return by


def acted(
    request: Request, section: str, act: Callable[[], str], again: Callable[[Frame, Wrong], str], fields: Iterable[str] = ()
) -> Response:
    """Act, and lead to the page that shows what happened, whose path ``act`` returns.

    When the act is refused, ``again`` makes the page anew with what is wrong; ``fields`` are those that it may be wrong with.
    """
    try:
        path = act()
    except MechkgError as error:
        wrong = Wrong.of(error, fields)
        answer = framed(request, section, lambda frame: again(frame, wrong))
        if answer.status_code == 200:
            answer.status_code = status_of(error)
            answer.headers["Cache-Control"] = "no-store"
        return answer
    return RedirectResponse(path, 303, headers={"Cache-Control": "no-store"})
