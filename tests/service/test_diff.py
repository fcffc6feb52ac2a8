"""What differs between two moments: items that came, went, read otherwise, and verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.curation.release import release
from mechkg.errors import BadInputError
from mechkg.model.merge import ABSENT
from mechkg.service.acting import PutItem, RemoveItem
from mechkg.service.check import check
from mechkg.service.diff import as_json, diff
from mechkg.service.workspace import Workspace
from tests.api.changing import opened
from tests.curation.staff import ADA, BEN, CLEO
from tests.small_case import SPACE


def accepted(workspace: Workspace, *asked: PutItem | RemoveItem) -> None:
    from mechkg.service.accept import accept
    from mechkg.service.propose import propose

    accept(workspace, BEN, propose(workspace, CLEO, asked, title="A change").id, revision=1)


def test_between_two_releases_and_now(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace:
        release(workspace.ledger, ADA, "1")
        was = {c.id: c.verdict for c in check(workspace, SPACE).candidates}
        record = workspace.catalog.entries["b"].record
        accepted(
            workspace,
            RemoveItem("no-c", "misread"),
            PutItem("chemical", record.document, {**record.body, "names": ["B", "B two"], "formula": "B2"}),
            PutItem("claim", record.document, {"id": "new", "kind": "conclusion", "statement": "New.", "flag": "external"}),
        )
        release(workspace.ledger, ADA, "2")
        now = {c.id: c.verdict for c in check(workspace, SPACE).candidates}
        found = diff(workspace, "1", "2")
        assert [entry.id for entry in found.added] == ["new"]
        assert [entry.id for entry in found.removed] == ["no-c"]
        [change] = found.changed
        fields = {d.place: (d.before, d.after) for d in change.differences}
        assert fields == {"names": (["B"], ["B", "B two"]), "formula": (ABSENT, "B2")}
        assert {v.candidate: (v.before, v.after) for v in found.verdicts} == {
            name: (was[name], now[name]) for name in was if was[name] != now[name]
        }
        assert found.verdicts
        assert diff(workspace, "1") == diff(workspace, "1", workspace.version)
        assert diff(workspace, "1").verdicts == found.verdicts
        back = diff(workspace, "2", "1")
        assert ([e.id for e in back.added], [e.id for e in back.removed]) == (["no-c"], ["new"])
        assert {(v.before, v.after) for v in back.verdicts} == {(v.after, v.before) for v in found.verdicts}
        same = diff(workspace, "2", workspace.ledger.position())
        assert (same.added, same.removed, same.changed, same.spaces, same.verdicts) == ((), (), (), (), ())
        quick = diff(workspace, "1", "2", verdicts=False)
        assert (quick.verdicts, quick.changed) == ((), found.changed)
        said = as_json(found)
        [written] = said["changed"]
        assert {"field": "formula", "after": "B2"} in written["fields"]
        nothing = diff(workspace, 0, "1")
        assert len(nothing.added) == len(workspace.at("1").catalog.entries)
        assert {v.before for v in nothing.verdicts} == {None}
        with pytest.raises(BadInputError, match="names no release"):
            diff(workspace, "1", "3rd")
