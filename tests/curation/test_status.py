"""The fold over acts is the oracle: what SQL answers is held to it, over random sequences of acts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mechkg.curation.assertions import accept, propose, reject, retract, supersede
from mechkg.curation.batch import Writable
from mechkg.curation.ledger import Ledger
from mechkg.curation.status import fold, refusal
from mechkg.errors import RefusedActError
from mechkg.model.assertion import Claim
from mechkg.model.ledger_record import ActKind, AssertionRecord, Status

ITEMS, VERSIONS = 2, 3
RECORDS = [
    AssertionRecord.of("claim", Claim(id=f"item-{i}", kind="conclusion", statement=f"version {v}"), f"item-{i}", "paper")
    for i in range(ITEMS)
    for v in range(VERSIONS)
]
_indexes = st.integers(0, len(RECORDS) - 1)
_operations = st.tuples(st.sampled_from(["propose", "accept", "reject", "supersede", "retract"]), _indexes, _indexes)


def _do(to: Writable, operation: tuple[str, int, int], actor: str | None) -> None:
    verb, which, other = operation
    record = RECORDS[which]
    match verb:
        case "propose":
            propose(to, record, actor=actor)
        case "accept":
            accept(to, record.id, actor=actor)
        case "reject":
            reject(to, record.id, reason="no", actor=actor)
        case "supersede":
            supersede(to, record.id, by=RECORDS[other].id, actor=actor)
        case "retract":
            retract(to, record.id, reason="no longer", actor=actor)


def _model_step(statuses: dict[str, Status], operation: tuple[str, int, int]) -> bool:
    """Change ``statuses`` as the rules in words say; return whether the act is allowed."""
    verb, which, other = operation
    name = RECORDS[which].id
    now = statuses.get(name)
    if verb == "propose" and now not in ("proposed", "accepted"):
        statuses[name] = "proposed"
    elif verb == "accept" and now == "proposed":
        statuses[name] = "accepted"
    elif verb == "reject" and now == "proposed":
        statuses[name] = "rejected"
    elif verb == "supersede" and now == "accepted" and other != which and RECORDS[other].id in statuses:
        statuses[name] = "superseded"
    elif verb == "retract" and now in ("proposed", "accepted"):
        statuses[name] = "retracted"
    else:
        return False
    return True


def _model(statuses: dict[str, Status], operations: list[tuple[str, int, int]]) -> dict[str, Status] | None:
    """Return the statuses after all ``operations``, None when they are refused as a whole."""
    after = dict(statuses)
    superseded: dict[str, str] = {}
    accepted_items = set()
    for verb, which, other in operations:
        if not _model_step(after, (verb, which, other)):
            return None
        name = RECORDS[which].id
        superseded.pop(name, None)
        if verb == "supersede":
            superseded[name] = RECORDS[other].id
        if verb == "accept":
            accepted_items.add(RECORDS[which].item)
    accepted = [record.item for record in RECORDS if after.get(record.id) == "accepted"]
    if any(accepted.count(item) > 1 for item in accepted_items) or any(after[new] != "accepted" for new in superseded.values()):
        return None
    return after


class Curation(RuleBasedStateMachine):
    """Random acts, alone and in batches, against a dictionary of statuses."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self.ledger = Ledger.open(place)
        self.statuses: dict[str, Status] = {}
        self.positions = 0

    def _expect(self, operations: list[tuple[str, int, int]], run: Callable[[], Any]) -> None:
        expected = _model(self.statuses, operations)
        if expected is None:
            with pytest.raises(RefusedActError):
                run()
            return
        run()
        self.statuses = expected
        self.positions += len(operations)

    @rule(operation=_operations)
    def lone_act(self, operation: tuple[str, int, int]) -> None:
        """One act on its own."""
        self._expect([operation], lambda: _do(self.ledger, operation, "ana"))

    @rule(which=_indexes, decision=st.sampled_from(["accept", "reject"]))
    def propose_and_decide(self, which: int, decision: str) -> None:
        """The two acts that most sequences consist of, so that deeper states are reached."""
        for verb in ("propose", decision):
            self._expect([(verb, which, which)], lambda v=verb: _do(self.ledger, (v, which, which), "bo"))  # type: ignore[misc]

    @rule(operations=st.lists(_operations, min_size=1, max_size=5))
    def batch(self, operations: list[tuple[str, int, int]]) -> None:
        """Several acts that enter together or not at all."""
        self._expect(operations, lambda: self._batch(operations))

    @rule(item=st.integers(0, ITEMS - 1), version=st.integers(0, VERSIONS - 1), accept_first=st.booleans())
    def renew(self, item: int, version: int, accept_first: bool) -> None:
        """Replace what is accepted of an item by another version, in either order."""
        new = item * VERSIONS + version
        olds = [n for n, r in enumerate(RECORDS) if r.item == f"item-{item}" and self.statuses.get(r.id) == "accepted"]
        change = [("accept", new, new), *(("supersede", old, new) for old in olds)]
        operations = [("propose", new, new), *(change if accept_first else reversed(change))]
        self._expect(operations, lambda: self._batch(operations))

    @rule()
    def reopen(self) -> None:
        """Close and open the ledger."""
        self.ledger.close()
        self.ledger = Ledger.open(self.place, create=False)

    def _batch(self, operations: list[tuple[str, int, int]]) -> None:
        with self.ledger.batch("some", "ana") as batch:
            for operation in operations:
                _do(batch, operation, None)

    @invariant()
    def everything_agrees(self) -> None:
        """SQL, the fold over the acts, and the model say the same, now and as of every position."""
        acts = list(self.ledger.acts())
        assert [act.position for act in acts] == list(range(1, self.positions + 1))
        assert fold(acts) == self.ledger.statuses() == self.statuses
        assert {name: self.ledger.status(name) for name in self.statuses} == self.statuses
        assert self.ledger.verify_chain() is None
        assert self.ledger.position() == self.positions
        for at in {0, self.positions // 3, self.positions // 2, self.positions}:
            then = fold(acts[:at])
            assert fold(acts, at) == self.ledger.statuses(at) == then
            assert set(self.ledger.accepted(at)) == {name for name, status in then.items() if status == "accepted"}
        for item in {record.item for record in RECORDS}:
            mine = {record.id for record in RECORDS if record.item == item}
            assert self.ledger.history(item) == [act for act in acts if act.assertion in mine]
            current = [name for name in mine if self.statuses.get(name) == "accepted"]
            found = self.ledger.accepted_of(item)
            assert [found.id] if found else current == []
        for kept in self.ledger.batches():
            held = [act.kind for act in acts if act.batch == kept.id]
            kinds = ("propose", "accept", "reject", "supersede", "retract")
            counts = (kept.proposed, kept.accepted, kept.rejected, kept.superseded, kept.retracted)
            assert tuple(map(held.count, kinds)) == counts
            assert sum(counts) > 0

    def teardown(self) -> None:
        """Close the ledger."""
        self.ledger.close()


def test_sql_and_fold_agree_over_random_acts(new_place: Callable[[], str], request: pytest.FixtureRequest) -> None:
    examples = 3 if "postgresql" in request.node.name else 8
    run_state_machine_as_test(
        lambda: Curation(new_place()),
        settings=settings(max_examples=examples, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)),
    )


def test_the_last_act_decides(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        for verb in ("propose", "accept", "retract", "propose", "reject"):
            _do(ledger, (verb, 0, 0), "ana")
        acts = list(ledger.acts())
    name = RECORDS[0].id
    history = [fold(acts, at).get(name) for at in range(6)]
    assert history == [None, "proposed", "accepted", "retracted", "proposed", "rejected"]
    assert fold([]) == {}


def test_a_refusal_says_what_to_do() -> None:
    kinds: tuple[ActKind, ...] = ("accept", "reject", "supersede", "retract")
    for kind in kinds:
        refused = refusal(kind, "RAx", None)
        assert refused is not None
        assert refused.hint == "propose it first"
    assert refusal("propose", "RAx", None) is None
