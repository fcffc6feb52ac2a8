"""What can be done from the page about a thing: links to where it is changed, disputed, decided, compared with what it said."""

from __future__ import annotations

from mechkg.service.assertion_sheet import AssertionSheet
from mechkg.service.identifiers import Identifier
from mechkg.service.item_history import brought_by
from mechkg.service.sheet import Sheet
from mechkg.web.change_set_page import path_of_set
from mechkg.web.disagreements_page import path_of_disagreement
from mechkg.web.dispute_page import path_of_dispute
from mechkg.web.history_page import path_of_history

Tool = tuple[str, str]
"""What can be done, in words, and the path where."""


def tools_of(named: Identifier, sheet: Sheet | None = None) -> tuple[Tool, ...]:
    """Return what can be done about what an IRI names.

    >>> tools_of(Identifier("disagreement", "a-b"))
    (('Compare and decide', '/conflicts/a-b'),)
    """
    if named.kind == "item":
        return (
            ("Change it", f"/curate/edit/{named.name}"),
            ("Dispute this", path_of_dispute(named.name)),
            ("History", path_of_history(named.name)),
        )
    if named.kind == "assertion" and isinstance(sheet, AssertionSheet):
        this = next(each for each in sheet.versions if each.number == sheet.number)
        brought = brought_by(this)
        tools = [("The change set that brought it", path_of_set(brought))] if brought is not None else []
        if this.status == "accepted":
            tools.append(("Dispute this", path_of_dispute(sheet.item)))
        return (*tools, ("History", path_of_history(sheet.item)))
    if named.kind == "set":
        return (("Review it", path_of_set(named.name)),)
    if named.kind == "disagreement":
        return (("Compare and decide", path_of_disagreement(named.name)),)
    if named.kind == "verdict":
        return (("Dispute this verdict", path_of_dispute(named.name)),)
    return ()
