"""TriX: what it holds is read, and what could do harm is refused."""

from __future__ import annotations

import pytest

from mechkg.errors import GraphError
from mechkg.graph.trix import read_trix

NAMESPACE = "xmlns='http://www.w3.org/2004/03/trix/trix-1/'"


def trix(inside: str) -> bytes:
    return f"<TriX {NAMESPACE}>{inside}</TriX>".encode()


def test_terms_and_graphs() -> None:
    graph = (
        "<graph><uri>urn:g</uri><triple><id>b</id><uri>urn:p</uri><plainLiteral xml:lang='en'>a \"b\"</plainLiteral></triple>"
        "<triple><uri>urn:s</uri><uri>urn:p</uri><typedLiteral datatype='urn:t'>1</typedLiteral></triple></graph>"
        "<graph><triple><uri>urn:s</uri><uri>urn:p</uri><plainLiteral/></triple></graph>"
    )
    assert list(read_trix(trix(graph))) == [
        ("_:b", "<urn:p>", '"a \\"b\\""@en', "<urn:g>"),
        ("<urn:s>", "<urn:p>", '"1"^^<urn:t>', "<urn:g>"),
        ("<urn:s>", "<urn:p>", '""', ""),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<TriX", "cannot be read"),
        (b"<other/>", "expected the element TriX, found other"),
        (trix("<graph><triple><uri>urn:s</uri></triple></graph>"), "a triple of graph 1 has 1 parts"),
        (trix("<graph><triple><b/><b/><b/></triple></graph>"), "found the element b"),
        (b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + trix(""), "declares entities"),
    ],
)
def test_what_is_no_trix_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(GraphError, match=why):
        list(read_trix(content))
