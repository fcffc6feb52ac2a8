"""Options that several commands share."""

from __future__ import annotations

import pytest
import typer

from mechkg.cli.options import form_of


def test_one_form_at_most() -> None:
    assert form_of(json=False, markdown=False) == "text"
    assert form_of(csv=True, json=False) == "csv"
    with pytest.raises(typer.BadParameter, match="choose one of --csv and --json"):
        form_of(csv=True, json=True)
