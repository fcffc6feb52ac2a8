"""The names of settings that something reads: mechkg itself, and what it is made of."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from pathlib import Path

from mechkg.api.limits import Limits
from mechkg.graph.query_pool import Limits as SparqlLimits

PACKAGE = Path(__file__).parents[2] / "mechkg"

OF_OTHERS = {
    "FORWARDED_ALLOW_IPS": "uvicorn: whose X-Forwarded-For counts",
    "PGPASSWORD": "libpq: the password, where the address of the database has none",
}


@cache
def known() -> frozenset[str]:
    """Return the names of all settings of mechkg: those that stand in its code, and one for each limit."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py") if "node_modules" not in file.parts)
    named = set(re.findall(r"\bMECHKG_[A-Z_]*[A-Z]\b", text))
    limits = {f"MECHKG_GRAPHQL_{field.name.upper()}" for field in fields(Limits)}
    return frozenset(named | limits | {f"MECHKG_SPARQL_{field.name.upper()}" for field in fields(SparqlLimits)})


def unknown(names: object) -> set[str]:
    """Return those of ``names`` that nothing reads."""
    assert isinstance(names, (dict, list, set))
    return {name for name in names if name not in known() and name not in OF_OTHERS and not name.startswith("OTEL_")}
