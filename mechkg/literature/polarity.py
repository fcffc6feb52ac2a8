"""Whether a sentence says or denies what it speaks of: words of negation, and how far each reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VERB = r"(?:was|were|is|are|did|does|do|could|can|would|will|has|have|had|remains?|remained)"
_CUES = re.compile(
    r"\b(?:(?P<ahead>no longer|no|never|neither|nor|none of|without|free of|devoid of|lacks?|lacked|lacking|absence of"
    r"|instead of|rather than|negligible|hardly any|hardly|not)"
    rf"|(?P<behind>{_VERB}(?: \w+ly| been| be)? (?:not|never|absent|undetectable|negligible)|{_VERB}n't|cannot|fail(?:s|ed)? to"
    r"|undetected|unobserved|absent)"
    r"|(?P<inside>non-?(?=[a-z]{4})|featureless|silent|un(?:detected|changed|affected)))",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(
    r"[.;:?!](?=\s|$)|,?\s(?:but|whereas|while|although|though|however|yet|instead|which|when|where)\b", re.IGNORECASE
)
_REACH = 60
"""Characters that a word of negation reaches, at most."""


@dataclass(frozen=True, slots=True)
class Negation:
    """A word of negation, its place in the text, and the stretch it bears on."""

    word: str
    start: int
    end: int
    first: int
    last: int

    def denies(self, start: int, end: int) -> bool:
        """Say whether the stretch from ``start`` to ``end`` lies where the word bears on it."""
        return self.first <= start and end <= self.last


def negations(text: str) -> list[Negation]:
    """Return the words of negation in a text.

    A word before its object ("no", "without") bears on what follows; one after its subject ("was not") on what stands before it
    in the same clause, and on what follows.

    >>> [(n.word, text[n.first : n.last]) for text in ["No MSC-415 was seen, but QDs were."] for n in negations(text)]
    [('No', ' MSC-415 was seen')]
    """
    found = []
    for match in _CUES.finditer(text):
        before = [boundary.end() for boundary in _BOUNDARY.finditer(text, 0, match.start())]
        begin = before[-1] if before else 0
        after = _BOUNDARY.search(text, match.end())
        stop = after.start() if after else len(text)
        first = match.end() if match["ahead"] else max(begin, match.start() - 2 * _REACH)
        found.append(Negation(match.group(), match.start(), match.end(), first, min(stop, match.end() + _REACH)))
    return found
