from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import pytest

from mechkg.assets import corpus_dir
from mechkg.literature.fit import check_fit
from mechkg.literature.lexicon import Lexicon
from mechkg.literature.reader import read_corpus_file
from mechkg.model.assertion import Claim, Zone
from mechkg.model.base import Item
from mechkg.model.corpus import ItemKind
from mechkg.model.observation import Observation
from mechkg.model.quantity import Quantity


@lru_cache(maxsize=1)
def corpus() -> list[tuple[ItemKind, Item]]:
    files = [read_corpus_file(path).corpus for path in sorted(corpus_dir().glob("*.yaml"))]
    return [each for file in files if file for each in file.items()]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return Lexicon.of([item for _, item in corpus()])


def observation(**fields: object) -> Observation:
    return Observation.model_validate({"id": "o", "at": ["p/s"], **fields})


def statuses(quote: str, item: Item) -> list[tuple[str, str]]:
    return [(finding.what, finding.status) for finding in check_fit(quote, item, lexicon()).findings]


@pytest.mark.parametrize(
    ("quote", "quantity", "status"),
    [
        ("a band at 399 nm", "399 nm", "said"),
        ("a band at 0.399 μm", "399 nm", "said"),
        ("a band at 415 nm", "399 nm", "contradicted"),
        ("bands at 399 and 415 nm", "399 nm", "said"),
        ("a band in toluene", "399 nm", "not said"),
        ("heated to 373 K", "100 degC", "said"),
        ("heated to 375 K", "100 degC", "contradicted"),
        ("kept for 1 day", "23 h", "not said"),
        ("kept for 1 day", "24 h", "said"),
        ("heated to 373.15 K", "100 degC", "said"),
        ("a yield > 10 %", "> 10 percent", "said"),
        ("a yield > 10 %", "< 10 percent", "contradicted"),
        ("a yield > 10 %", "10 percent", "contradicted"),
        ("a yield of 10 %", "> 10 percent", "not said"),
        ("exceeded 12.6 mmol", "> 12.6 mmol", "said"),
        ("a yield of ~10 %", "10 percent", "not said"),
        ("a slope of −3.2 nm", "-3.2 nm", "said"),
        ("a slope of 3.2 nm", "-3.2 nm", "contradicted"),
        ("100.0 ± 15.1 kJ/mol", "100.0 +- 15.1 kJ/mol", "said"),
        ("100.0 ± 15.1 kJ/mol", "100.0 +- 1.5 kJ/mol", "contradicted"),
        ("100.0 kJ/mol", "100.0 +- 15.1 kJ/mol", "not said"),
        ("from 500 to 532 nm", "500 to 532 nm", "said"),
        ("k of 0.004 min⁻¹", "0.004 1/min", "said"),
        ("k of 0.24 h⁻¹", "0.004 1/min", "said"),
        ("maximum values of 0.23 (a) and 0.40 (b)", "0.23 absorbance", "said"),
    ],
)
def test_numbers_units_and_bounds_are_compared(quote: str, quantity: str, status: str) -> None:
    claim = Claim.model_validate({"id": "c", "kind": "property", "measured": [{"what": "it", "quantity": quantity}]})
    assert statuses(quote, claim) == [("quantity", status)]


@pytest.mark.parametrize(
    ("quote", "kind", "subject", "expected"),
    [
        ("CdSe MSC-415 was observed", "present", "cdse-msc-415", {"name": "said"}),
        ("CdSe MSC-415 was not observed", "present", "cdse-msc-415", {"name": "said", "negation": "contradicted"}),
        ("CdSe MSC-415 was not observed", "absent", "cdse-msc-415", {"name": "said", "negation": "said"}),
        ("CdSe MSC-415 was observed", "absent", "cdse-msc-415", {"name": "said", "negation": "contradicted"}),
        ("only CdTe MSC-371 appeared", "absent", "cdse-msc-415", {"name": "not said", "negation": "said"}),
        ("only CdTe MSC-371 appeared", "present", "cdse-msc-415", {"name": "contradicted"}),
        ("a band at 399 nm was seen", "present", "cdtese-msc-399", {"name": "said"}),
        ("the MSCs were seen", "present", "cdtese-msc-399", {"name": "said"}),
        ("it was seen", "present", "cdtese-msc-399", {"name": "not said"}),
        ("CdTe MSC-371 increased", "increases", "cdte-msc-371", {"name": "said", "direction": "said"}),
        ("CdTe MSC-371 decreased", "increases", "cdte-msc-371", {"name": "said", "direction": "contradicted"}),
        ("CdTe MSC-371 was there", "increases", "cdte-msc-371", {"name": "said", "direction": "not said"}),
    ],
)
def test_names_negation_and_direction_are_compared(quote: str, kind: str, subject: str, expected: dict[str, str]) -> None:
    assert dict(statuses(quote, observation(kind=kind, subject=[subject]))) == expected


def test_an_amount_is_that_of_its_chemical() -> None:
    zone = {"id": "z", "procedure": "p", "varied": "amine", "outcome": "none"}
    quote = "2.3 mL of Tol and 0.7 mL of OTA"
    fits = Zone.model_validate({**zone, "amounts": {"tol": "2.3 mL", "ota": "0.7 mL"}})
    assert check_fit(quote, fits, lexicon()).verdict == "fits"
    wrong = Zone.model_validate({**zone, "amounts": {"tol": "2.3 mL", "ota": "1.0 mL"}})
    (finding,) = check_fit(quote, wrong, lexicon()).of("contradicted")
    assert (finding.path, finding.claimed, finding.printed) == ("amounts.ota", "1 mL", "0.7 mL")


def test_a_class_stands_for_its_members() -> None:
    claim = Claim.model_validate({"id": "c", "kind": "role", "about": ["ota"]})
    (finding,) = check_fit("a primary amine is needed", claim, lexicon()).findings
    assert (finding.status, finding.reason) == ("said", "by its class")


def test_the_verdict_is_the_worst_finding() -> None:
    quote = "After 20 h, CdTeSe MSC-399 disappeared"
    item = observation(kind="disappears", subject=["cdtese-msc-399"], window="20 h")
    assert check_fit(quote, item, lexicon()).verdict == "fits"
    assert check_fit(quote, item.model_copy(update={"subject": ("cdtese-msc-399", "ota")}), lexicon()).verdict == "fits in part"
    assert check_fit("It went on.", item, lexicon()).verdict == "says nothing"


# --- the corpus -------------------------------------------------------------------------------------------------------


def quoted() -> list[tuple[ItemKind, Item]]:
    return [(kind, item) for kind, item in corpus() if item.quote and kind not in ("reference", "remark")]


def test_nothing_in_the_corpus_is_contradicted_by_its_quotes() -> None:
    counts = Counter((check_fit(item.quote, item, lexicon()).verdict, item.id) for _, item in quoted())
    assert [name for verdict, name in counts if verdict == "contradicted"] == []
    fits = sum(verdict == "fits" for verdict, _ in counts)
    assert fits > 0.5 * len(counts)


def test_what_follows_from_a_contrast_needs_both_of_its_sides_quoted() -> None:
    """With the sentence on the last dispersion alone, an observation on the others is contradicted: it names another species."""
    (item,) = (item for _, item in quoted() if item.id == "z-s3-1-o4")
    first, last = item.quote
    assert check_fit((last,), item, lexicon()).verdict == "contradicted"
    assert check_fit((first,), item, lexicon()).verdict != "contradicted"


def test_no_number_that_was_changed_still_fits() -> None:
    """Each number of the corpus that its quote prints is changed in turn."""
    count = 0
    for _, item in quoted():
        if not isinstance(item, Observation | Claim):
            continue
        for index, measured in enumerate(item.measured):
            path = f"measured.{index}.quantity"
            fit = {finding.path: finding.status for finding in check_fit(item.quote, item, lexicon()).findings}
            if measured.quantity is None or fit.get(path) != "said":
                continue
            changed = measured.quantity.model_copy(update={"value": round(measured.quantity.value * 1.37 + 3.1, 3)})
            wrong = [*item.measured]
            wrong[index] = measured.model_copy(update={"quantity": changed})
            findings = check_fit(item.quote, item.model_copy(update={"measured": tuple(wrong)}), lexicon()).findings
            count += 1
            assert [f.status for f in findings if f.path == path] != ["said"], (item.id, changed)
    assert count > 100


def test_an_observation_turned_round_is_seen() -> None:
    """Presence made absence, and the reverse, in the corpus: at least four in five are found contradicted or unsaid."""
    turned: Counter[bool] = Counter()
    for _, item in quoted():
        if isinstance(item, Observation) and item.kind in ("present", "absent"):
            other = "absent" if item.kind == "present" else "present"
            fit = check_fit(item.quote, item.model_copy(update={"kind": other}), lexicon())
            found = [f for f in fit.findings if f.what == "negation" or f.status == "contradicted"]
            turned[any(f.status != "said" for f in found)] += 1
    assert turned.total() > 70
    assert turned[True] >= 0.8 * turned.total()


def test_every_finding_gives_a_reason() -> None:
    for _, item in quoted()[::7]:
        for finding in check_fit(item.quote, item, lexicon()).findings:
            assert finding.reason
            assert re.fullmatch(r"[\w.-]+", finding.path), finding.path
            assert finding.printed or finding.status != "contradicted" or finding.what == "quantity"


def test_quantities_are_compared_as_values() -> None:
    claim = Claim.model_validate({"id": "c", "kind": "property", "measured": [{"what": "time", "quantity": "0.5 h"}]})
    (finding,) = check_fit("kept for 30 min", claim, lexicon()).findings
    assert (finding.status, finding.reason) == ("said", "the same, in another unit")
    assert isinstance(claim.measured[0].quantity, Quantity)
