"""The next experiment: as JSON, and in sentences."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mechkg.errors import NotFoundError
from mechkg.model.experiment import Plan, Readout
from mechkg.service.next_experiment import as_json, next_experiment
from mechkg.service.next_experiment_page import PREDICTS, _meaning, _pairs, experiments
from mechkg.service.page import parts_as_markdown
from mechkg.service.words import Words
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE


def test_looking_for_what_slips_tells_the_tie_apart(small: Workspace) -> None:
    """No D was seen without a detection limit; looking for it properly is the experiment that is missing."""
    found, _ = next_experiment(small, SPACE)
    assert found.survivors == ("turns", "turns-and-slips", "turn")
    [best] = found.experiments
    assert [(r.species, r.predicted) for r in best.readouts] == [("d", ("none", "likely", "none"))]
    assert best.separates == (("turns", "turns-and-slips"), ("turns-and-slips", "turn"))
    assert found.smallest_set == (best.name,)


def test_what_is_left_out_of_account_makes_more_survive(small: Workspace) -> None:
    found, _ = next_experiment(small, SPACE, ignoring=["no-c"])
    assert "both" in found.survivors
    found, _ = next_experiment(small, SPACE, without=["prompt"])
    assert "both" in found.survivors
    with pytest.raises(NotFoundError, match="did you mean 'no-c'"):
        next_experiment(small, SPACE, ignoring=["no-cc"])


def test_json_is_cut_as_asked_and_says_so(small: Workspace) -> None:
    found, _ = next_experiment(small, SPACE)
    [best] = found.experiments
    others = [replace(best, name=f"other-{number}") for number in range(3)]
    longer = replace(found, experiments=(*others, best), smallest_set=(best.name,))
    content = json.loads(json.dumps(as_json(longer, 1)))
    assert [e["name"] for e in content["experiments"]] == ["other-0", best.name]  # the smallest set is never cut
    assert content["left_out"] == 2
    assert content["not_separated"] == [["turns", "turn"]]
    assert (as_json(longer)["left_out"], len(as_json(longer)["experiments"])) == (0, 4)


def test_in_sentences(small: Workspace) -> None:
    found, words = next_experiment(small, SPACE)
    text = parts_as_markdown("Next", experiments(found, words, 5))
    assert "- C: not named: turning [turn]" in text
    assert f"- likely: {PREDICTS['likely']}" in text
    assert "| D | none | likely | none |" in text
    assert "- This tells apart A from B, and B from C." in text
    assert "### Nothing listed separates\n\n- A and C: turns and turn" in text


@pytest.mark.parametrize(("survivors", "words_"), [((), "No candidate survives"), (("turns",), "One candidate survives")])
def test_nothing_to_separate(words: Words, survivors: tuple[str, ...], words_: str) -> None:
    assert list(experiments(Plan(survivors, (), (), (), 3), words, 5)) == [f"{words_}: there is nothing to separate."]


@pytest.mark.parametrize(
    ("predicted", "said"),
    [
        (("none", "must"), "If D is seen, A is ruled out; if it is not, B is ruled out."),
        (("must", "must", "open"), "If D is not seen, A and B are ruled out."),
        (("none", "likely", "must"), "If D is seen, A is ruled out; if it is not, C is ruled out and that speaks against B."),
        (("follows", "need not follow"), "If the final amount of D does not follow that portion, A is ruled out."),
        (("open", "open"), ""),
    ],
)
def test_what_an_outcome_means(predicted: tuple[str, ...], said: str) -> None:
    readout = Readout("d", "D", predicted)  # type: ignore[arg-type]
    assert _meaning(readout, ["A", "B", "C"][: len(predicted)]) == said


def test_one_pair() -> None:
    assert _pairs([("x", "y")], {"x": "A", "y": "B"}) == "A from B"
