"""Drawings of proofs: what is in them, that every text survives, and that they can stand in any page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from math import dist
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.errors import DrawingError, MissingExtraError
from mechkg.model.verdict import ProofNode, Source
from mechkg.reasoning.boxes import boxes_of, printable
from mechkg.reasoning.check import explain
from mechkg.reasoning.drawing import LOOKS, LOOPS, as_dot, as_svg
from mechkg.reasoning.problem import Problem
from tests.reasoning.conftest import observed

SVG = "{http://www.w3.org/2000/svg}"
AWKWARD = r"""a < b & c > d "quoted" 'so' \N \l \G \\ &amp; &#38; <b>bold</b> ]]> <!-- --> % {x|y} Δt ≥ 5 µm – “ß” 水 \ """

QUOTED = Source("o", "a paper", "Figure 1", ("words & more",))
LOOP = ProofNode("no b", "absent", premises=(ProofNode("no a", "absent"), ProofNode("it is so", "assumed", sources=(QUOTED,))))
EVERY = ProofNode(
    "top",
    "derived",
    rule="some-rule",
    soundness="sound",
    citation="a textbook",
    premises=(
        ProofNode("no a", "absent", premises=(LOOP, ProofNode("a step", "chosen"))),
        ProofNode("it was seen", "stated", sources=(QUOTED,)),
    ),
)


@pytest.fixture
def proof(problem: Callable[..., Problem]) -> ProofNode:
    """A real proof from the small case."""
    [found] = explain(problem(observed("o", "absent", "b", "p/promoter", 3600)), "yes").proofs
    return found


def part(svg: Element, name: str) -> Element:
    [found] = [group for group in svg if group.get("class") == name]
    return found


def groups(svg: Element) -> list[Element]:
    return list(part(svg, "lines"))


def words(group: Element) -> str:
    return " ".join(text.text or "" for text in group.iter(f"{SVG}text"))


def place(group: Element) -> tuple[float, float]:
    found = re.fullmatch(r"translate\((\S+) (\S+)\)", group.get("transform", ""))
    assert found is not None
    return float(found[1]), float(found[2])


def frames(svg: Element, node: ProofNode, *, full: bool) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each box."""
    for group, box in zip(groups(svg), boxes_of(node, full), strict=True):
        (x, y), (width, height) = place(group), box.size
        yield x, y, x + width, y + height


# --- structure --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("full", [True, False])
def test_each_line_is_drawn_once(proof: ProofNode, full: bool) -> None:
    boxes = boxes_of(proof, full)
    drawn = [words(group) for group in groups(fromstring(as_svg(proof, full=full)))]
    assert len(drawn) == len(boxes) > 3
    for box in boxes:
        wanted = printable(box.node.sentence)
        assert sum(f"{box.number} · {box.node.standing}" in said and wanted in said for said in drawn) == 1


@pytest.mark.parametrize("full", [True, False])
def test_edges_lead_from_conclusion_to_premises(proof: ProofNode, full: bool) -> None:
    edges = re.findall(r"^\tline(\d+) -> line(\d+)$", as_dot(proof, full=full), flags=re.MULTILINE)
    boxes = boxes_of(proof, full)
    assert [(int(one), int(other)) for one, other in edges] == [(box.number, other) for box in boxes for other in box.rests_on]
    assert len(edges) >= len(boxes) - 1
    svg = fromstring(as_svg(proof, full=full))
    assert len(part(svg, "arrows").findall(f"{SVG}path")) == len(edges)


@pytest.mark.parametrize("full", [True, False])
def test_the_conclusion_is_on_top_premises_are_beneath_and_nothing_overlaps(proof: ProofNode, full: bool) -> None:
    svg = fromstring(as_svg(proof, full=full))
    found = list(frames(svg, proof, full=full))
    width, height = float(svg.get("width", "")), float(svg.get("height", ""))
    for number, (left, top, right, bottom) in enumerate(found):
        assert min(left, top) >= 0 and right + 2 * place(part(svg, "lines"))[0] <= width + 1 and bottom <= height
        for other in found[number + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
    for box in boxes_of(proof, full):
        for other_number in box.rests_on:
            assert found[box.number - 1][3] < found[other_number - 1][1]


def test_standings_differ_in_outline_border_and_colour() -> None:
    outlines = {}
    for group in groups(fromstring(as_svg(EVERY))):
        first = group[1]
        kind = "".join(c for c in first.get("d", "rect") if c.isalpha())
        outlines[group.get("class")] = (kind, first.get("stroke-dasharray"), first.get("fill"), first.get("stroke"))
    assert set(outlines) == set(LOOKS)
    assert len({kind for kind, *_ in outlines.values()}) == len(LOOKS)
    assert outlines["assumed"][1] != outlines["absent"][1] is not None
    assert len({fill for _, _, fill, _ in outlines.values()}) == len({ink for *_, ink in outlines.values()}) == len(LOOKS)


def test_words_stand_out_from_what_is_behind_them() -> None:
    def light(colour: str) -> float:
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for look in LOOKS.values():
        assert (light(look.fill) + 0.05) / (light(look.ink) + 0.05) >= 4.5  # WCAG 2.1, level AA


def test_the_legend_says_what_each_standing_and_arrow_means() -> None:
    legend = words(part(fromstring(as_svg(EVERY)), "legend"))
    dot = as_dot(EVERY)
    for standing, look in LOOKS.items():
        assert f"{standing}: {look.means}" in legend
        assert f"legend_{standing} " in dot and look.means in dot
    assert LOOPS in legend and LOOPS in dot


def test_what_needs_each_other_is_joined_by_a_dashed_arrow_that_the_legend_explains() -> None:
    svg = fromstring(as_svg(EVERY))
    dashed = [path for path in part(svg, "arrows").iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == 1
    assert re.findall(r"line\d+ -> line\d+ \[.*style=dashed\]", as_dot(EVERY)) != []
    plain = fromstring(as_svg(ProofNode("top", "derived")))
    assert LOOPS not in words(part(plain, "legend"))


def test_an_arrow_points_to_what_rests_on_where_it_comes_from() -> None:
    svg = fromstring(as_svg(ProofNode("top", "derived", premises=(ProofNode("beneath", "assumed"),))))
    [[tip, *others]] = heads(svg)
    assert all(tip[1] < y for _, y in others)


def test_an_arrowhead_sits_at_an_end_of_its_arrow() -> None:
    svg = fromstring(as_svg(EVERY))
    found = heads(svg)
    assert len(found) == 6
    assert all(dist(tip, other) < 12 for tip, *others in found for other in others)


def heads(svg: Element) -> list[list[tuple[float, ...]]]:
    """Corners of the arrowheads, the tip first."""
    polygons = part(svg, "arrows").iter(f"{SVG}polygon")
    return [[tuple(map(float, point.split(","))) for point in polygon.get("points", "").split()] for polygon in polygons]


def test_quotes_are_in_italics_and_tooltips_tell_rule_soundness_and_citation() -> None:
    svg = fromstring(as_svg(EVERY))
    top = groups(svg)[0].findtext(f"{SVG}title") or ""
    assert top.splitlines() == ["Line 1, derived: top", "Rule: some-rule (sound)", "After: a textbook", "Rests on: 2, 6"]
    italic = [text.text for text in svg.iter(f"{SVG}text") if text.get("font-style") == "italic"]
    assert italic == ['"words & more"'] * 2
    assert "<i>&quot;words &amp; more&quot;</i>" in as_dot(EVERY)


def test_a_drawing_has_a_title_and_a_description() -> None:
    svg = fromstring(as_svg(EVERY))
    title, description = svg[0], svg[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert (
        svg.get("role") and svg.get("aria-labelledby") == title.get("id") and svg.get("aria-describedby") == description.get("id")
    )
    assert title.text == "Proof: top"
    assert (
        description.text is not None
        and "6 numbered lines (1 derived, 1 stated, 1 assumed, 1 chosen, 2 absent)" in description.text
    )


def test_two_drawings_share_no_id() -> None:
    one, other = (set(re.findall(r' id="([^"]+)"', as_svg(ProofNode(name, "derived")))) for name in ("one", "other"))
    assert one and other and not one & other


# --- text -------------------------------------------------------------------------------------------------------------


# What some language on the way to the page could read as its own.
PIECES = [
    *("\\N", "\\G", "\\l", "\\\\", "\\", "&amp;", "&#38;", "&", "<", ">", "<b>", "</i>", "<br/>"),
    *("]]>", "]", "[", "-->", '"', "'", "|", "{", " ", "é"),
]
TEXTS = st.one_of(st.text(max_size=100), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def without_spaces(text: str) -> str:
    return re.sub(r"[ \u00a0]", "", printable(text))


def expected(sentence: str, quote: str, document: str, rule: str) -> str:
    by = f" by {rule} (sound)" if rule else ""
    return without_spaces(f'1 · stated{by}{sentence}"{quote}"({document})')


def one_line(sentence: str, quote: str, document: str, rule: str) -> ProofNode:
    source = Source("o", document, None, (quote,))
    return ProofNode(sentence, "stated", rule=rule, soundness="sound", citation=rule, sources=(source,))


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_any_text_survives_in_well_formed_svg(sentence: str, quote: str, document: str, rule: str) -> None:
    [group] = groups(fromstring(as_svg(one_line(sentence, quote, document, rule))))
    assert without_spaces(words(group)) == expected(sentence, quote, document, rule)
    told = group.findtext(f"{SVG}title") or ""
    assert all(printable(text) in told for text in (sentence, quote, document, rule))


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_graphviz_reads_any_text_as_text(sentence: str, quote: str, document: str, rule: str) -> None:
    svg = fromstring(rendered(as_dot(one_line(sentence, quote, document, rule))))
    [group] = [group for group in svg.iter(f"{SVG}g") if group.findtext(f"{SVG}title") == "line1"]
    assert without_spaces(words(group)) == expected(sentence, quote, document, rule)


def rendered(dot: str) -> str:
    return subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, encoding="utf-8", check=True).stdout


def test_awkward_text_survives_in_boxes_and_tooltips() -> None:
    svg = fromstring(as_svg(ProofNode(AWKWARD, "derived")))
    assert words(groups(svg)[0]).endswith(AWKWARD.strip())
    assert svg[0].text == f"Proof: {AWKWARD.strip()}"
    drawn = rendered(as_dot(ProofNode(AWKWARD, "derived")))
    [tooltip] = [value for link in fromstring(drawn).iter(f"{SVG}a") for key, value in link.items() if key.endswith("title")]
    assert AWKWARD.strip() in tooltip


def test_characters_that_no_document_can_hold_are_marked() -> None:
    svg = as_svg(ProofNode("a\x00b\x0bc\ud800d\uffffe", "derived"))
    assert "a\ufffdb\ufffdc\ufffdd\ufffde" in words(groups(fromstring(svg))[0])
    svg.encode("utf-8")


# --- the same, anywhere -----------------------------------------------------------------------------------------------


def test_the_same_proof_gives_the_same_text(proof: ProofNode) -> None:
    assert as_svg(proof) == as_svg(proof)
    assert as_dot(proof) == as_dot(proof)
    assert as_svg(proof) != as_svg(proof, full=True)


def test_the_text_does_not_depend_on_the_process() -> None:
    code = (
        "from mechkg.reasoning.drawing import as_dot, as_svg\nfrom tests.reasoning.test_drawing import EVERY\n"
        "import sys; sys.stdout.reconfigure(encoding='utf-8')\nprint(as_dot(EVERY)); print(as_svg(EVERY), end='')"
    )
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        root = Path(__file__).parents[2]
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, encoding="utf-8", check=True
        )
        assert done.stdout == f"{as_dot(EVERY)}\n{as_svg(EVERY)}"


@pytest.mark.parametrize("full", [True, False])
def test_a_page_under_a_strict_policy_can_hold_it(proof: ProofNode, full: bool) -> None:
    svg = as_svg(proof, full=full)
    names = {attribute for element in fromstring(svg).iter() for attribute in element.attrib}
    assert not [name for name in names if "href" in name or name.startswith("on") or name in ("style", "src")]
    tags = {element.tag.removeprefix(SVG) for element in fromstring(svg).iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "rect", "line", "polygon", "text"}
    assert re.findall(r"\w+://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in svg and "<!" not in svg and "<?" not in svg


# --- what is missing --------------------------------------------------------------------------------------------------


def test_without_dot_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtraError) as raised:
        as_svg(EVERY)
    assert raised.value.code == "mechkg.missing_extra"
    assert "dot" in raised.value.message and "apt-get install graphviz" in str(raised.value.hint)
    assert as_dot(EVERY).startswith("// A proof")


def test_without_the_package_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    for draw in (as_dot, as_svg):
        with pytest.raises(MissingExtraError, match=re.escape("pip install 'mechkg[drawing]'")):
            draw(EVERY)


def test_when_dot_fails_its_reason_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho no plugins here >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DrawingError, match="no plugins here"):
        as_svg(EVERY)
