"""Disagreements found among what counts: the same property of the same thing, claimed with values that cannot all be right.

What is compared, and how far values may differ, stands in ``properties.yaml``. A disagreement keeps every side; it is decided
by an act (:mod:`mechkg.curation.decide`), and is open again when its sides change.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from mechkg.curation.formulas import agree, readings
from mechkg.literature.yaml12 import read_yaml
from mechkg.model.assertion import Claim
from mechkg.model.base import Item
from mechkg.model.disagreement import Band, Disagreement, Side, State, TypedValue
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.observation import Measured, Observation, Window
from mechkg.model.procedure import Procedure
from mechkg.model.quantity import Quantity
from mechkg.model.species import Material, Species

STATES: dict[str, State] = {
    "by method": "explained",
    "by sample": "explained",
    "by definition": "explained",
    "superseded": "superseded",
    "resolved": "resolved",
    "open": "open",
}
"""What each decision makes of a disagreement."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property that is compared. ``share`` is the tolerance as a share of the larger number, ``amount`` as an amount in
    ``unit``.

    Of what was seen (``values`` sightings or comparisons), ``kinds`` are the kinds of observations that are held against each
    other; one that ``measured`` something like ``other`` followed something else. A ``course`` is said of a span of time: where
    one ends the next may begin, and without a time it is not compared.
    """

    id: str
    title: str
    what: tuple[re.Pattern[str], ...] = ()
    values: Literal["quantities", "formulas", "words", "sightings", "comparisons"] = "quantities"
    unit: str = ""
    share: float = 0.0
    amount: float = 0.0
    conditions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    other: tuple[re.Pattern[str], ...] = ()
    course: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What is compared: the properties, and how near bands must be to be one."""

    band: Quantity
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The disagreements; the bands that were taken for one; and the values that were not compared, each with why."""

    disagreements: tuple[Disagreement, ...]
    bands: tuple[Band, ...]
    unread: tuple[tuple[TypedValue, str], ...]


Accepted = Sequence[tuple[AssertionRecord, Item]]


@cache
def shipped_rules() -> Rules:
    """Return the rules that come with mechkg."""
    content = _shipped()
    return Rules(Quantity.model_validate(content["band"]["tolerance"]), tuple(_property(each) for each in content["properties"]))


def shipped_titles(values: str | None = None) -> dict[str, str]:
    """Return the titles of the properties that come with mechkg, by id: of all, or of those with ``values`` of that kind.

    It takes no units, unlike the rules, for which whoever asks first waits until there is a registry of them.
    """
    properties = _shipped()["properties"]
    return {each["id"]: each["title"] for each in properties if values in (None, each.get("values", "quantities"))}


@cache
def _shipped() -> Mapping[str, Any]:
    path = Path(__file__).parent / "properties.yaml"
    content: Mapping[str, Any] = read_yaml(path.read_text(encoding="utf-8"), path.name).content
    return content


def _property(content: Mapping[str, Any]) -> Property:
    tolerance = str(content.get("tolerance", "0 %"))
    share = float(tolerance.removesuffix("%")) / 100 if tolerance.endswith("%") else 0.0
    unit = content.get("unit", "")
    return Property(
        content["id"],
        content["title"],
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in content.get("what", ())),
        content.get("values", "quantities"),
        unit,
        share,
        0.0 if tolerance.endswith("%") else Quantity.model_validate(tolerance).to(unit),
        tuple(content.get("conditions", ())),
        tuple(content.get("kinds", ())),
        tuple(re.compile(pattern, re.IGNORECASE) for pattern in content.get("other", ())),
        bool(content.get("course", False)),
    )


def find_disagreements(accepted: Accepted, decisions: Iterable[Act] = (), rules: Rules | None = None) -> Found:
    """Return the disagreements among accepted items, each with what the acts ``decisions`` say of it, oldest first."""
    compared = rules or shipped_rules()
    unread: list[tuple[TypedValue, str]] = []
    groups = [*_compositions(accepted, compared, unread), *_measured(accepted, compared, unread), *_seen(accepted, compared)]
    found = sorted((d for group in groups if (d := _disagreement(*group)) is not None), key=lambda d: d.id)
    bands = tuple(frame.band for frame, _, _ in groups if frame.band is not None)
    return Found(with_decisions(found, decisions), bands, tuple(unread))


def with_decisions(found: Iterable[Disagreement], decisions: Iterable[Act]) -> tuple[Disagreement, ...]:
    """Return disagreements with what the acts ``decisions`` say of them, oldest first."""
    said: dict[str, Act] = {
        act.subject.name: act for act in decisions if act.kind == "decide" and act.subject and act.subject.kind == "disagreement"
    }
    return tuple(_decided(each, said.get(each.id)) for each in found) if said else tuple(found)


def _decided(found: Disagreement, act: Act | None) -> Disagreement:
    if act is None or act.content is None or tuple(act.content["sides"]) != found.assertions:
        return found
    decision = act.content["decision"]
    return replace(
        found, state=STATES[decision], decision=decision, reason=act.reason, decided_by=act.actor, holds=act.content["holds"]
    )


# --- sides ------------------------------------------------------------------------------------------------------------

Conditions = tuple[tuple[str, str], ...]
"""What a value was measured under: name and value."""

Read = tuple[TypedValue, Any]
"""A value, and what it was read as."""

Group = tuple[Disagreement, list[Read], Callable[[Any, Any], bool]]
"""A disagreement without sides, the values that may disagree, and whether two of them agree."""


def _disagreement(frame: Disagreement, values: list[Read], same: Callable[[Any, Any], bool]) -> Disagreement | None:
    """Return it with its sides: values that are written alike, or agree with each other and nobody else; None for
    one.
    """
    texts: dict[str, list[Read]] = defaultdict(list)
    for value in values:
        texts[value[0].value].append(value)
    names = list(texts)
    reads = {name: texts[name][0][1] for name in names}
    apart = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if not same(reads[a], reads[b])]
    if not apart:
        return None
    # what agrees with exactly the same others is one reading
    foes = {name: frozenset(b if a == name else a for a, b in apart if name in (a, b)) for name in names}
    sides: list[list[str]] = []
    for name in names:
        for side in sides:
            if foes[side[0]] == foes[name] and name not in foes[side[0]]:
                side.append(name)
                break
        else:
            sides.append([name])
    made = tuple(
        sorted((Side(side[0], tuple(v for name in side for v, _ in texts[name])) for side in sides), key=lambda s: s.value)
    )
    looser = tuple((a.value, b.value) for i, a in enumerate(made) for b in made[i + 1 :] if same(reads[a.value], reads[b.value]))
    return replace(frame, sides=made, looser=looser)


# --- compositions, by band --------------------------------------------------------------------------------------------


def _compositions(accepted: Accepted, rules: Rules, unread: list[tuple[TypedValue, str]]) -> Iterator[Group]:
    rule = next((p for p in rules.properties if p.values == "formulas"), None)
    if rule is None:
        return
    species = {item.id: item for _, item in accepted if isinstance(item, Species)}
    materials = {elements_of(i.formula): i.id for _, i in accepted if isinstance(i, Material) and i.formula}
    entries: dict[str, list[tuple[float, str, TypedValue]]] = defaultdict(list)
    for record, item in accepted:
        for entry in item.entries if isinstance(item, Claim) else ():
            if entry.absorption is None:
                continue
            value = _value(record, item, entry.formula, method=None)
            if not readings(entry.formula):
                unread.append((value, "the formula cannot be read"))
                continue
            known = species.get(entry.species or "")
            elements = elements_of(entry.formula)
            material = known.material if known else materials.get(elements, "".join(sorted(elements)))
            entries[material].append((entry.absorption.to("nm"), known.names[0] if known else entry.formula, value))
    gap = rules.band.to("nm")
    for material, found in sorted(entries.items()):
        for chain in _chains(sorted(found, key=lambda e: e[0]), gap):
            low, high = chain[0][0], chain[-1][0]
            positions = tuple(dict.fromkeys(f"{nm:g} nm" for nm, _, _ in chain))
            title = f"{material} at {low:g} nm" if low == high else f"{material} at {low:g} to {high:g} nm"
            band = Band(positions, str(rules.band), tuple(dict.fromkeys(name for _, name, _ in chain)))
            frame = Disagreement(f"{material}-{low:g}-{rule.id}", material, title, rule.id, (), band if low != high else None)
            yield frame, [(value, value.value) for _, _, value in chain], agree


def elements_of(formula: str) -> frozenset[str]:
    """Return the elements of a printed formula; none when it cannot be read."""
    return frozenset(symbol for counts in readings(formula) for symbol, _ in counts)


def _chains(entries: list[tuple[float, str, TypedValue]], gap: float) -> Iterator[list[tuple[float, str, TypedValue]]]:
    chain: list[tuple[float, str, TypedValue]] = []
    for entry in entries:
        if chain and entry[0] - chain[-1][0] > gap:
            yield chain
            chain = []
        chain.append(entry)
    if chain:
        yield chain


# --- what was measured ------------------------------------------------------------------------------------------------


def _measured(accepted: Accepted, rules: Rules, unread: list[tuple[TypedValue, str]]) -> Iterator[Group]:
    stages = {f"{i.id}/{s.id}": s for _, i in accepted if isinstance(i, Procedure) for s in i.stages}
    things = {item.id: item for _, item in accepted}
    groups: dict[tuple[str, str, Conditions], list[Read]] = defaultdict(list)
    by_id = {p.id: p for p in rules.properties}
    for record, item in accepted:
        if not isinstance(item, Claim | Observation):
            continue
        subjects = item.about if isinstance(item, Claim) else item.subject
        for measured in item.measured:
            rule, named = property_of(rules, measured.what)
            if rule is None or not subjects:
                continue
            conditions = _conditions(item, rule, stages)
            value = _value(record, item, str(measured.quantity or measured.text), conditions=conditions)
            if "stage" in rule.conditions and "stage" not in dict(conditions):
                unread.append((value, "it does not say at which stage it was measured"))
                continue
            subject = _subject(subjects, named, things)
            read = _read(rule, measured)
            if subject is None:
                unread.append((value, "it does not say which of several things it is of"))
            elif read is None:
                unread.append((value, f"no {rule.unit or 'words'} can be made of it"))
            else:
                groups[subject, rule.id, conditions].append((value, read))
    for (subject, name, conditions), values in sorted(groups.items()):
        rule = by_id[name]
        unlike = {(v.by, v.value) for v, _ in values}
        if len(unlike) < 2:
            continue
        yield _frame(subject, rule, conditions), values, _near(rule)


def _frame(subject: str, rule: Property, conditions: Conditions) -> Disagreement:
    return Disagreement(
        identity(subject, rule.id, conditions), subject, f"{rule.title} of {subject}", rule.id, (), None, (), conditions
    )


def identity(subject: str, name: str, conditions: Conditions) -> str:
    """Return the id of a disagreement about the property ``name`` of a thing under some conditions.

    >>> identity("ab-350", "rate-constant", (("temperature", "25 °C"),))
    'ab-350-rate-constant-25-c'
    """
    mark = "-".join(value for _, value in conditions)
    return re.sub(r"[^a-z0-9.\-+]+", "-", f"{subject}-{name}{'-' + mark if mark else ''}".lower()).strip("-")


def property_of(rules: Rules, what: str) -> tuple[Property | None, str | None]:
    """Return the property that the words speak of, and the name of whose it is, if they say it."""
    for rule in rules.properties:
        for pattern in rule.what:
            if match := pattern.fullmatch(what):
                return rule, match.groupdict().get("of")
    return None, None


def _subject(subjects: Sequence[str], named: str | None, things: Mapping[str, Item]) -> str | None:
    """Return whose property it is; None when several could be meant."""
    if len(subjects) == 1:
        return subjects[0]
    wanted = (named or "").casefold()
    known = [things[s] for s in subjects if wanted and s in things]
    meant = [item.id for item in known if any(name == wanted or name.endswith(f" {wanted}") for name in _names(item))]
    return meant[0] if len(meant) == 1 else None


def _names(item: Item) -> tuple[str, ...]:
    body = item.model_dump(include={"names", "formula", "label", "name"})
    found = [item.id, *body.get("names", ()), *(body.get(key) for key in ("formula", "label", "name"))]
    return tuple(str(name).casefold() for name in found if name)


def _conditions(item: Claim | Observation, rule: Property, stages: Mapping[str, Any]) -> Conditions:
    if not rule.conditions or not isinstance(item, Observation):
        return ()
    found = []
    for name in rule.conditions:
        if (own := _own_condition(item, name)) is not None:
            found.append((name, own))
            continue
        said = {str(value) for at in item.at if at in stages and (value := getattr(stages[at], name, None)) is not None}
        if len(said) == 1:
            found.append((name, said.pop()))
    return tuple(found)


def _own_condition(item: Observation, name: str) -> str | None:
    """Return a condition that the observation says itself: the one stage it was made at, the method, the time."""
    if name == "stage":
        return item.at[0] if len(item.at) == 1 else None
    if name == "method":
        return item.method
    return _time(item.window) if name == "time" else None


def _read(rule: Property, measured: Measured) -> Any:
    if rule.values == "words":
        return (measured.text or "").casefold() or None
    if measured.quantity is None:
        return None
    try:
        return measured.quantity.interval(rule.unit)
    except ValueError:
        return None


def _near(rule: Property) -> Callable[[Any, Any], bool]:
    if rule.values == "words":
        return lambda one, other: bool(one == other)

    def near(one: tuple[float, float], other: tuple[float, float]) -> bool:
        gap = max(one[0], other[0]) - min(one[1], other[1])
        return gap <= max(rule.amount, rule.share * max(abs(n) for n in (*one, *other) if abs(n) != float("inf")))

    return near


# --- what was seen ----------------------------------------------------------------------------------------------------

Span = tuple[float, float]
"""From when to when, in seconds from the start of the stage."""


def _seen(accepted: Accepted, rules: Rules) -> Iterator[Group]:
    """Yield what was seen of one thing at one stage by one method: there or not, more or less."""
    groups: dict[tuple[str, str, Conditions], list[Read]] = defaultdict(list)
    by_id = {p.id: p for p in rules.properties}
    for record, item in accepted:
        if not isinstance(item, Observation):
            continue
        whats = tuple(measured.what for measured in item.measured)
        time, span = _time(item.window), _span(item.window)
        for rule, conditions, said in sightings(rules, item.kind, item.comparison, item.at, item.than, item.method, whats):
            for subject in item.subject:
                value = _value(record, item, said if time is None else f"{said}, {time}", conditions=conditions)
                groups[subject, rule.id, conditions].append((value, (said, span)))
    for (subject, name, conditions), values in sorted(groups.items()):
        if len({said for _, (said, _) in values}) > 1:
            yield _frame(subject, by_id[name], conditions), values, _compatible(by_id[name])


def sightings(
    rules: Rules,
    kind: str,
    comparison: str | None,
    at: Sequence[str],
    than: Sequence[str],
    method: str,
    whats: Sequence[str],
) -> Iterator[tuple[Property, Conditions, str]]:
    """Yield what an observation says that others could deny: the property, under which conditions, and what it says.

    ``whats`` are the words for what it measured.
    """
    for rule in rules.properties:
        if kind not in rule.kinds or any(pattern.fullmatch(what) for pattern in rule.other for what in whats):
            continue
        if rule.values == "sightings":
            yield from ((rule, (("stage", stage), ("method", method)), kind) for stage in at)
        elif comparison is not None:
            for stage in at:
                yield from ((rule, (("stage", stage), ("than", other), ("method", method)), comparison) for other in than)


def _compatible(rule: Property) -> Callable[[Any, Any], bool]:
    def compatible(one: tuple[str, Span | None], other: tuple[str, Span | None]) -> bool:
        return one[0] == other[0] or not _overlap(one[1], other[1], course=rule.course)

    return compatible


def _overlap(one: Span | None, other: Span | None, *, course: bool) -> bool:
    """Tell whether two times have a part in common.

    Two spans of which one ends where the other begins have none, nor, of a ``course``, has a moment at the end of a span. Who
    does not say a time may speak of another one than who does.
    """
    if one is None or other is None:
        return one is None and other is None and not course
    if one == other:
        return True
    moment = one[0] == one[1] or other[0] == other[1]
    first, last = max(one[0], other[0]), min(one[1], other[1])
    if moment and course:
        return first == last and any(span[0] < first < span[1] for span in (one, other))
    return first <= last if moment else first < last


def _span(window: Window | None) -> Span | None:
    if window is None or (window.start is None and window.end is None):
        return None
    try:
        first = 0.0 if window.start is None else window.start.interval("s")[0]
        last = float("inf") if window.end is None else window.end.interval("s")[1]
    except ValueError:  # no time
        return None
    return first, last


def _time(window: Window | None) -> str | None:
    """Return a time in words; None where none is said."""
    if window is None or (window.start is None and window.end is None):
        return None
    if window.start == window.end:
        return f"at {window.start}"
    return " ".join(f"{word} {time}" for word, time in (("from", window.start), ("to", window.end)) if time is not None)


def _value(
    record: AssertionRecord, item: Item, value: str, *, method: str | None = None, conditions: Conditions = ()
) -> TypedValue:
    cited = item.cites if isinstance(item, Claim) else ()
    used = method or (item.method if isinstance(item, Claim | Observation) else None)
    return TypedValue(
        record.id, record.item, record.document, tuple(cited) or (record.document,), value, used, item.locator, conditions
    )
