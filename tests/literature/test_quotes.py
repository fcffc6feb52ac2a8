from __future__ import annotations

import random
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mechkg.literature.folding import fold
from mechkg.literature.quotes import QuotableText


def status(text: str, quote: str, locator: str | None = None) -> str:
    return QuotableText(text).find(quote, locator).status


def test_a_found_quote_tells_where() -> None:
    result = QuotableText("One.\nIt was kept\nat 50 °C.").find("kept at 50 °C")
    span = result.spans[0]
    assert (result.status, span.line, span.text, span.start) == ("found", 2, "kept\nat 50 °C", 12)
    assert result.folds == 1


def test_a_verbatim_quote_needs_no_folds() -> None:
    assert QuotableText("It was kept.").find("was kept").folds == 0


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("two-pathway model", "found"),
        ("twopathway model", "found"),
        ("conversion of as-mixed", "found"),
        ("conversion of asmixed", "missing"),
        ("Cd-Te bonds", "found"),
        ("CdTe bonds", "missing"),
    ],
)
def test_only_a_hyphen_at_a_line_end_is_open(quote: str, expected: str) -> None:
    assert status("The two-\npathway model, conver-\nsion of as-mixed samples, Cd–Te bonds.", quote) == expected


@pytest.mark.parametrize(
    ("text", "quote", "lost"),
    [
        ("a non-emissive cluster", "emissive cluster", "compound"),
        ("an amine-free sample", "an amine", "compound"),
        ("the CdX MSC-350 peak", "the CdX MSC", "part of a name"),
        ("at −196 °C", "196 °C", "sign"),
        ("with >200 mg", "200 mg", "'>'"),
        ("of 0.16 only", "16 only", "number"),
        ("up to 3.5 mL", "up to 3", "number"),
        ("some 10⁵ of", "some 10", "exponent"),
        ("in kJ mol⁻¹", "in kJ mol", "exponent"),
        ("free Cd²⁺", "free Cd2", "charge"),
        ("20–30 min", "30 min", "sign"),
        ("it was unobserved", "observed", "word"),
        ("conver-\nsion", "conver", "word"),
    ],
)
def test_a_quote_must_not_cut_what_changes_its_meaning(text: str, quote: str, lost: str) -> None:
    result = QuotableText(text).find(quote)
    assert result.status == "missing"
    assert result.reason is not None
    assert lost in result.reason


def test_a_dash_between_words_is_no_hyphen() -> None:
    assert status("the cluster – which grew – was large", "which grew") == "found"


@pytest.mark.parametrize(
    "negation", ["not", "never", "no longer", "without being", "unlikely to be", "didn’t get", "neither", "un-\naffected or"]
)
def test_an_elision_must_not_swallow_a_negation(negation: str) -> None:
    result = QuotableText(f"The peak was {negation} seen after 20 h.").find("The peak was ... seen after 20 h")
    assert result.status == "refused"


@pytest.mark.parametrize("words", ["clearly", "under toluene", "until then", "in a uniform way", "noted and"])
def test_an_elision_may_leave_out_other_words(words: str) -> None:
    for mark in ("...", "…", "[...]", "[…]", ". . ."):
        assert status(f"The peak was {words} seen after 20 h.", f"The peak was {mark} seen after 20 h") == "found"


def test_an_elision_takes_the_nearest_parts() -> None:
    text = "The peak was not there. Later the peak was small. In the end the peak was gone."
    result = QuotableText(text).find("the peak was ... gone")
    assert [span.text for span in result.spans] == ["the peak was gone"] or result.status == "found"
    assert status("A was not x. A was y and B", "A was ... B") == "found"


def test_an_elision_runs_forward() -> None:
    assert status("first this, then that", "then that ... first this") == "missing"


def test_several_places_are_ambiguous_and_listed() -> None:
    result = QuotableText("It grew.\nSo it was.\nIt grew.").find("It grew")
    assert result.status == "ambiguous"
    assert [span.line for span in result.spans] == [1, 3]


def test_a_locator_settles_only_what_it_decides() -> None:
    text = "Abstract: it grew.\n\nConclusion\n\nit grew. And it grew.\n"
    assert QuotableText(text).find("it grew", "Abstract").spans[0].line == 1
    assert status(text, "it grew", "Conclusion") == "ambiguous"
    assert status(text, "it grew", "p. 3") == "ambiguous"


def test_a_missing_quote_shows_what_is_near() -> None:
    result = QuotableText("At first nothing.\nA sharp peak at 371 nm appeared after the addition of amine.").find(
        "A broad peak at 371 nm appeared"
    )
    assert result.status == "missing"
    assert result.passage is not None
    assert (result.passage.line, result.passage.text) == (2, "A sharp peak at 371 nm appeared")
    assert result.passage.likeness > 0.8


# --- any quote cut from a text, set anew ------------------------------------------------------------------------------

WORDS = [
    "cluster",
    "MSC-399",
    "as-mixed",
    "Cd(OAc)₂",
    "−196",
    "0.16",
    ">200",
    "°C",
    "nm",
    "toluene",
    "Cd²⁺",
    "10³",
    "mol⁻¹",
    "(1 min)",
    "film",
    "“on”",
    "≤5",
    "±",
]
NUMBERED = ["−196", "0.16", ">200", "Cd²⁺", "10³", "mol⁻¹", "≤5"]
CHANGED = {"−196": "196", "0.16": "0.19", ">200": "<200", "Cd²⁺": "Cd²", "10³": "10²", "mol⁻¹": "mol", "≤5": "<5"}
RESET = {"₂": "_2", "−": "–", "⁻¹": "^{-1}", "²⁺": "^{2+}", "-": "‑", "“": '"', "”": '"', "³": "^3", "fi": "ﬁ"}

texts = st.lists(st.sampled_from(WORDS), min_size=6, max_size=40)


def reset(quote: str, seed: int) -> str:
    """Set a quote anew: other dashes, raised figures, quotation marks, blanks and line breaks."""
    dice = random.Random(seed)
    for old, new in RESET.items():
        if dice.random() < 0.5:
            quote = quote.replace(old, new)
    return re.sub(" ", lambda _: dice.choice([" ", "\n", "  ", " \n\n ", "\u00a0"]), quote)


@given(texts, st.data(), st.integers(0, 2**32))
def test_a_quote_is_found_however_it_is_set(words: list[str], data: st.DataObject, seed: int) -> None:
    start = data.draw(st.integers(0, len(words) - 3))
    end = data.draw(st.integers(start + 2, len(words)))
    quote = " ".join(words[start:end])
    result = QuotableText("begin " + " ".join(words) + " end").find(reset(quote, seed))
    # What stands before or after may belong to the number at the edge: an uncertainty, the other end of a range.
    left = start > 0 and words[start - 1] == "±" and words[start][0].isdigit()
    right = words[end : end + 1] == ["−196"] and (words[end - 1] in ("nm", "°C") or fold(words[end - 1]).text[-1].isdigit())
    assert result.status in ("found", "ambiguous") or ((left or right) and result.reason is not None)


@given(texts, st.data())
def test_a_changed_number_or_sign_is_missing(words: list[str], data: st.DataObject) -> None:
    marked = [n for n, word in enumerate(words) if word in NUMBERED]
    assume(marked)
    place = data.draw(st.sampled_from(marked))
    quote = " ".join(["begin", *words[:place], CHANGED[words[place]], *words[place + 1 :], "end"])
    text = QuotableText("begin " + " ".join(words) + " end")
    assert text.find("begin " + " ".join(words) + " end").status == "found"
    assert text.find(quote).status == "missing"


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_and_quote_can_be_compared(text: str, quote: str) -> None:
    assert QuotableText(text).find(quote, quote).status in ("found", "ambiguous", "missing", "refused")
