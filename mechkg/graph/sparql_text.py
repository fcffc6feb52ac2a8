"""What can be told of a SPARQL query from its text, before anything answers it.

Grammar: SPARQL 1.1 Query Language, https://www.w3.org/TR/sparql11-query/#grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<comment> \#[^\n\r]*)
      | (?P<iri> <[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<text> \"\"\" (?:[^"\\]|\\.|\"(?!\"\"))* \"\"\" | ''' (?:[^'\\]|\\.|'(?!''))* '''
                 | " (?:[^"\\\n\r]|\\.)* " | ' (?:[^'\\\n\r]|\\.)* ')
      | (?P<variable> [?$]\w+)
      | (?P<name> [\w.-]*:[^\s{}()<>;,"']*)
      | (?P<word> [A-Za-z_]+)
      | (?P<other> .)""",
    re.VERBOSE | re.DOTALL,
)
# Wherever SERVICE may begin a pattern, whatever may be read as a comment, an IRI or a text around it: the word, the name of a
# service, and an opening brace, with white space and comments between, even behind a number (the engine asks for no space there).
# Too much is found rather than too little.
_BETWEEN: Final = r"(?:\s|\#[^\n\r]*[\n\r])*"
_SERVICE: Final = re.compile(
    rf"(?<![?$])SERVICE{_BETWEEN}(?:SILENT{_BETWEEN})?(?:<[^<>]*>|[?$]\w+|[^\s<>{{}}\"'?$]*:[^\s<>{{}}]*){_BETWEEN}\{{",
    re.IGNORECASE,
)
_UPDATES: Final = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
)  # fmt: skip
_QUERIES: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})


def keywords(query: str) -> Iterator[str]:
    """Yield the bare words of a query in upper case, in order: not those in texts, IRIs, names, variables and comments.

    >>> list(keywords('PREFIX from: <http://from/> SELECT ?from FROM from:x # FROM'))
    ['PREFIX', 'SELECT', 'FROM']
    """
    for match in _TOKEN.finditer(query):
        if match.lastgroup == "word":
            yield match[0].upper()


def names_graphs(query: str) -> bool:
    """Say whether a query says itself what it is asked of (FROM, FROM NAMED)."""
    return "FROM" in keywords(query)


def asks_others(query: str) -> bool:
    """Say whether a query may ask another service (SERVICE). It says so too of a text that reads like the start of such a part.

    >>> asks_others("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"), asks_others('ASK { ?s ?p "service {" }')
    (True, False)
    """
    return _SERVICE.search(query) is not None


def is_update(text: str) -> bool:
    """Say whether what was given is an update rather than a query, by its first word after the prologue.

    >>> is_update("PREFIX a: <urn:a> CLEAR ALL"), is_update("ASK {}")
    (True, False)
    """
    for word in keywords(text):
        if word in _QUERIES:
            return False
        if word in _UPDATES:
            return True
    return False
