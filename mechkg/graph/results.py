"""Results of SELECT and ASK in the four standard forms.

- JSON: https://www.w3.org/TR/sparql11-results-json/
- XML: https://www.w3.org/TR/rdf-sparql-XMLres/
- CSV and TSV: https://www.w3.org/TR/sparql11-results-csv-tsv/

A result that was cut says so where the form has a place for it: JSON and XML link to a page that tells of limits in their head.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal
from xml.sax.saxutils import escape, quoteattr

import orjson

from mechkg.graph.namespaces import XSD
from mechkg.graph.store import Value
from mechkg.graph.terms import Term, literal_parts

TableForm = Literal["json", "xml", "csv", "tsv"]
"""A form of the results of a SELECT; JSON and XML are forms of the results of an ASK too."""

Row = Sequence[Value]

_NAMESPACE: Final = "http://www.w3.org/2005/sparql-results#"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BARE_IN_TSV: Final = {
    XSD + "integer": re.compile(r"[+-]?\d+"),
    XSD + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    XSD + "double": re.compile(r"[+-]?(?:\d+\.\d*|\.\d+|\d+)[eE][+-]?\d+"),
}


def table(form: TableForm, variables: Sequence[str], rows: Iterable[Row], more: Sequence[str] = ()) -> bytes:
    """Return the results of a SELECT; ``more`` are addresses that tell more of them (of limits that cut them)."""
    if form == "json":
        head: dict[str, Any] = {"vars": list(variables)}
        if more:
            head["link"] = list(more)
        bindings = [{name: _json(value) for name, value in zip(variables, row, strict=True) if value is not None} for row in rows]
        return orjson.dumps({"head": head, "results": {"bindings": bindings}})
    if form == "xml":
        return _xml(variables, rows, more)
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out)  # RFC 4180: lines end in CR LF
        writer.writerow(variables)
        writer.writerows([_plain(value) for value in row] for row in rows)
        return out.getvalue().encode()
    lines = ["\t".join(f"?{name}" for name in variables)]
    lines += ["\t".join(_tsv(value) for value in row) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def truth(form: TableForm, answer: bool) -> bytes:
    """Return the result of an ASK; there is no standard form of it in CSV and TSV."""
    if form == "json":
        return orjson.dumps({"head": {}, "boolean": answer})
    if form == "xml":
        return f"{_XML_START}<head></head><boolean>{'true' if answer else 'false'}</boolean></sparql>\n".encode()
    raise ValueError(form)


# --- terms ------------------------------------------------------------------------------------------------------------


def _kind(term: Term) -> tuple[str, str, str | None, str | None]:
    """Return type, text, datatype and language of a term."""
    if term.startswith("<"):
        return "uri", term[1:-1], None, None
    if term.startswith("_:"):
        return "bnode", term[2:], None, None
    text, datatype, language = literal_parts(term)
    return "literal", text, datatype, language


def _json(value: Value) -> dict[str, Any]:
    assert value is not None
    if isinstance(value, tuple):
        subject, predicate, object_ = map(_json, value)
        return {"type": "triple", "value": {"subject": subject, "predicate": predicate, "object": object_}}
    kind, text, datatype, language = _kind(value)
    found: dict[str, Any] = {"type": kind, "value": text}
    if language is not None:
        found["xml:lang"] = language
    elif datatype is not None:
        found["datatype"] = datatype
    return found


_XML_START: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_NAMESPACE}">'


def _xml(variables: Sequence[str], rows: Iterable[Row], more: Sequence[str]) -> bytes:
    parts = [_XML_START, "<head>"]
    parts += [f"<variable name={quoteattr(name)}/>" for name in variables]
    parts += [f"<link href={quoteattr(address)}/>" for address in more]
    parts.append("</head><results>\n")
    for row in rows:
        parts.append("<result>")
        for name, value in zip(variables, row, strict=True):
            if value is not None:
                parts.append(f"<binding name={quoteattr(name)}>{_xml_term(value)}</binding>")
        parts.append("</result>\n")
    parts.append("</results></sparql>\n")
    return "".join(parts).encode()


def _xml_term(value: Value) -> str:
    assert value is not None
    if isinstance(value, tuple):
        names = ("subject", "predicate", "object")
        inner = "".join(f"<{name}>{_xml_term(each)}</{name}>" for name, each in zip(names, value, strict=True))
        return f"<triple>{inner}</triple>"
    kind, text, datatype, language = _kind(value)
    shown = escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})
    if language is not None:
        return f"<literal xml:lang={quoteattr(language)}>{shown}</literal>"
    if datatype is not None:
        return f"<literal datatype={quoteattr(datatype)}>{shown}</literal>"
    return f"<{kind}>{shown}</{kind}>"


def _plain(value: Value) -> str:
    """Return a term as CSV has it: without what kind of term it is."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return _turtle(value)
    return value if value.startswith("_:") else _kind(value)[1]


def _tsv(value: Value) -> str:
    """Return a term as TSV has it: in Turtle, numbers bare."""
    if value is None:
        return ""
    if not isinstance(value, tuple) and value.startswith('"'):
        text, datatype, _ = literal_parts(value)
        bare = _BARE_IN_TSV.get(datatype or "")
        if bare is not None and bare.fullmatch(text):
            return text
    return _turtle(value)


def _turtle(value: Value) -> str:
    assert value is not None
    if isinstance(value, tuple):
        return f"<<( {' '.join(map(_turtle, value))} )>>"
    return value.replace("\t", "\\t")
