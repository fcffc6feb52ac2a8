"""Search in names, formulas, statements and quotes: an index of all runs of three characters, in memory.

One index serves the versions that follow each other: a text that no longer counts is kept with the versions it counted in, until
a quarter of all are such; then it is made anew. SQLite's FTS5 with its trigram tokenizer finds parts of words, and so parts of
names and formulas (https://sqlite.org/fts5.html#the_trigram_tokenizer).
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.corpus import ItemKind
from mechkg.model.filter import TEXT_FIELDS, TextField
from mechkg.service.catalog import Entry
from mechkg.service.read_models.folded import folded, places, sought

SHORTEST: Final = 3
"""So many characters can be looked up; what is shorter is sought in every text."""

MOST_WORDS: Final = 16
"""A query has so many words at most."""

AROUND: Final = 60
"""So many characters of a long text are shown on either side of what was found."""

_RAREST: Final = 4
"""So many runs of three characters of a word are looked up."""

_SAMPLE: Final = 1000
"""Of so many items is it learnt which runs are frequent."""

_FOREVER: Final = 1 << 62
_OWN: Final = 5
"""So many columns stand before the texts."""
_DEAD_SHARE: Final = 4
_LINE: Final = "\n"
"""Between the texts of one field of one item. No query holds it, so nothing is found across two texts."""

_TABLES: Final = f"""
CREATE TABLE item (
    number INTEGER PRIMARY KEY, item TEXT NOT NULL, kind TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    {", ".join(TEXT_FIELDS)}
);
CREATE INDEX item_item ON item (item);
CREATE VIRTUAL TABLE found USING fts5 (
    {", ".join(TEXT_FIELDS)}, content='item', content_rowid='number', detail=none, tokenize='trigram case_sensitive 1'
);
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a text that was found: from ``start`` to ``end`` of the text that is shown."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found: by which ``field``, ``text`` of it (cut where it is long), and what in this text was sought.

    ``rank`` is 0 where the whole of a name is sought, and grows the less the item has to do with what is sought.
    """

    item: str
    field: TextField
    text: str
    marks: tuple[Mark, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Found:
    """The first of the items that a search found, and how many it found in all."""

    hits: tuple[Hit, ...]
    total: int


def texts_of(entry: Entry) -> Iterator[tuple[TextField, str]]:
    """Yield the texts of an item that can be searched."""
    body = entry.record.body
    yield "label", entry.label
    yield from (("name", name) for name in entry.names if name != entry.label)
    if "formula" in body:
        yield "formula", body["formula"]
    for part in (*body.get("compositions", ()), *body.get("entries", ())):
        yield "formula", part["formula"]
    for field in ("statement", "question", "text", "critique", "reading", "mechanism_claim", "thermodynamics"):
        if field in body:
            yield "statement", body[field]
    for field in ("statements", "claims"):
        yield from (("statement", text) for text in body.get(field, ()))
    yield from (("quote", words) for words in body.get("quote", ()))


class TextIndex:
    """The texts of items by version. Threads may share it; they take turns."""

    def __init__(self) -> None:
        self._base = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None, cached_statements=256)
        self._base.executescript(_TABLES)
        self._lock = threading.Lock()
        self._items = self._dead = 0
        self._last: Mapping[str, Entry] = {}
        # in how many of some texts each run of three characters stands
        self._frequent: Counter[str] = Counter()

    @classmethod
    def of(cls, version: int, entries: Mapping[str, Entry]) -> TextIndex:
        """Make the index of the items that count at a version."""
        index = cls()
        with index._lock:
            index._add(version, entries, entries.values())
        return index

    def after(
        self, before: Mapping[str, Entry], version: int, entries: Mapping[str, Entry], gone: Sequence[str], come: Sequence[Entry]
    ) -> TextIndex:
        """Return the index that also knows a later version; ``entries`` are all items that count then.

        ``gone`` are items that no longer do, by name, ``come`` those that are new or changed since those that counted ``before``.
        """
        with self._lock:
            # an index that went on to yet another version cannot learn of one in between
            if self._last is not before or self._dead * _DEAD_SHARE > self._items:
                return TextIndex.of(version, entries)
            for name in (*gone, *(entry.id for entry in come)):
                ended = self._base.execute("UPDATE item SET until = ? WHERE item = ? AND until = ?", (version, name, _FOREVER))
                self._dead += ended.rowcount
            self._add(version, entries, come)
        return self

    def _add(self, version: int, entries: Mapping[str, Entry], come: Iterable[Entry]) -> None:
        rows = []
        first = self._items
        for number, entry in enumerate(come, start=first):
            texts: dict[TextField, list[str]] = {field: [] for field in TEXT_FIELDS}
            for field, text in texts_of(entry):
                texts[field].append(folded(text))
            rows.append((number, entry.id, entry.kind, version, _FOREVER, *(_LINE.join(said) for said in texts.values())))
        if not first:
            for row in rows[:: max(1, len(rows) // _SAMPLE)]:
                self._frequent.update(_runs(_LINE.join(map(str, row[_OWN:]))))
        columns = ", ".join(TEXT_FIELDS)
        self._base.execute("BEGIN")
        self._base.executemany(f"INSERT INTO item VALUES ({', '.join('?' * (_OWN + len(TEXT_FIELDS)))})", rows)
        self._base.execute(f"INSERT INTO found (rowid, {columns}) SELECT number, {columns} FROM item WHERE number >= ?", (first,))
        self._base.execute("COMMIT")
        self._items += len(rows)
        self._last = entries

    def matching(self, version: int, query: str, fields: Sequence[TextField] = ()) -> list[str]:
        """Return the items that have all that a query asks for, not necessarily in one text, in no order.

        Raise BadInputError for a query without a word, or with too many; NotFoundError for an unknown field.
        """
        where, given = self._having(_words(query), _those(fields))
        with self._lock:
            found = self._base.execute(f"SELECT item {where}", {"version": version, **given})
            return [name for (name,) in found]

    def search(
        self,
        version: int,
        entries: Mapping[str, Entry],
        query: str,
        *,
        fields: Sequence[TextField] = (),
        kind: ItemKind | None = None,
        among: Collection[str] | None = None,
        most: int = 20,
    ) -> Found:
        """Return the items that a query finds, the best first, with where they were found; raise as :meth:`matching` does.

        ``entries`` are the items that count at the version; ``kind``: only of this kind; ``among``: only these. A name that is
        what is sought comes first, then names that begin with it, names with a word that does, other names; then formulas,
        statements and quotes; of these the item with the shorter name first, then by local name.
        """
        words, those = _words(query), _those(fields)
        where, given = self._having(words, those)
        if kind is not None:
            where, given = f"{where} AND kind = :kind", {**given, "kind": kind}
        whole, lead = folded(query), max(words, key=len)
        sql = f"SELECT item, {_rank(those)} AS rank, count(*) OVER () {where} ORDER BY rank, length(label), item"
        given |= {"version": version, "whole": whole, "lead": lead}
        if among is None:
            sql, given = f"{sql} LIMIT :most", {**given, "most": max(1, most)}
        with self._lock:
            rows = self._base.execute(sql, given).fetchall()
        if among is not None:
            rows = [row for row in rows if row[0] in among]
        total = (rows[0][2] if among is None else len(rows)) if rows else 0
        return Found(tuple(_hit(entries[row[0]], row[1], words, those) for row in rows[: max(0, most)]), total)

    def _having(self, words: Sequence[str], fields: Sequence[TextField]) -> tuple[str, dict[str, Any]]:
        """Return from where in SQL the items come that have all words in some fields, and what this is given.

        The rarest runs of three characters lead to the few items in which the words are then sought: to go through the items of
        all runs of a word, most of which are frequent, takes longer.
        """
        given: dict[str, Any] = {}
        conditions = []
        if runs := {run for word in words for run in sorted(_runs(word), key=self._frequent.__getitem__)[:_RAREST]}:
            given["runs"] = " AND ".join('"' + run.replace('"', '""') + '"' for run in sorted(runs))
            conditions.append("number IN (SELECT rowid FROM found WHERE found MATCH :runs)")
        conditions += ["since <= :version", "until > :version"]
        for number, word in enumerate(words):
            given[f"word{number}"] = word
            conditions.append(f"({' OR '.join(f'instr({field}, :word{number})' for field in fields)})")
        return f"FROM item WHERE {' AND '.join(conditions)}", given


def _words(query: str) -> tuple[str, ...]:
    words = sought(query)
    if not words:
        raise BadInputError("nothing is sought", hint="give a part of a name, a formula, or words of a statement or quote")
    if len(words) > MOST_WORDS:
        raise BadInputError(f"{len(words)} words are sought at once", hint=f"give {MOST_WORDS} at most")
    return words


def _those(fields: Sequence[TextField]) -> tuple[TextField, ...]:
    for field in fields:
        if field not in TEXT_FIELDS:
            raise NotFoundError.of("field of text", field, TEXT_FIELDS)
    return tuple(field for field in TEXT_FIELDS if not fields or field in fields)


def _runs(text: str) -> set[str]:
    """Return all runs of three characters in a text."""
    return {text[start : start + SHORTEST] for start in range(len(text) - SHORTEST + 1)}


# How far an item is from what is sought: whole names, beginnings of names, of words in them, parts; then formulas, statements,
# quotes. What is not among the fields is not looked at.
_STEPS: Final[Mapping[TextField, int]] = {"formula": 4, "statement": 5, "quote": 6}


def _rank(fields: Sequence[TextField]) -> str:
    names = " || char(10) || ".join(field for field in ("label", "name") if field in fields) or "''"
    lines = f"(char(10) || {names} || char(10))"
    steps = [
        f"WHEN instr({lines}, char(10) || :whole || char(10)) THEN 0",
        f"WHEN instr({lines}, char(10) || :whole) THEN 1",
        f"WHEN instr({lines}, char(10) || :lead) OR instr({lines}, ' ' || :lead) THEN 2",
        f"WHEN instr({lines}, :lead) THEN 3",
        *(f"WHEN instr({field}, :lead) THEN {step}" for field, step in _STEPS.items() if field in fields),
    ]
    return f"CASE {' '.join(steps)} ELSE 7 END"


def _hit(entry: Entry, rank: int, words: Sequence[str], fields: Sequence[TextField]) -> Hit:
    """Return the text of an item in which most of the words stand, the first of those."""
    texts = [(field, text) for field, text in texts_of(entry) if field in fields]
    field, text = max(texts, key=lambda each: sum(word in folded(each[1]) for word in words))
    return Hit(entry.id, field, *_shown(text, words), rank)


def _placed(text: str) -> tuple[str, Sequence[int]]:
    """Return what :func:`places` does; plain text of which nothing was lost stands where it stood."""
    plain = folded(text)
    return (plain, range(len(text))) if text.isascii() and len(plain) == len(text) else places(text)


def _shown(text: str, words: Sequence[str]) -> tuple[str, tuple[Mark, ...]]:
    """Return a text, cut to what is around the first word that was found, and where the words stand in it."""
    plain, at = _placed(text)
    found = []
    for word in words:
        start = plain.find(word)
        while start >= 0:
            found.append((at[start], at[start + len(word) - 1] + 1))
            start = plain.find(word, start + len(word))
    if not found:
        return text[: 2 * AROUND] + ("…" if len(text) > 2 * AROUND else ""), ()
    first = min(found)
    low = 0 if first[0] <= AROUND else max(0, text.rfind(" ", 0, first[0] - AROUND) + 1)
    high = len(text) if len(text) - first[1] <= AROUND else text.find(" ", first[1] + AROUND)
    high = len(text) if high < 0 else high
    front, back = "…" if low else "", "…" if high < len(text) else ""
    shift = len(front) - low
    marks: list[Mark] = []
    for start, end in sorted(found):
        if start >= low and end <= high:
            if marks and start + shift < marks[-1].end:  # words that overlap are one mark
                marks[-1] = Mark(marks[-1].start, max(marks[-1].end, end + shift))
            else:
                marks.append(Mark(start + shift, end + shift))
    return f"{front}{text[low:high]}{back}", tuple(marks)
