from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import pytest

from mechkg.assets import corpus_dir
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.papers import Paper
from mechkg.literature.reader import read_corpus_file
from mechkg.literature.sentences import MOST_WORDS
from mechkg.literature.suggestions import READER, VERSION, Suggestion, suggest
from mechkg.model.base import Item
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.observation import Observation
from mechkg.model.procedure import Procedure


@lru_cache(maxsize=1)
def items() -> list[Item]:
    files = [read_corpus_file(path).corpus for path in sorted(corpus_dir().glob("*.yaml"))]
    return [item for corpus in files if corpus for _, item in corpus.items()]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return Lexicon.of(items())


def observations(text: str) -> list[tuple[str, list[str]]]:
    return [(s.body["kind"], s.body.get("subject", [])) for s in suggest(text, lexicon()) if s.kind == "observation"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CdSe MSC-415 was not detected.", [("absent", ["cdse-msc-415"])]),
        ("No CdTe MSC-371 was observed after 2 h.", [("absent", ["cdte-msc-371"])]),
        (
            "CdTeSe MSC-399 evolved without the co-production of CdTe MSC-371 and CdSe MSC-415.",
            [("absent", ["cdte-msc-371", "cdse-msc-415"]), ("appears", ["cdtese-msc-399"])],
        ),
        ("After 20 h, CdTeSe MSC-399 disappeared completely.", [("disappears", ["cdtese-msc-399"])]),
        ("Both CdTe MSC-371 and CdTeSe MSC-399 increased.", [("increases", ["cdte-msc-371", "cdtese-msc-399"])]),
        ("The CdTe MSC-371 signal increased at the beginning.", [("increases", ["cdte-msc-371"])]),
        ("A decrease of MSC-371 was observed.", [("decreases", ["cdte-msc-371"])]),
        ("The pure 449 nm MSCs were non-emissive.", [("no-emission", ["cdte-msc-449"])]),
        ("An isosbestic point at 380 nm appeared.", [("isosbestic-point", [])]),
        ("The red trace of MSC-399 exhibits a sharp absorption peaking at 399 nm.", [("peak-position", ["cdtese-msc-399"])]),
    ],
)
def test_sentences_suggest_observations(text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert observations(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "If CdSe MSC-415 was detected, we would be surprised.",
        "It is proposed that CdTe MSC-371 disappeared.",
        "Whether MSC-399 increased is open.",
        "The rate of MSC-399 formation increased.",
        "The consumption of the CdTe PC increased.",
        "It was reported with and without the presence of CdSe QDs.",
        "The transformation from MSC-371 to MSC-399 appeared to occur faster.",
        "MSCs are usually observed.",
        "The sample was kept at 130 °C for 30 min.",
    ],
)
def test_what_is_supposed_or_said_of_something_else_suggests_nothing(text: str) -> None:
    assert suggest(text, lexicon()) == []


def test_a_suggestion_is_a_draft_that_says_what_is_missing() -> None:
    (made,) = suggest("In 2.3 mL of Tol, CdTeSe MSC-399 disappeared after 20 h.", lexicon(), prefix="paper")
    assert (made.kind, made.machine_made, made.reader, made.version) == ("observation", True, READER, VERSION)
    assert made.missing == ("at",)
    assert made.not_understood == ("'2.3 mL' (amount)", "'Tol' (chemical)")
    assert made.body["id"] == "paper-1"
    assert made.body["window"] == {"start": "20 h", "end": "20 h"}
    assert "disappeared" in made.why
    whole = Observation.model_validate({**made.body, "at": ["procedure/stage"]})
    assert whole.quote == (made.quote,)


def test_an_observation_is_put_at_the_only_stage_that_fits() -> None:
    stages = [
        {"id": "tol", "action": "disperse", "medium": {"of": "tol", "amount": "2.3 mL"}},
        {"id": "ota", "action": "add", "medium": {"of": "ota", "amount": "0.7 mL"}},
    ]
    known = [Procedure.model_validate({"id": "p", "title": "Dispersed", "stages": stages})]
    (made,) = suggest("In 2.3 mL of Tol, CdTeSe MSC-399 disappeared after 20 h.", lexicon(), procedures=known)
    assert (made.body["at"], made.missing) == (["p/tol"], ())
    assert "p/tol is the only stage that fits '2.3 mL'" in made.why
    (made,) = suggest("In 5 mL of Tol, CdTeSe MSC-399 disappeared after 20 h.", lexicon(), procedures=known)
    assert made.missing == ("at",)
    text = "After the addition of 0.7 mL of OTA CdTeSe MSC-399 had been observed."
    assert [made.missing for made in suggest(text, lexicon(), procedures=known)] == [("at",)]  # at an earlier stage


def test_the_band_of_what_it_indicates_is_not_that_of_a_species_nearby() -> None:
    text = "It exhibits a broad absorption peak centered around 320 nm, indicating the presence of CdS QDs."
    assert observations(text) == [("present", ["cds-qd"]), ("peak-position", ["cds-qd"])]


def test_a_band_that_was_seen_is_not_suggested_twice() -> None:
    assert observations("An absorption peaking at 399 nm was observed for CdTeSe MSC-399.") == [("present", ["cdtese-msc-399"])]


def test_a_heading_is_in_no_quote() -> None:
    before = "The way in which these clusters are made is told here in a paragraph of some length, as usual."
    text = f"{before}\n\nResults and discussion\n\nCdSe MSC-415 was not detected.\n\n{before}"
    (made,) = suggest(text, lexicon())
    assert made.quote == "CdSe MSC-415 was not detected."


def test_compositions_conditions_and_new_species_are_suggested() -> None:
    text = "350‒Cd35Se20 and 367‒(CdSe)16. MSC-350 is reported to be (CdSe)35. CdSe MSC-367 is produced at 180 °C."
    found = [(made.kind, made.body) for made in suggest(text, lexicon())]
    entries = [entry for kind, body in found if kind == "claim" for entry in body.get("entries", [])]
    assert entries == [
        {"formula": "Cd35Se20", "absorption": "350 nm"},
        {"formula": "(CdSe)16", "absorption": "367 nm"},
        {"formula": "(CdSe)35", "species": "cdse-msc-350"},
    ]
    new = {body["id"]: body for kind, body in found if kind == "species"}
    assert new["cdse-msc-367"]["signature"] == {"absorption": "367 nm"}


def test_quotes_are_exact_and_short() -> None:
    text = "First words. " + "Very " * 30 + "late, after 20 h, CdTeSe MSC-399 disappeared\ncompletely in the end. Last words."
    (made,) = suggest(text, lexicon())
    assert len(made.quote.split()) <= MOST_WORDS
    assert " ".join(text[made.start : made.end].split()) == made.quote
    place = made.anchor(Paper.of(text.encode(), "a.txt"))
    assert place.exact == text[made.start : made.end]


def test_reference_lists_are_passed_over() -> None:
    text = "The end.\n\nReferences\n\n[1] A. Author, CdSe MSC-415 was not detected, J. Chem. 2010, 1, 1."
    assert suggest(text, lexicon()) == []


def test_the_same_text_gives_the_same_suggestions() -> None:
    text = "CdSe MSC-415 was not detected. After 2 h CdTe MSC-371 increased."
    assert suggest(text, lexicon()) == suggest(text, lexicon())


# --- against the corpus -----------------------------------------------------------------------------------------------

ALIKE = (
    {"present", "appears", "peak-position", "increases", "maximum", "single-ensemble", "emission", "red-shift"},
    {"absent", "no-emission", "disappears", "decreases"},
    {"constant", "no-change", "single-ensemble"},
)
"""Kinds that one sentence may be typed as."""


def agrees(made: Suggestion, item: Observation) -> bool:
    kinds = {made.body["kind"], item.kind}
    subject = set(made.body.get("subject", ()))
    return (len(kinds) == 1 or any(kinds <= group for group in ALIKE)) and (not subject or bool(subject & set(item.subject)))


def test_suggestions_agree_with_what_curators_typed_from_the_same_words() -> None:
    """Of each quote of the corpus, read alone: most suggestions are what a curator typed from it; the others may be true too."""
    typed: dict[str, list[Observation]] = defaultdict(list)
    for item in items():
        if isinstance(item, Observation):
            for quote in item.quote:
                typed[quote].append(item)
    agreed, other, covered = 0, [], set()
    for quote, same in typed.items():
        for made in suggest(quote, lexicon()):
            if made.kind != "observation":
                continue
            right = [item.id for item in same if agrees(made, item)]
            covered |= set(right)
            agreed += bool(right)
            if not right:
                other.append(f"{made.body['kind']} {made.body.get('subject')}: {quote}")
    assert agreed >= 60
    assert agreed >= 0.8 * (agreed + len(other)), "\n".join(other)
    assert len(covered) >= 50


def test_every_suggestion_is_valid_once_completed() -> None:
    quotes = [quote for item in items() if isinstance(item, Observation) for quote in item.quote][::3]
    for made in suggest("\n\n".join(quotes), lexicon()):
        filled = {name: ["procedure/stage"] if name == "at" else "x" for name in made.missing}
        assert ITEM_TYPES[made.kind].model_validate({**made.body, **filled}).id == made.body["id"]
