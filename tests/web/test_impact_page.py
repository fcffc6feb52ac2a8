"""What a change set would change, and what it changed, as a page."""

from __future__ import annotations

from mechkg.model.finding import Finding
from mechkg.service.impact_sheet import ImpactSheet, Reason, Verdict
from mechkg.web.impact_page import ImpactPage, impact_page
from tests.web.curating import change_set, disagreement

FLIP = Verdict(
    "space-1", "A space", "cand", "A candidate", "ruled out", None, (),
    (Reason("it is not seen", (("o-1", "seen at 415 nm"),), 2),), ("s-1",),
)  # fmt: skip


def sheet(**more: object) -> ImpactSheet:
    values = {
        "version": 5, "acceptable": True, "findings": (), "spaces": 1, "flips": (), "stays": (), "standings": (),
        "conclusions": (), "appear": (), "vanish": (), "signatures": (),
    }  # fmt: skip
    return ImpactSheet(**{**values, **more})  # type: ignore[arg-type]


def test_what_would_change_and_what_changed() -> None:
    told = impact_page(ImpactPage(change_set(), sheet(flips=(FLIP,), appear=(disagreement(),))))
    assert "Verdicts that would flip" in told and "and 2 more" in told and 'href="/spaces/space-1/cand"' in told
    assert "not there" in told and "s-1 would not count any more" in told and "(CdSe)<sub>13</sub> against" in told
    past = impact_page(ImpactPage(change_set(status="accepted"), sheet(flips=(FLIP,))))
    assert "Verdicts that flipped" in past and "would" not in past.partition("<main")[2].partition("</main>")[0]


def test_nothing_and_errors_are_told() -> None:
    assert "No verdict, conclusion, disagreement or signature would change." in impact_page(ImpactPage(change_set(), sheet()))
    wrong = sheet(acceptable=False, findings=(Finding("error", "x", "there is no <item>", hint="did you mean 'y'?"),))
    told = impact_page(ImpactPage(change_set(), wrong))
    assert (
        "there is no &lt;item&gt;" in told and "did you mean &#39;y&#39;?" in told and "It cannot be accepted as it is." in told
    )
