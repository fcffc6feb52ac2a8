"""At which stage of a known procedure a sentence was observed: the one that fits everything that the sentence prints of it.

What a sentence prints are amounts of chemicals ("0.7 mL OTA"), media, temperatures, times, and names of samples ("Dispersion d").
The figure that it speaks of, or stands under, tells which procedures are meant. A stage is given when it is the only one that
fits. A time alone fits too much: it counts where the sentence itself names the figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mechkg.literature.mentions import Mention
from mechkg.literature.sections import Label, Surroundings, labels_in
from mechkg.literature.words import any_of, words
from mechkg.model.procedure import Component, Procedure, Stage
from mechkg.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Placed:
    """A stage, as procedure/stage, and the printed words that it alone fits."""

    stage: str
    clues: tuple[str, ...]

    @property
    def why(self) -> str:
        """The reason in words."""
        return f"{self.stage} is the only stage that fits {', '.join(repr(clue) for clue in self.clues)}"


@dataclass(frozen=True, slots=True)
class _Known:
    """A stage of a known procedure: its name, its samples as patterns, and what holds at it.

    ``media`` is all that it is in, what it continues included, ``incubated`` the times for which it was kept before or in it.
    """

    name: str
    stage: Stage
    samples: tuple[re.Pattern[str], ...]
    times: tuple[Quantity, ...]
    media: frozenset[str]
    incubated: tuple[Quantity, ...]


class Stages:
    """The stages of the procedures of one paper, ready for being told apart."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._known: list[tuple[_Known, frozenset[Label]]] = []
        made: dict[str, _Known] = {}
        for procedure in procedures:
            labels = labels_in(procedure.locator or "")
            before: str | None = None
            for stage in procedure.stages:
                name = f"{procedure.id}/{stage.id}"
                given = stage.continues if stage.continues is not None else (before,) if before else ()
                full = [each if "/" in each else f"{procedure.id}/{each}" for each in given]
                made[name] = _known(name, stage, [made[each] for each in full if each in made])
                self._known.append((made[name], labels))
                before = stage.id

    def place(self, printed: str, mentions: Sequence[Mention], around: Surroundings) -> Placed | None:
        """Return the only stage that fits the sentence ``printed``, with its mentions; None when none does, or several do.

        The figure is that which the sentence names, in whose caption it stands, or else the last one named in its paragraph, or
        the note that it belongs to.
        """
        under = frozenset([around.label]) if around.label else frozenset()
        own = labels_in(printed) or frozenset(label for label in under if label[0] != "not")
        labels = own or around.before or under
        known = [stage for stage, of in self._known if not labels or of & labels]
        if _SEVERAL.search(printed):
            return None
        clues: list[str] = []
        for clue, fitting in self._clues(known, printed, mentions):
            if fitting:
                clues.append(clue)
                known = [stage for stage in known if stage in fitting]
        times = {mention.text for mention in mentions if mention.kind == "time"}
        if len(known) != 1 or not clues or (not own and times.issuperset(clues)):
            return None
        return Placed(known[0].name, tuple(clues))

    def _clues(self, known: Sequence[_Known], printed: str, mentions: Sequence[Mention]) -> Iterator[tuple[str, list[_Known]]]:
        """Yield what the sentence prints, with the stages that it fits; with none where nothing known is of the kind."""
        named = {match.group(): stage for stage in known for each in stage.samples for match in each.finditer(printed)}
        for text in named:
            yield text, [stage for stage in known if any(each.search(printed) for each in stage.samples)]
        for mention in mentions:
            if mention.kind == "amount" and mention.of and isinstance(mention.value, Quantity):
                charged = [(stage, part) for stage in known for part in _charged(stage.stage)]
                yield mention.text, [s for s, part in charged if part.of == mention.of and _same(part.amount, mention.value)]
            elif mention.kind == "temperature" and isinstance(mention.value, Quantity):
                yield mention.text, [s for s in known if _same(s.stage.temperature, mention.value)]
            elif mention.kind == "time" and isinstance(mention.value, Quantity):
                time = re.escape(mention.text)
                kept = re.search(rf"incubat\w* (?:for )?(?:about )?{time}|{time} incubat", printed)
                yield mention.text, [s for s in known if _any(s.incubated if kept else s.times, mention.value)]
        additions = list(_added(printed, mentions))
        for text, added in additions:
            yield text, [s for s in known if s.stage.action == "add" and any(part.of == added for part in _charged(s.stage))]
        # Where something is added, the medium that is named is the one before.
        for text, media in _media(printed, mentions) if not additions else ():
            yield text, [stage for stage in known if stage.media == media]


def _known(name: str, stage: Stage, before: Sequence[_Known]) -> _Known:
    """Return what is known of a stage that continues others."""
    times = (*stage.observed_at, *((stage.duration,) if stage.duration else ()))
    own = frozenset(part.of for part in stage.medium)
    media = own if stage.action == "disperse" else own.union(*(each.media for each in before))
    kept = (stage.duration,) if stage.action == "incubate" and stage.duration else ()
    incubated = (*kept, *(time for each in before for time in each.incubated))
    return _Known(name, stage, tuple(_samples(stage.sample or "")), times, media, incubated)


def _charged(stage: Stage) -> tuple[Component, ...]:
    return (*stage.medium, *stage.charge)


def _added(printed: str, mentions: Sequence[Mention]) -> Iterator[tuple[str, str]]:
    """Yield what the sentence says was added: "after the OTA addition", "0.7 mL OTA was added"."""
    for mention in mentions:
        name = re.escape(" ".join(mention.text.split()))
        if mention.kind == "chemical" and mention.entity:
            said = re.search(
                rf"(?<!\w)(?:addition of (?:[^,;()]{{1,16}} )?{name}|{name} (?:addition|(?:was|were) added))\b", printed
            )
            if said:
                yield said.group(), mention.entity


def _media(printed: str, mentions: Sequence[Mention]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the medium that a sentence names without amounts: "in Tol", "the Tol and OTA mixture"."""
    known = {re.escape(" ".join(m.text.split())): m.entity for m in mentions if m.kind == "chemical" and m.entity}
    if not known:
        return
    one = f"(?:{'|'.join(sorted(known, key=len, reverse=True))})"
    several = rf"{one}(?:(?: and |-){one})*"
    placed = re.compile(rf"\bin (?:the |an? )?(?P<one>{several})(?!\w)|(?<!\w)(?P<other>{several})(?= mixture\b| dispersion\b)")
    found = {match["one"] or match["other"] for match in placed.finditer(printed)}
    if len(found) == 1:
        (text,) = found
        yield text, frozenset(known[re.escape(each)] for each in re.findall(one, text))


_SEVERAL = re.compile(
    r"\b(?:dispersions|mixtures|samples|batches|traces|parts) \(?(?:[a-z]|[a-z]?\d{1,2})\)?(?:,| and| to|[-–])", re.IGNORECASE
)
"""What is said of several samples at once is said of no single stage."""


def _samples(named: str) -> Iterator[re.Pattern[str]]:
    """Yield patterns of the names of a sample: of a letter or number alone only after a word such as "Sample"."""
    for part in named.partition(" (")[0].split(","):
        name = part.strip()
        if re.fullmatch(r"[A-Za-z]\d?", name):
            yield re.compile(rf"\b(?i:{any_of(words().labels | {'dispersion', 'mixture'})}) {re.escape(name)}(?![\w-])")
        elif re.search(r"\d", name) and " to " not in name:
            yield re.compile(rf"(?<![\w-])(?i:{re.escape(name)})(?![\w-])")


def _any(times: Iterable[Quantity], given: Quantity) -> bool:
    return any(_same(time, given) for time in times)


def _same(one: object, other: Quantity) -> bool:
    """Say whether two quantities are the same but for their units and for how exact they are."""
    if not isinstance(one, Quantity) or one.high is not None or other.high is not None:
        return False
    try:
        return abs(one.to(other.unit) - other.value) <= 1e-9 * max(1.0, abs(other.value))
    except ValueError:
        return False
