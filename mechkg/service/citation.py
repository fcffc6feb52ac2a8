"""How a paper is cited: as BibTeX, from what was read of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_FIELDS: Final = ("title", "journal", "year", "volume", "pages", "doi")
_SPECIAL: Final = re.compile(r"([{}%&#$_~^\\])")


def bibtex(name: str, body: Mapping[str, Any]) -> str:
    r"""Return a document or reference, as it stands in the ledger, as a BibTeX entry under a local name.

    >>> print(bibtex("doe2020", {"authors": ["J. Doe", "A. Roe"], "title": "On 50% yields", "year": 2020}))
    @article{doe2020,
      author = {J. Doe and A. Roe},
      title = {{On 50\% yields}},
      year = {2020},
    }
    """
    lines = [f"@{'article' if body.get('journal') or body.get('authors') else 'misc'}{{{name},"]
    if body.get("authors"):
        lines.append(f"  author = {{{' and '.join(_escaped(author) for author in body['authors'])}}},")
    for field in _FIELDS:
        value = body.get(field)
        if value is not None:
            text = str(value) if field == "doi" else _escaped(str(value)).replace("–", "--")
            # doubled, so that formulas keep their capitals
            lines.append(f"  {field} = {{{{{text}}}}}," if field == "title" else f"  {field} = {{{text}}},")
    return "\n".join([*lines, "}"])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: r"\textbackslash{}" if match[0] == "\\" else f"\\{match[0]}", text)
