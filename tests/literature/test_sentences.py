"""Sentences with a sign for each mention, and quotes of them."""

from __future__ import annotations

from mechkg.literature.lexicon import Lexicon
from mechkg.literature.mentions import find_mentions
from mechkg.literature.printed import PrintedText
from mechkg.literature.sections import Sections
from mechkg.literature.sentences import MOST_WORDS, Sentences
from mechkg.model.species import Material, Species

LEXICON = Lexicon.of([Material(id="cds", formula="CdS"), Species(id="a", kind="MSC", material="cds", names=("CdS MSC-311",))])


def sentences(text: str) -> Sentences:
    printed = PrintedText(text)
    return Sentences(printed, find_mentions(printed, LEXICON), Sections(text))


def printed(text: str) -> list[str]:
    found = sentences(text)
    return [" ".join(found.printed(each).split()) for each in found]


def test_a_sentence_ends_at_its_stop() -> None:
    text = "CdS MSC-311 was kept at 50 °C. It was 311 nm at 300 K. At 5 min (Fig. 2, A. Smith et al.) it was 2 h old."
    assert printed(text) == [
        "CdS MSC-311 was kept at 50 °C.",
        "It was 311 nm at 300 K.",
        "At 5 min (Fig. 2, A. Smith et al.) it was 2 h old.",
    ]


def test_a_heading_is_not_run_into_the_sentence_after_it() -> None:
    text = "It was 2 h.\n\nResults and discussion\n\nCdS MSC-311 was seen.\n\n2.1 Growth at 50 °C\n\nIt grew for 3 h."
    assert printed(text) == ["It was 2 h.", "CdS MSC-311 was seen.", "2.1 Growth at 50 °C", "It grew for 3 h."]


def test_a_caption_begins_a_sentence() -> None:
    text = "as CdS MSC-311 was seen for 2 h\n\nFigure 3. Spectra after 5 h.\n"
    assert printed(text) == ["as CdS MSC-311 was seen for 2 h", "Spectra after 5 h."]


PAGE = "Nothing was there to see for very long.\n\nThe Journal of Clusters\n\n"


def test_a_line_of_the_page_is_passed_over_and_in_no_quote() -> None:
    text = PAGE * 2 + "After 2 h CdS MSC-311 was\n\nClusters of The Journal\n\nnot seen at all."
    found = sentences(text)
    (sentence,) = found
    assert sentence.signs.split() == ["After", "⟨T0⟩", "⟨S1⟩", "was", "not", "seen", "at", "all."]
    assert "was not seen" in sentence.signs
    assert found.words(sentence, sentence.signs.index("not"), len(sentence.signs)) == "not seen at all."
    time, species = sentence.mentions
    start, end = found.quote(sentence, [species]) or (0, 0)
    assert " ".join(text[start:end].split()) == "After 2 h CdS MSC-311 was"
    assert "Journal" not in text[start:end]
    assert found.quote(sentence, [time, species]) is not None


def test_words_on_both_sides_of_a_line_of_the_page_have_no_quote() -> None:
    text = PAGE * 2 + "After 2 h CdS MSC-311 was\n\nClusters of The Journal\n\nnot seen for 5 h."
    found = sentences(text)
    (sentence,) = found
    assert found.quote(sentence, sentence.mentions) is None


def test_a_quote_has_at_most_25_words_and_holds_what_is_used() -> None:
    text = "Very " * 30 + "late, after 20 h, CdS MSC-311 went. " + "It " * 3
    found = sentences(text)
    (sentence,) = found
    start, end = found.quote(sentence, sentence.mentions) or (0, 0)
    assert len(text[start:end].split()) == MOST_WORDS
    assert "20 h, CdS MSC-311" in text[start:end]
    near = found.quote(sentence, sentence.mentions, around=1)
    assert near is not None
    assert text[slice(*near)] == "after 20 h, CdS MSC-311 went."


def test_reference_lists_are_left_out() -> None:
    assert printed("It was 2 h.\n\nReferences\n\n[1] A. B. CdS MSC-311 for 2 h. J. C.") == ["It was 2 h."]


def test_signs_lead_back_to_the_words() -> None:
    found = sentences("After 2 h no CdS MSC-311 was seen.")
    (sentence,) = found
    start = sentence.signs.index("⟨S1⟩")
    assert found.words(sentence, start, sentence.signs.index(" was")) == "CdS MSC-311"
