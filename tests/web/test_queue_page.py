"""The queue as a page: everything that is asked for is in its addresses."""

from __future__ import annotations

from mechkg.service.queue import Queued
from mechkg.service.review_queue import Ask, Option, ReviewQueue, Row
from mechkg.web.frame import Frame
from mechkg.web.queue_page import QueuePage, queue_page
from tests.web.curating import change_set

OPTIONS = {
    "status": (Option("waiting", "waiting for somebody", 1), Option("accepted", "accepted", 0)),
    "kind": (Option("remark", "remark", 1), Option("claim", "claim", 2)),
    "paper": (), "author": (), "assignee": (), "machine": (), "stale": (), "whose": (),
}  # fmt: skip
ROW = Row(Queued(change_set(machine={"by": "reader"}), ("r-1",)), (("remark", 1),), (("paper", "A & B 2020"),), True)


def page(ask: Ask, *rows: Row, **more: object) -> QueuePage:
    found = ReviewQueue(rows, len(rows), 3, dict(OPTIONS), "7", (), (), {"cleo": "Cleo"})
    return QueuePage(found, ask, **more)  # type: ignore[arg-type]


def test_a_filter_adds_to_what_is_asked_and_takes_itself_back() -> None:
    asked = page(Ask(kind="remark", text="a b", after="5"))
    remark, claim = OPTIONS["kind"]
    assert asked.toggled("kind", claim) == "/curate?kind=claim&q=a+b"
    assert asked.toggled("kind", remark) == "/curate?q=a+b"
    assert asked.next == "/curate?kind=remark&q=a+b&after=7" and asked.begin == "/curate?kind=remark&q=a+b"
    assert asked.chosen == [("“a b”", "/curate?kind=remark"), ("Kind of item: remark", "/curate?q=a+b")]
    assert page(Ask()).here == "/curate"


def test_only_who_may_assign_is_offered_to() -> None:
    guest = queue_page(page(Ask(), ROW), Frame("curate"))
    assert "A &lt;title&gt;" in guest and "checkbox" not in guest and '<select id="to"' not in guest
    assert "A &amp; B 2020" in guest and "by Cleo with a program" in guest and 'class="status stale"' in guest
    taker = queue_page(page(Ask(), ROW, takes=True), Frame("curate", person="dan"))
    assert 'name="set" value="set-7"' in taker and taker.count('<option value="dan">me</option>') == 1
