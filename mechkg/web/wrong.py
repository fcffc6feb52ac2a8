"""What is wrong with what a form sent, as a page shows it beside the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mechkg.errors import MechkgError, UnauthenticatedError


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, what to do about it, and with which field; without a field, with all of it."""

    message: str
    hint: str = ""
    field: str = ""
    sign_in: bool = False
    """Whether signing in would help."""

    @classmethod
    def of(cls, error: MechkgError, fields: Iterable[str] = ()) -> Wrong:
        """Tell an error of the first of ``fields``, where it can only be wrong with those."""
        message = error.message[:1].upper() + error.message[1:]
        hint = error.hint or ""
        return cls(message, hint[:1].upper() + hint[1:], next(iter(fields), ""), isinstance(error, UnauthenticatedError))
