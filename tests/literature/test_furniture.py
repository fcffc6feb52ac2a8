"""Headings, and lines that stand on many pages."""

from __future__ import annotations

import pytest

from mechkg.literature.furniture import furniture


def headings(text: str) -> list[str]:
    return [text[start:end] for start, end in furniture(text).headings]


def running(text: str) -> list[str]:
    return [text[start:end] for start, end in furniture(text).running]


PARAGRAPH = "The band at 399 nm grew for two hours while that at 371 nm fell, and nothing else was seen in all this time."
WRAPPED = (
    "The band at 399 nm grew for two hours while that at 371 nm\nfell, and nothing else was seen in all this time, which\n"
    "agrees with what was found before.\n"
)


@pytest.mark.parametrize(
    "heading",
    [
        "Results and discussion",
        "Conclusion",
        "## Synthesis of the clusters",
        "**Characterization**",
        "2.1 Synthesis of the clusters",
        "S3. Methods",
        "IV. Outlook",
        "Kinetics of the transformation",
    ],
)
def test_a_short_line_between_paragraphs_is_a_heading(heading: str) -> None:
    assert headings(f"{PARAGRAPH}\n\n{heading}\n\n{PARAGRAPH}\n\n{PARAGRAPH}") == [heading]


def test_a_heading_may_stand_right_before_wrapped_lines() -> None:
    assert headings(f"{WRAPPED}Kinetics of it\n{WRAPPED}{WRAPPED}") == ["Kinetics of it"]


@pytest.mark.parametrize(
    "text",
    [
        f"{WRAPPED}{WRAPPED}",
        f"{PARAGRAPH}\n\nIt was in\n\n{PARAGRAPH}",  # the sentence goes on
        f"{PARAGRAPH}\n\nIt was over.\n\n{PARAGRAPH}",  # a sentence of its own
        f"It went on, as seen in\n\nFigure two\n\n{PARAGRAPH}",  # a sentence runs into it
        f"{PARAGRAPH}\n\nThe end of\n\nthe line is lower case. {PARAGRAPH}",
        "\n\n".join(WRAPPED.splitlines() * 3),  # every line set apart
        "",
    ],
)
def test_a_line_of_a_sentence_is_no_heading(text: str) -> None:
    assert headings(text) == []


def test_a_line_that_comes_on_every_page_is_no_prose_whatever_its_numbers_and_order() -> None:
    pages = [f"{PARAGRAPH}\n\n{line}\n\n" for line in ("Nanoscale Letters 114", "Letters Nanoscale 115", "Nanoscale Letters 116")]
    text = "".join(pages) + PARAGRAPH
    assert running(text) == ["Nanoscale Letters 114", "Letters Nanoscale 115", "Nanoscale Letters 116"]
    assert headings(text) == []


def test_cells_of_a_table_and_lines_that_come_twice_are_left_alone() -> None:
    cells = "\n\n".join(["MSC-311", "4 mmol", "MSC-311", "5 mmol", "MSC-311", "6 mmol"])
    assert running(f"{PARAGRAPH}\n\n{cells}\n\n{PARAGRAPH}") == []
    assert running(f"{PARAGRAPH}\n\nThe Journal Name\n\n{PARAGRAPH}\n\nThe Journal Name\n\n{PARAGRAPH}") == []
