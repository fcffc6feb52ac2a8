"""Lines of a proof as boxes: each once, under its number, in words that fit and are all there."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechkg.model.verdict import ProofNode, Source
from mechkg.reasoning.boxes import LONGEST_QUOTE, Box, boxes_of, told
from mechkg.reasoning.check import explain
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.render import proof_lines
from tests.reasoning.conftest import observed

Make = Callable[..., Problem]
SHARED = ProofNode("shared", "assumed")


def stated(*quotes: str, locator: str | None = "Figure 1", flag: str = "stated") -> ProofNode:
    return ProofNode("it was seen", "stated", sources=(Source("o", "a paper", locator, quotes, flag),))


def printed(box: Box, size: float) -> str:
    return " ".join(text.words for text in box.texts if text.size == size)


# --- which lines ------------------------------------------------------------------------------------------------------


def test_a_shared_line_is_one_box() -> None:
    left, right = ProofNode("left", "derived", premises=(SHARED,)), ProofNode("right", "derived", premises=(SHARED, SHARED))
    boxes = boxes_of(ProofNode("top", "derived", premises=(left, right)), full=True)
    assert [(box.node.sentence, box.rests_on) for box in boxes] == [
        ("top", (2, 4)),
        ("left", (3,)),
        ("shared", ()),
        ("right", (3,)),
    ]


def test_one_sentence_of_two_standings_is_two_boxes() -> None:
    top = ProofNode("top", "derived", premises=(SHARED, ProofNode("shared", "stated")))
    assert [box.node.standing for box in boxes_of(top, full=True)] == ["derived", "assumed", "stated"]


def test_of_several_forms_of_a_line_the_one_with_most_premises_is_drawn() -> None:
    poor, rich = ProofNode("it", "absent"), ProofNode("it", "absent", premises=(SHARED,))
    top = ProofNode("top", "derived", premises=(ProofNode("before", "absent", premises=(poor,)), rich))
    assert {box.node.sentence: box.rests_on for box in boxes_of(top, full=True)} == {
        "top": (2, 3),
        "before": (3,),
        "it": (4,),
        "shared": (),
    }


def test_what_needs_each_other_is_told_apart_from_what_rests_on_something() -> None:
    again = ProofNode("no a", "absent")
    second = ProofNode("no b", "absent", premises=(again, SHARED))
    boxes = boxes_of(ProofNode("no a", "absent", premises=(second,)), full=True)
    assert [(box.node.sentence, box.rests_on, box.loops) for box in boxes] == [
        ("no a", (2,), ()),
        ("no b", (3,), (1,)),
        ("shared", (), ()),
    ]
    assert "Would need first, and the other way round: 1" in told(boxes[1])


def test_more_reasons_are_those_of_one_line() -> None:
    def absent(name: str) -> ProofNode:
        reasons = tuple(ProofNode(f"{name} {number}", "derived") for number in range(5))
        return ProofNode(name, "absent", premises=reasons)

    boxes = boxes_of(ProofNode("top", "derived", premises=(absent("left"), absent("right"))), full=False)
    rests = [box for box in boxes if box.node.sentence == "and 1 more reason of this kind"]
    assert len(rests) == 2
    assert [sum(rest.number in box.rests_on for box in boxes) for rest in rests] == [1, 1]


@pytest.mark.parametrize("full", [True, False])
def test_a_drawing_has_the_lines_of_the_text(problem: Make, full: bool) -> None:
    [proof] = explain(problem(observed("o", "absent", "b", "p/promoter", 3600)), "yes").proofs
    boxes = boxes_of(proof, full)
    assert {box.node.sentence for box in boxes} == {node.sentence for _, _, node in proof_lines(proof, full=full)}
    assert len({(box.node.sentence, box.node.standing) for box in boxes}) == len(boxes)
    assert [box.number for box in boxes] == list(range(1, len(boxes) + 1))


# --- words ------------------------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_no_word_is_lost_and_no_line_is_long(sentence: str) -> None:
    [box] = boxes_of(ProofNode(sentence, "derived"), full=True)
    lines = [text.words for text in box.texts if text.size == 11]
    assert all(len(line) <= 40 for line in lines)
    kept = "".join(
        "\ufffd" if (unicodedata.category(c) == "Cc" and c not in "\t\r\n") or c in "\ufffe\uffff" else c for c in sentence
    )
    assert "".join(lines).replace(" ", "") == "".join(c for c in kept if c not in " \t\r\n")


def test_a_number_keeps_its_unit_and_a_name_its_number() -> None:
    sentence = "it is seen after a while in the test of Figure S3-1 and then within the next 15 min, and 0.5 mL of it at 130 °C"
    [box] = boxes_of(ProofNode(sentence, "stated"), full=True)
    lines = [text.words for text in box.texts if text.size == 11]
    assert " ".join(lines) == sentence
    assert not any(line.endswith(("Figure", "15", "0.5", "130")) for line in lines)


def test_the_first_words_say_number_standing_and_rule() -> None:
    premise = ProofNode("because", "derived", rule="some-rule", soundness="heuristic", citation="a textbook")
    boxes = boxes_of(ProofNode("top", "absent", premises=(premise,)), full=True)
    assert [box.texts[0].words for box in boxes] == ["1 · absent", "2 · derived by some-rule (heuristic)"]
    assert told(boxes[0]) == "Line 1, absent: top\nRests on: 2"
    assert told(boxes[1]) == "Line 2, derived: because\nRule: some-rule (heuristic)\nAfter: a textbook"


def test_exact_words_are_in_italics_and_their_place_is_smaller() -> None:
    [box] = boxes_of(stated("one", "two", flag="inferred"), full=True)
    assert [(text.words, text.italic) for text in box.texts[2:]] == [
        ('"one" ... "two"', True),
        ("(a paper, Figure 1) [inferred by the curator]", False),
    ]
    assert box.texts[3].size < box.texts[2].size < box.texts[1].size


def test_a_source_without_exact_words_is_its_place() -> None:
    [box] = boxes_of(stated(locator=None), full=True)
    assert [text.words for text in box.texts[1:]] == ["it was seen", "(a paper)"]


def test_what_is_derived_shows_no_source_of_its_own() -> None:
    source = Source("o", "a paper", None, ("words",))
    [box] = boxes_of(ProofNode("it follows", "derived", sources=(source,)), full=True)
    assert "words" not in printed(box, 9.5)


def test_long_words_are_cut_and_the_box_says_so() -> None:
    words = " ".join(f"word{number}" for number in range(100))
    [box] = boxes_of(stated(words), full=True)
    shown = printed(box, 9.5)
    assert len(shown) <= LONGEST_QUOTE + 2 and shown.endswith('…"')
    gone = 100 - len(shown.split())
    assert f"[cut here: {gone} more words] (a paper, Figure 1)" in printed(box, 8)
    assert words in told(box)


def test_words_without_a_space_are_cut_all_the_same() -> None:
    [box] = boxes_of(stated("x" * 1000), full=True)
    assert "[cut here: 1 more word]" in printed(box, 8)


# --- measures ---------------------------------------------------------------------------------------------------------


def test_a_box_is_as_large_as_its_words() -> None:
    [narrow], [wide], [high] = (
        boxes_of(ProofNode(text, "chosen"), full=True) for text in ("iiiiiiiiii", "WWWWWWWWWW", "word " * 50)
    )
    assert narrow.size[0] < wide.size[0]
    assert narrow.size[1] == wide.size[1] < high.size[1]
    assert boxes_of(ProofNode("WWWWWWWWWW", "assumed"), full=True)[0].size[0] > wide.size[0]
