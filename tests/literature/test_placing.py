"""The stage of a known procedure at which a sentence was observed."""

from __future__ import annotations

import pytest

from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import find_mentions
from mechkg.literature.placing import Stages
from mechkg.literature.sections import Surroundings
from mechkg.model.procedure import Procedure
from mechkg.model.species import Chemical

LEXICON = Lexicon.of([Chemical(id="tol", names=("toluene", "Tol")), Chemical(id="ota", names=("octylamine", "OTA"))])
PROCEDURES = [
    Procedure.model_validate(
        {
            "id": "one",
            "title": "Dispersed, then octylamine",
            "locator": "Figure 1 caption",
            "stages": [
                {"id": "incubate", "action": "incubate", "duration": "24 h"},
                {"id": "tol", "action": "disperse", "medium": {"of": "tol", "amount": "2.3 mL"}, "duration": "20 h"},
                {"id": "ota", "action": "add", "medium": {"of": "ota", "amount": "0.7 mL"}, "duration": "90 min"},
            ],
        }
    ),
    Procedure.model_validate(
        {
            "id": "two",
            "title": "Two samples",
            "locator": "Results; Figure 2",
            "stages": [
                {"id": "a", "action": "disperse", "sample": "a", "medium": {"of": "ota", "amount": "0.7 mL"}, "from": []},
                {"id": "b", "action": "disperse", "sample": "b", "medium": {"of": "ota", "amount": "1.0 mL"}, "from": []},
                {"id": "hot", "action": "heat", "sample": "trace 4 (60 min)", "temperature": "50 °C", "from": []},
            ],
        }
    ),
]
NOWHERE = Surroundings(None, None, frozenset())


def placed(text: str, around: Surroundings = NOWHERE) -> str | None:
    found = Stages(PROCEDURES).place(text, find_mentions(text, LEXICON), around)
    return found.stage if found else None


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("In 2.3 mL of Tol it went.", "one/tol"),
        ("With 1.0 mL OTA it went.", "two/b"),
        ("With 0.7 mL OTA (Figure 2) it went.", "two/a"),
        ("After the addition of 0.7 mL of OTA to the Tol dispersion it went.", "one/ota"),
        ("After the OTA addition (Figure 1b) it went.", "one/ota"),
        ("After 20 h it went (Figure 1a).", "one/tol"),
        ("After a 24 h incubation (Figure 1a) it was seen in Tol.", "one/tol"),
        ("It was seen at 50 °C.", "two/hot"),
        ("It was seen in Dispersion b (Figure 2).", "two/b"),
        ("It was seen in trace 4.", "two/hot"),
    ],
)
def test_a_sentence_is_placed_where_it_alone_fits(text: str, stage: str) -> None:
    assert placed(text) == stage


@pytest.mark.parametrize(
    "text",
    [
        "It went.",
        "It went (Figure 1).",  # which of its stages?
        "With 0.7 mL OTA it went.",  # two stages
        "With 0.7 mL OTA (Figure 3) it went.",  # a figure that is not known
        "After 20 h it went.",  # a time alone
        "It was seen in Dispersions a to b (Figure 2).",
        "It was seen in Tol and in OTA.",
        "It was seen at 50 °C with 1.0 mL OTA.",  # no stage is both
        "In 5 mL of Tol it went.",
    ],
)
def test_what_fits_no_stage_or_several_is_left_open(text: str) -> None:
    assert placed(text) is None


def test_the_figure_may_be_that_of_the_caption_or_of_the_paragraph() -> None:
    text = "With 0.7 mL OTA it went."
    assert placed(text, Surroundings(None, ("fig", "2"), frozenset())) == "two/a"
    assert placed(text, Surroundings(None, None, frozenset(), frozenset([("fig", "1")]))) == "one/ota"
    assert placed("After 20 h it went.", Surroundings(None, None, frozenset(), frozenset([("fig", "1")]))) is None


def test_it_says_by_which_words() -> None:
    text = "After the OTA addition (Figure 1b) it went."
    found = Stages(PROCEDURES).place(text, find_mentions(text, LEXICON), NOWHERE)
    assert found is not None
    assert found.why == "one/ota is the only stage that fits 'OTA addition'"


def test_without_procedures_nothing_is_placed() -> None:
    assert Stages([]).place("In 2.3 mL of Tol it went.", find_mentions("In 2.3 mL of Tol it went.", LEXICON), NOWHERE) is None
