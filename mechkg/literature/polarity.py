"""Whether a sentence says or denies what it speaks of: words of negation, and how far each reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VERB = r"(?:was|were|is|are|did|does|do|could|can|would|will|has|have|had|remains?|remained)"
_SEEN = r"(?:be|being|been|seen|observed|detected|found|formed|visible|present)"
_CUES = re.compile(
    rf"\b(?:(?P<behind>{_VERB}(?: \w+ly| been| be)? (?:not|never|no longer|absent|undetectable|negligible)|{_VERB}n't|cannot"
    rf"|fail(?:s|ed)? to|undetected|unobserved|absent|not {_SEEN})"
    r"|(?P<ahead>no longer|no|never|neither|nor|none of|without|free of|devoid of|lacks?|lacked|lacking|absence of|instead of"
    r"|rather than|negligible|hardly any|hardly|not)"
    r"|(?P<lost>disappearance of|loss of|depletion of)"
    r"|(?P<gone>disappear(?:s|ed|ing)?|vanish(?:es|ed|ing)?|gone|consumed|(?:declin|decreas|f[ae]ll)\w* to zero)"
    r"|(?P<inside>non-?(?=[a-z]{4})|featureless|silent|un(?:detected|changed|affected)))",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(
    r"[.;:?!¶](?=\s|$)|,?\s(?:but|whereas|while|although|though|however|yet|instead|which|when|where|during|after|before|upon)\b"
    rf"|{_VERB} {_SEEN} and\b",
    re.IGNORECASE,
)
_AT_FRONT = re.compile(r"without|absence of|lacking|instead of|rather than", re.IGNORECASE)
_REACH = 60
"""Characters that a word of negation reaches, at most."""


@dataclass(frozen=True, slots=True)
class Negation:
    """A word of negation, its place in the text, and the stretch it bears on.

    ``later`` marks words that deny what was there before ("disappeared"), not that it ever was.
    """

    word: str
    start: int
    end: int
    first: int
    last: int
    later: bool = False

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
        stop = min(after.start() if after else len(text), _closing(text, match.end()))
        ahead = match["ahead"] or match["lost"]
        first = match.end() if ahead else max(begin, match.start() - 2 * _REACH)
        if _AT_FRONT.fullmatch(match.group()) and not text[begin : match.start()].strip(" ,"):
            comma = text.find(",", match.end(), stop)  # "Without acid, dots were seen" denies the acid alone
            stop = comma if comma >= 0 else stop
        last = match.end() if match["gone"] else min(stop, match.end() + _REACH)
        found.append(Negation(match.group(), match.start(), match.end(), first, last, bool(match["lost"] or match["gone"])))
    return found


def _closing(text: str, start: int) -> int:
    """Return where the brackets close in which ``start`` lies; the end of the text when it lies in none."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth < 0:
            return place
    return len(text)
