"""What the pages and files of deploy/ call settings are settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deploy.composed import FOLDER, example
from tests.deploy.settings import known, unknown

DEPLOY = Path(__file__).parents[2] / "deploy"
# Of the files around mechkg, not of mechkg: what fills in compose.yaml and Caddyfile.
AROUND = {*example(), "MECHKG_UPSTREAM", "MECHKG_HTTP_PORT", "MECHKG_HTTPS_PORT"}
# Written of a family of settings, whose names are put together.
PUT_TOGETHER = re.compile(r"MECHKG_(GITHUB|OPENID|ORCID)(_CLIENT_ID|_CLIENT_SECRET(_FILE)?|_ISSUER)?")
NO_TEXTS = (".lock", ".py", ".pyc", ".webp", ".png")
TEXTS = sorted(file for file in DEPLOY.rglob("*") if file.is_file() and file.suffix not in NO_TEXTS)


def test_names_are_told_from_others() -> None:
    assert {"MECHKG_HOME", "MECHKG_LEDGER", "MECHKG_GRAPH", "MECHKG_UPGRADE", "MECHKG_GRAPHQL_COST"} <= known()
    assert unknown({"MECHKG_LEGDER", "MECHKG_HOME", "OTEL_SERVICE_NAME"}) == {"MECHKG_LEGDER"}


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(DEPLOY)))
def test_settings_that_are_named_are_read_by_something(file: Path) -> None:
    named = set(re.findall(r"\bMECHKG_[A-Z_]*[A-Z]\b", file.read_text(encoding="utf-8")))
    assert {name for name in unknown(named) if name not in AROUND and not PUT_TOGETHER.fullmatch(name)} == set()


def test_each_variable_of_the_example_is_used() -> None:
    text = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("compose.yaml", "Caddyfile"))
    assert [name for name in example() if f"${{{name}" not in text and f"{{${name}" not in text] == []
