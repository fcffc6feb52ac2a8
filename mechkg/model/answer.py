"""Rows that answer a question."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that answer a question; ``total`` counts all, also those left out."""

    question: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int

    @property
    def truncated(self) -> bool:
        """Whether rows were left out."""
        return len(self.rows) < self.total

    def as_csv(self) -> str:
        """Return the rows as CSV (RFC 4180) with a header."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return out.getvalue()

    def as_json(self) -> str:
        """Return the answer as JSON: question, total, truncated, and the rows as objects."""
        content = {
            "question": self.question,
            "total": self.total,
            "truncated": self.truncated,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
        }
        return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()
