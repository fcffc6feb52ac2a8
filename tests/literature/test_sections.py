from __future__ import annotations

import pytest

from mechkg.literature.sections import Sections, labels_in

LONG = "A paragraph that fills its line, as paragraphs do where a text has one line for each, and that says nothing of use. " * 2


def paragraphs(*texts: str) -> str:
    return "\n\n".join(texts)


def test_article_with_a_paragraph_to_a_line() -> None:
    text = paragraphs(
        "Abstract: we did it.",
        "1. Introduction",
        LONG,
        f"Figure 1. Spectra. {LONG}",
        f"{LONG} See Figures 2a, 3 and S4-1.",
        "References",
        "[1] x",
    )
    sections = Sections(text)
    assert sections.around(text.index("we did")).section == "abstract"
    caption = sections.around(text.index("Spectra"))
    assert (caption.section, caption.label) == ("introduction", ("fig", "1"))
    after = sections.around(text.index("See Figures"))
    assert (after.section, after.label) == ("introduction", None)
    assert after.mentions == {("fig", "2"), ("fig", "3"), ("fig", "S4-1")}
    assert sections.around(text.index("[1] x")).section == "references"


def test_supporting_information_in_short_lines() -> None:
    text = " Figure S1. Spectra of\n\nthe first kind.\n\nMore of them.\n\n Note S2. On the\n\nsecond kind.\n"
    sections = Sections(text)
    assert sections.around(text.index("More")).label == ("fig", "S1")
    assert sections.around(text.index("second")).label == ("not", "S2")


def test_a_locator_chooses_among_places() -> None:
    text = paragraphs(
        "Results",
        f"It grew, as Figure 2 shows. {LONG}",
        f"Figure 2. It grew. {LONG}",
        f"It grew otherwise. {LONG}",
        "Conclusion",
        f"It grew. {LONG}",
    )
    places = [n for n in range(len(text)) if text.startswith("It grew", n)]
    sections = Sections(text)
    assert sections.choose("Fig. 2 caption", places) == 1
    assert sections.choose("Conclusion", places) == 3
    assert sections.choose("Results, Fig. 2", places) == 0
    assert sections.choose("Results", places) is None
    assert sections.choose("p. 12", places) is None
    assert sections.choose("p. 12; Conclusion", places) == 3


def test_what_a_paragraph_names_last_before_a_place_is_known() -> None:
    text = "Nothing.\n\nAs in Figures 1a and 2, and then Figure S3-1, it went. Then Fig. 4.\n"
    sections = Sections(text)
    assert sections.around(text.index("it went")).before == {("fig", "S3-1")}
    assert sections.around(text.index("and then")).before == {("fig", "1"), ("fig", "2")}
    assert sections.around(text.index("As in")).before == frozenset()


def test_captions_are_known_by_their_places() -> None:
    text = "See Figure 2.\n\nFigure 2. It went.\n\nNote S1: more.\n"
    assert Sections(text).captions == [text.index("Figure 2. It"), text.index("Note S1")]
    assert labels_in("Figure 1, Table 2 and Fig. S2-1a") == {("fig", "1"), ("tab", "2"), ("fig", "S2-1")}


LIST = "".join(
    f"[{n}] A. Author, The {n}th thing that was found\nand written, J. Chem. {2000 + n}, {n}, {n}.\n" for n in range(1, 6)
)


@pytest.mark.parametrize(
    "printed",
    [
        LIST,
        LIST.replace("[", "- [").replace("]", "]"),
        LIST.replace("[", "").replace("]", "."),
        LIST.replace("[", "(").replace("]", ")"),
        LIST.replace("\n", "\n\n"),
    ],
    ids=["brackets", "dashes", "numbers", "round", "spaced"],
)
def test_a_list_of_references_is_known_without_a_heading(printed: str) -> None:
    text = f"Results\n\nIt grew [1].\n\n{printed}\n\nScheme S2. It went on.\n\nMore was seen.\n"
    sections = Sections(text)
    assert sections.around(text.index("It grew")).section == "results"
    assert {sections.around(text.index(f"{n}th")).section for n in range(1, 6)} == {"references"}
    assert sections.around(text.index("More was")).section == "results"


@pytest.mark.parametrize(
    "text",
    [
        "1 First, heat it.\n2 Then cool it.\n3 Then wait.\n4 Then look.\n5 Then go.\n",  # no years
        "[1] It was found in 2001.\n\n[2] And in 2002.\n",  # two are no list
        "1a 2001 x\n7 2002 y\n3 2003 z\n9 2004 w\n2 2005 v\n",  # not counted on
    ],
)
def test_other_numbered_lines_are_no_references(text: str) -> None:
    assert {Sections(text).around(at).section for at in range(0, len(text), 5)} == {None}


def test_after_several_lists_of_references_the_text_goes_on() -> None:
    text = f"It grew.\n\n{LIST}\nScheme 1. It went.\n\n{LIST}\nScheme 2. It stayed.\n\nThe end.\n"
    sections = Sections(text)
    assert sections.around(text.index("It went")).section is None
    assert sections.around(text.index("The end")).section is None


def test_a_heading_may_have_a_mark() -> None:
    text = f"It grew.\n\n■ REFERENCES\n\n(1) Author, A. J. Chem. 2001, 1.\n{LONG}"
    assert Sections(text).around(text.index("Author")).section == "references"
