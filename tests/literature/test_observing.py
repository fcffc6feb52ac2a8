"""What sentences say was observed."""

from __future__ import annotations

import pytest

from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import find_mentions
from mechkg.literature.observing import method_of, moment_of, seen_in
from mechkg.literature.printed import PrintedText
from mechkg.literature.sections import Sections
from mechkg.literature.sentences import Sentence, Sentences
from mechkg.model.species import Material

LEXICON = Lexicon.of([Material(id="cds", formula="CdS")])


def sentence(text: str) -> Sentence:
    printed = PrintedText(text)
    (found,) = Sentences(printed, find_mentions(printed, LEXICON), Sections(text))
    return found


def seen(text: str) -> list[tuple[str, list[str]]]:
    read = sentence(text)
    return [(each.kind, [read.mentions[n].text for n in each.numbers]) for each in seen_in(read)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MSC-311 evolved slowly.", [("appears", ["MSC-311"])]),
        ("MSC-322 was present and MSC-311 was not.", [("absent", ["MSC-311"])]),
        ("The strength of MSC-311 fell.", [("decreases", ["MSC-311"])]),
        ("No MSC-311 or MSC-322 was found.", [("absent", ["MSC-311", "MSC-322"])]),
        ("The disappearance of MSC-311 was complete.", [("disappears", ["MSC-311"])]),
        ("The band shows a peak at 311 nm.", [("peak-position", ["311 nm"])]),
        ("It red-shifts from 311 nm to 322 nm.", [("red-shift", ["311 nm", "322 nm"])]),
    ],
)
def test_it_says_what_was_seen(text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert seen(text)[:1] == expected


def test_what_is_denied_comes_first() -> None:
    """Its words may say as well that it was seen, which whoever reads them in order knows to be denied."""
    assert [kind for kind, _ in seen("No MSC-311 was found.")] == ["absent", "present"]


@pytest.mark.parametrize(
    "text",
    [
        "MSC-311 evolves via Steps 1 and 3.",  # a mechanism
        "MSC-311 appears by exchange.",
        "If MSC-311 evolved, it would be seen.",
        "The decrease of MSC-311 was faster in Dispersion a.",  # a rate
        "The disappearance of MSC-311 and the rest were both relatively fast.",
        "There was a faster increase of MSC-311.",
        "The consumption of MSC-311 increased.",
        "From Samples b1 to b3 the amount of MSC-311 increased.",
        "Scattering gives a peak at 311 nm.",
    ],
)
def test_a_mechanism_a_rate_and_a_supposition_are_not_seen(text: str) -> None:
    assert seen(text) == []


def test_a_band_is_of_what_it_is_said_to_indicate() -> None:
    read = sentence("There is a broad absorption peak around 320 nm, indicating the presence of CdS QDs, not of MSC-311.")
    (band,) = (each for each in seen_in(read) if each.kind == "peak-position")
    assert [read.mentions[n].text for n in band.shown_by] == ["CdS QDs"]
    (band,) = seen_in(sentence("There is a peak at 320 nm. "))
    assert band.shown_by == ()


def test_the_moment_is_given_only_where_there_is_one() -> None:
    one = sentence("After 2 h MSC-311 evolved.")
    assert [moment_of(one, each) for each in seen_in(one)] == [0]
    two = sentence("After 2 h MSC-311 evolved until 5 h.")
    assert [moment_of(two, each) for each in seen_in(two)] == [None]
    apart = sentence("After 2 h it was cooled and MSC-311 evolved.")
    assert [moment_of(apart, each) for each in seen_in(apart)] == [None]


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("MSC-311 disappeared, together with an emission at 465 nm.", "unspecified"),
        ("The emission of MSC-311 increased.", "emission"),
        ("The absorption of MSC-311 increased.", "absorption"),
        ("The excitation peak of MSC-311 increased.", "unspecified"),
    ],
)
def test_the_method_is_that_of_its_own_part_of_the_sentence(text: str, method: str) -> None:
    read = sentence(text)
    first = next(iter(seen_in(read)))
    assert method_of(read, first, band=False) == method
