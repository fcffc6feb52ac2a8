"""In what SPARQL servers differ from the standard, and from each other: all of it is here, and nowhere else.

What was found was found by asking: Oxigraph 0.5 (``oxigraph serve``) and Virtuoso 7.2.5 (Debian 12). Tests hold both to it.

Virtuoso, as found:

- Truth values come back as ``"1"``, numbers of type double as ``"10.0"``, seconds as ``31.517410``: the same values, and written
  here as the embedded store writes them. But a double comes back with six digits, however many it keeps and compares by. Whole
  numbers beyond 64 bits are refused.
- Some queries it answers wrongly without a word (a sub-select that sorts below one that groups, in an OPTIONAL, finds nothing),
  others not at all (an internal error of its compiler). So what mechkg asks for itself is asked of a graph in memory that is
  derived from the same ledger; the server holds the graph for others to ask.
- A request of several updates is not one transaction: what came before a failure stays. So nothing may be believed of a graph
  while its stamp is missing, which is taken away first and written last.
- ``CREATE GRAPH`` takes locks that the updates after it in one request can wait for without end (40001, or nothing for
  minutes). So the exchange of revisions is a request of its own, and what is said to be deadlocked is tried again.
- ``INSERT DATA`` refuses blank nodes, which an ``INSERT`` with an empty ``WHERE`` takes.
- ``DROP GRAPH`` drops only what ``CREATE GRAPH`` created, even where it is silent; ``CLEAR GRAPH`` empties any.
- ASK is answered as a table, one row for yes.
- All graphs together hold graphs of its own beside ours.
- An answer is cut at ``ResultSetMaxRows`` of its settings, and a header says so: such an answer is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from mechkg.graph.namespaces import XSD
from mechkg.graph.terms import literal


@dataclass(frozen=True, slots=True)
class Quirks:
    """How one kind of server is spoken to.

    ``query`` and ``update``: paths below its address. ``together``: parameters that make it take all graphs together where a
    query names none. ``atomic``: a request is done as a whole, or not at all. ``at_once``: quads in one request, where their
    number is free. ``blank_node``: what its names of blank nodes begin with. ``again``: what a failure says of which trying again
    helps. ``relied_on``: its answers are those that the standard asks for. ``restore``: from text and datatype of a literal as it
    came back to the text that mechkg wrote. ``cut``: from the headers of an answer to the number of rows that it was cut at.
    """

    query: str
    update: str
    sign_in: Literal["basic", "digest"] = "basic"
    together: Mapping[str, str] = field(default_factory=dict)
    atomic: bool = False
    at_once: int = 1000
    blank_node: str = "_:"
    blank_nodes_in_data: bool = True
    again: str | None = None
    remove_graph: str = "DROP SILENT GRAPH"
    relied_on: bool = True
    restore: Callable[[str, str], str] = lambda text, datatype: text
    cut: Callable[[Mapping[str, str]], str | None] = lambda headers: None
    hint: str | None = None

    def truth(self, answer: Mapping[str, Any]) -> bool:
        """Return the answer to an ASK, from its JSON: as the standard has it, or as a table."""
        if "boolean" in answer:
            return bool(answer["boolean"])
        rows = answer["results"]["bindings"]
        return any(cell["value"] not in ("0", "false") for row in rows for cell in row.values())


def _restored(text: str, datatype: str) -> str:
    """Return the text of a literal as mechkg writes its value.

    >>> _restored("1", XSD + "boolean"), _restored("10.0", XSD + "double")
    ('true', '10')
    >>> _restored("2026-05-04T12:30:31.517410Z", XSD + "dateTime")
    '2026-05-04T12:30:31.51741Z'
    """
    if datatype == XSD + "boolean":
        return "true" if text in ("1", "true") else "false"
    if datatype == XSD + "double":
        return literal(float(text)).split('"')[1]
    if datatype == XSD + "dateTime":
        return _FRACTION.sub(r"\1", text).replace("+00:00", "Z")
    return text


_FRACTION: Final = re.compile(r"(?:(\.\d*[1-9])0+|\.0+)(?=[Z+-]|$)")


KINDS: Final[Mapping[str, Quirks]] = {
    # any server that keeps to SPARQL 1.1 and takes all graphs together as its default graph
    "sparql": Quirks(query="", update="", hint="let the default graph of the server be the union of all its graphs"),
    "oxigraph": Quirks(
        query="/query", update="/update", together={"union-default-graph": ""}, atomic=True, at_once=20_000,
    ),
    "virtuoso": Quirks(
        query="/sparql",
        update="/sparql-auth",
        sign_in="digest",
        blank_node="nodeID://",
        blank_nodes_in_data=False,
        again="40001",
        relied_on=False,
        remove_graph="CLEAR SILENT GRAPH",
        restore=_restored,
        cut=lambda headers: headers.get("X-SPARQL-MaxRows"),
        hint="set ResultSetMaxRows to 0 in the section [SPARQL] of virtuoso.ini",
    ),
}  # fmt: skip
"""By the word before the ``+`` of an address."""
