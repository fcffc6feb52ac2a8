"""Findings: what is wrong, or worth a look, in data. Collected, never raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in data, with its place.

    ``code`` is stable and in the form ``area.what`` (``corpus.duplicate-id``). ``line`` counts from 1.
    """

    severity: Severity
    code: str
    message: str
    file: str | None = None
    line: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.file or ''}{f':{self.line}' if self.line else ''}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place + ': ' if place else ''}{self.severity}: {self.message} [{self.code}]{hint}"


def errors(findings: list[Finding]) -> list[Finding]:
    """Return those findings that forbid the use of the data."""
    return [finding for finding in findings if finding.severity == "error"]
