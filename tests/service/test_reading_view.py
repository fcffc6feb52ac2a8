"""A text by sections and sentences, and quotes that are cut from it."""

from __future__ import annotations

import pytest

from mechkg.errors import BadInputError
from mechkg.literature.papers import Paper
from mechkg.literature.quotes import QuotableText
from mechkg.service.read_paper import ReadPaper, look_through
from mechkg.service.reading_view import chosen, locator_of, view_of
from mechkg.service.workspace import Workspace

LONG = " ".join(["One", *(f"word{n}" for n in range(2, 40)), "CdTe MSC-371 and 60 °C stand", *(f"late{n}" for n in range(10))])
TEXT = f"""Abstract

We report on clusters. No CdTe MSC-371 was seen in toluene after 2 h. It was dark.

Results and discussion

{LONG}.

The 𝜆 of CdTe MSC-371 was 371 nm\r\nin toluene.\f
Figure 2. CdTe MSC-371 at 30 °C.
"""


@pytest.fixture(scope="module")
def found(shipped: Workspace) -> ReadPaper:
    return look_through(shipped, Paper.of(TEXT.encode(), "t.txt"), document="zhang2020")


def test_all_of_the_text_is_there_once_and_in_order(found: ReadPaper) -> None:
    pieces = [
        piece
        for section in view_of(found)
        for paragraph in section.paragraphs
        for sentence in paragraph.sentences
        for piece in sentence.pieces
    ]
    text = found.paper.text
    assert all(text[piece.start : piece.start + len(piece.text)] == piece.text for piece in pieces)
    titles = [section.title for section in view_of(found)]
    assert titles == ["Abstract", "Results and discussion"]
    shown = "".join(piece.text for piece in pieces) + "".join(titles)
    assert sorted("".join(shown.split())) == sorted("".join(text.split()))
    assert [piece.start for piece in pieces] == sorted(piece.start for piece in pieces)


def test_sentences_are_told_apart_and_hold_what_they_suggest(found: ReadPaper) -> None:
    [paragraph] = view_of(found)[0].paragraphs
    assert [sentence.begins for sentence in paragraph.sentences] == [
        "We report on clusters.", "No CdTe MSC-371 was seen in …", "It was dark.",
    ]  # fmt: skip
    [(sentence, offered)] = paragraph.offered
    assert sentence.number == 2 and offered.body["kind"] == "absent"
    linked = {piece.mention.text: piece.mention.entity for piece in sentence.pieces if piece.mention}
    assert linked == {"CdTe MSC-371": "cdte-msc-371", "toluene": "tol", "2 h": None}
    turned = [(p.page, p.turned) for section in view_of(found) for p in section.paragraphs]
    assert turned[0] == (1, True) and turned[-1] == (2, True) and sum(t for _, t in turned) == 2


def test_a_whole_sentence_becomes_a_quote_with_its_place(found: ReadPaper) -> None:
    start = found.paper.text.index("No CdTe")
    taken = chosen(found, start, found.paper.text.index(" It was dark"))
    assert taken.quote == "No CdTe MSC-371 was seen in toluene after 2 h." and not taken.cut
    assert taken.locator == "Abstract, paragraph 1, page 1"
    assert taken.anchor.document == found.paper.sha256 and taken.anchor.exact == taken.quote
    assert found.paper.text[taken.anchor.start : taken.anchor.end] == taken.quote


def test_a_long_sentence_is_cut_to_where_most_is_spoken_of(found: ReadPaper) -> None:
    start = found.paper.text.index("One word2")
    end = found.paper.text.index(".", start) + 1
    taken = chosen(found, start, end, (start, end))
    words = taken.quote.split()
    assert len(words) == 25 and taken.cut and "CdTe MSC-371 and 60 °C" in taken.quote
    assert QuotableText(found.paper.text).find(taken.quote).status == "found"
    for _, first, last in taken.others:
        again = chosen(found, first, last, (start, end))
        assert len(again.quote.split()) == 25 and again.quote != taken.quote
    assert next(words for words, _, _ in taken.others) == "the first words"


def test_some_words_of_a_sentence_are_taken_as_they_are(found: ReadPaper) -> None:
    start = found.paper.text.index("No CdTe")
    taken = chosen(found, start, start + 18, (start, start + 46))
    assert taken.quote == "No CdTe MSC-371 was" and not taken.cut and taken.others == []
    assert taken.whole[taken.last :] == ("seen", "in", "toluene", "after", "2", "h.")


def test_half_a_word_is_taken_whole(found: ReadPaper) -> None:
    start = found.paper.text.index("371 nm")
    taken = chosen(found, start + 1, start + 12)
    assert taken.quote == "371 nm in toluene."
    with pytest.raises(BadInputError, match="no stretch"):
        chosen(found, 5, 5)
    with pytest.raises(BadInputError, match="no words"):
        chosen(found, found.paper.text.index("\n\nWe"), found.paper.text.index("We"))


def test_a_caption_is_told_by_its_label(found: ReadPaper) -> None:
    assert locator_of(found.paper, found.paper.text.index("30 °C")) == "Figure 2, caption, page 2"
