"""Links between the pages about a space."""

from __future__ import annotations

from mechkg.service.workbench import Setting
from mechkg.web.space_links import SpaceLinks

LINKS = SpaceLinks("a space", Setting(("x",), ("y",), ("s",)), items={"x", "z&"}, candidates={"one"})


def test_premises_go_along() -> None:
    assert LINKS.at("matrix", sort="name") == "/spaces/a%20space/matrix?without=x&ignoring=y&step=s&sort=name"
    assert LINKS.proof("one", "z&") == "/spaces/a%20space/candidates/one?without=x&ignoring=y&observation=z%26"
    assert LINKS.proof("ad-hoc") == "/spaces/a%20space/candidates/ad-hoc?without=x&ignoring=y&step=s"
    assert LINKS.premises == "&without=x&ignoring=y"


def test_premises_come_and_go() -> None:
    assert LINKS.withdrawn("w") == "/spaces/a%20space?without=x&without=w&ignoring=y&step=s"
    assert LINKS.held("x") == "/spaces/a%20space?ignoring=y&step=s"
    assert LINKS.counted("y") == "/spaces/a%20space?without=x&step=s"
    assert LINKS.plain() == "/spaces/a%20space?step=s"
    assert SpaceLinks("s", as_of="v1").plain() == "/spaces/s?asOf=v1"


def test_names_in_brackets_are_links_and_nothing_else_is() -> None:
    found = LINKS.linked("A <b> [one] and it is so [x; silent], not [unknown] [z&].")
    assert found == (
        'A &lt;b&gt; <a class="name" href="/spaces/a%20space/candidates/one?without=x&amp;ignoring=y">one</a> and it is so '
        '<a class="name" href="/id/x">x</a> <span class="backing silent">silent</span>, not [unknown] '
        '<a class="name" href="/id/z%26">z&amp;</a>.'
    )
