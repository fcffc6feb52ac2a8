"""What is read of an item by its address is of the version that the answer names, however others act meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mechkg.api import linked_data
from mechkg.api.app import create_app
from mechkg.curation.accept import accept
from mechkg.service.describe import describe
from tests.api.changing import load, opened
from tests.curation.staff import BEN, proposed, put

PAPER = """
mechkg: 1
source: {id: paper, title: A paper}
claims:
  - {id: a-1, kind: conclusion, statement: first words}
"""


@pytest.mark.parametrize(("changes", "named"), [(1, True), (100, False)], ids=["changes once", "changes all the time"])
def test_the_answer_is_of_the_version_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: int, named: bool
) -> None:
    done = 0
    with opened(tmp_path) as workspace:
        load(workspace.ledger, PAPER, tmp_path)

        def slow(*given: Any) -> Any:
            """Describe it once others have changed what counts."""
            nonlocal done
            if done < changes:
                done += 1
                base = workspace.ledger.accepted_of("a-1")
                found = proposed(workspace.ledger, put("a-1", f"words {done}", base))
                accept(workspace.ledger, BEN, found.id, revision=1)
            return describe(*given)

        monkeypatch.setattr(linked_data, "describe", slow)
        with TestClient(create_app(workspace)) as client:
            answer = client.get("/id/a-1.ttl")
        assert answer.status_code == 200 and f"words {done}" in answer.text and done <= 5
        if named:
            assert int(answer.headers["Mechkg-Version"]) == workspace.ledger.settled() and answer.headers["ETag"]
        else:
            assert "Mechkg-Version" not in answer.headers and "ETag" not in answer.headers
