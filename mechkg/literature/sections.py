"""Where in a paper a place lies, under which heading or in which caption, and whether a locator means that place."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_HEADING = re.compile(
    r"^[ \t#*■□▪•]*(?:\d{1,2}\.?\s+)?(?P<name>abstract|introduction|results(?: and discussion)?|discussion|summary|conclusions?"
    r"|experimental(?: section| part)?|(?:materials and )?methods|acknowledge?ments?|(?:notes and )?references"
    r"|conflicts of interest|entry for the table of contents|text for table of contents)\b(?P<rest>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_LABEL = r"(?P<kind>Fig(?:ure)?|Scheme|Table|Note|Chart|Movie)s?\.?\s*(?P<number>S?\d+(?:-\d+)?)"
_CAPTION = re.compile(rf"^[^\S\n]*[*]*{_LABEL}[a-z]?[*]*\s?[.:|]", re.MULTILINE)
_NAMED = re.compile(_LABEL, re.IGNORECASE)
_MENTION = re.compile(
    r"(?P<kind>Fig(?:ure)?|Scheme|Table|Note)s?\.?\s*(?P<numbers>(?:S?\d+(?:-\d+)?[a-z]?(?:,\s*|\s*and\s*|,\s*and\s*)?)+)"
)
_SECTION_WORDS = {
    "abstract": "abstract",
    "introduction": "introduction",
    "results": "results",
    "discussion": "discussion",
    "experimental": "experimental",
    "methods": "methods",
    "conclusion": "conclusion",
    "conclusions": "conclusion",
    "summary": "summary",
    "references": "references",
    "contents": "contents",
}

_ENTRY = re.compile(
    r"^[ \t*-]*(?:\[(?P<bracketed>\d{1,3})\]|\((?P<round>\d{1,3})\)|(?P<plain>\d{1,3})\.?)[ \t]+(?=\S)", re.MULTILINE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LEAST_ENTRIES = 4
_LONGEST_ENTRY = 600
"""Characters of a reference, at most."""

_LONG = 160
"""Characters; a longer line is not one line of a printed page but a paragraph."""

Label = tuple[str, str]
"""Kind and number of a figure, scheme, table or note: ``("fig", "S2-1")``."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a place lies in: section, labelled block (caption or note), and the labels that its paragraph mentions.

    ``before``: those that the paragraph mentions last before the place.
    """

    section: str | None
    label: Label | None
    mentions: frozenset[Label]
    before: frozenset[Label] = frozenset()


def _label(kind: str, number: str) -> Label:
    return kind[:3].lower(), number.upper()


def labels_in(text: str) -> frozenset[Label]:
    """Return the labels of figures, schemes, tables and notes that a text names.

    >>> sorted(labels_in("Figure 1 and Fig. S2-1"))
    [('fig', '1'), ('fig', 'S2-1')]
    """
    return frozenset(
        _label(match["kind"], number)
        for match in _MENTION.finditer(text)
        for number in re.findall(r"S?\d+(?:-\d+)?", match["numbers"])
    )


class Sections:
    """The headings and captions of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        marks: list[tuple[int, str | None, Label | None]] = [(0, None, None)]
        for match in _HEADING.finditer(text):
            rest = match["rest"].strip(" *#.:")
            if not rest or match["rest"].lstrip(" *").startswith(":") or match["name"].lower().endswith("contents"):
                marks.append((match.start(), self._name(match["name"]), None))
        long_lines = sum(len(line) for line in text.splitlines() if len(line) > _LONG)
        # Where a line holds a whole paragraph a caption ends with its line, else it goes on to the next heading or caption.
        whole = 2 * long_lines > len(text)
        self.captions = [match.start() for match in _CAPTION.finditer(text)]
        """Where captions and notes begin."""
        for match in _CAPTION.finditer(text):
            marks.append((match.start(), None, _label(match["kind"], match["number"])))
            if whole:
                end = text.find("\n", match.end())
                marks.append((end if end >= 0 else len(text), None, None))
        marks.sort(key=lambda mark: mark[0])
        headed = [(at, name) for at, name, _ in marks if name]
        for start, end in _reference_lists(text, self.captions):
            before = next((name for at, name in reversed(headed) if at <= start), "")
            marks += [(start, "references", None), (end, before, None)]
        marks.sort(key=lambda mark: mark[0])
        self._starts: list[int] = []
        self._zones: list[tuple[str | None, Label | None]] = []
        section: str | None = None
        for start, name, label in marks:
            section = section if name is None else name or None
            self._starts.append(start)
            self._zones.append((section, label))

    @staticmethod
    def _name(heading: str) -> str:
        words = heading.lower().split()
        return next((_SECTION_WORDS[word] for word in words if word in _SECTION_WORDS), words[0])

    def around(self, offset: int) -> Surroundings:
        """Return what the place at ``offset`` of the text lies in."""
        section, label = self._zones[bisect_right(self._starts, offset) - 1]
        start = self._text.rfind("\n\n", 0, offset) + 1
        end = self._text.find("\n\n", offset)
        paragraph = self._text[start : end if end >= 0 else len(self._text)]
        earlier = [match.group() for match in _MENTION.finditer(self._text, start, offset)]
        return Surroundings(section, label, labels_in(paragraph), labels_in(earlier[-1]) if earlier else frozenset())

    def choose(self, locator: str, offsets: list[int]) -> int | None:
        """Return which of the ``offsets`` the ``locator`` means, by its position in the list; None when that stays open.

        Parts of a locator are separated by semicolons; the first part that decides, decides.
        """
        surroundings = [self.around(offset) for offset in offsets]
        for part in locator.split(";"):
            scores = [_score(part, place) for place in surroundings]
            best = max(scores)
            if best > 0 and scores.count(best) == 1:
                return scores.index(best)
        return None


def _reference_lists(text: str, captions: list[int]) -> list[tuple[int, int]]:
    """Return the places of lists of references, under a heading or not: entries that are counted on, each with a year."""
    found: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    """Number and start of each entry."""

    def close() -> None:
        starts = [start for _, start in run]
        ends = [*starts[1:], min([starts[-1] + _LONGEST_ENTRY, *(at for at in captions if at > starts[-1])])] if run else []
        dated = [max((m.end() for m in _YEAR.finditer(text, *span)), default=0) for span in zip(starts, ends, strict=True)]
        if len(run) >= _LEAST_ENTRIES and 3 * sum(map(bool, dated)) >= 2 * len(run):
            line = text.find("\n", dated[-1] or starts[-1])
            found.append((starts[0], line if line >= 0 else len(text)))
        run.clear()

    for match in _ENTRY.finditer(text):
        number = int(match["bracketed"] or match["round"] or match["plain"])
        if run and (number != run[-1][0] + 1 or match.start() > run[-1][1] + _LONGEST_ENTRY):
            if match["plain"] and number != 1:
                continue  # a number at the beginning of a line inside an entry
            close()
        run.append((number, match.start()))
    close()
    return found


def _score(locator: str, place: Surroundings) -> int:
    words = set(re.findall(r"[a-z]+", locator.lower()))
    sections = {_SECTION_WORDS[word] for word in words if word in _SECTION_WORDS}
    labels = {_label(match["kind"], match["number"]) for match in _NAMED.finditer(locator)}
    score = 0
    if sections:
        score += 4 if place.section in sections and place.label is None else -2
    if "caption" in words:
        score += 2 if place.label is not None else -4
    if labels:
        # With a section named, a figure says what the sentence is about; alone, or with 'caption', where it stands.
        here = place.label in labels
        score += (1 if sections else 4) if here else 1 if labels & place.mentions else 0
    return score
