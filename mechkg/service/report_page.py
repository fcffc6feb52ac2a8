"""The report on a hypothesis space in sentences that a referee can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from mechkg.model.hypothesis import Backing
from mechkg.model.report import ConflictSets, Matrix, Premise, Report, WhatIf, Whole
from mechkg.model.verdict import Check
from mechkg.reasoning.render import deciding
from mechkg.reasoning.sweep import MOST_CHOICES
from mechkg.service.matrix import marks
from mechkg.service.next_experiment_page import experiments
from mechkg.service.page import Bullet, Bullets, Grid, Heading, More, Page, Part, Section, bullets
from mechkg.service.report import SpaceReport
from mechkg.service.words import LEGEND, Words, capital, counted, listed, number

MOST_REPAIRS = 3
"""So many repairs of a candidate are written out in a report; ``mechkg conflicts`` writes all."""

MOST_EXPERIMENTS = 3
"""So many of the experiments that split the survivors best are shown in a report; ``mechkg next`` shows more."""

MOST_KILLERS = 5
"""So many of the observations that rule out most candidates are named."""

_STANDING = {
    "survives": "survives",
    "ruled out": "is ruled out",
    "not covered": "is not covered",
}
_BACKING: dict[Backing, str] = {
    "silent": "Untested: no source and no observation backs them as they stand",
    "supported": "Supported by another observation",
    "cited": "Cited from elsewhere",
    "stated": "Stated in the source",
}


def page(report: SpaceReport) -> Page:
    """Return the whole report as a page."""
    found, words = report.found, report.words
    sections = [
        Section("Verdicts", tuple(verdicts(found.check))),
        Section("Kill matrix", (_size(found.matrix), marks(found.matrix, words))),
        Section("The whole space", tuple(whole_space(found.whole, words))),
        Section("What nothing observed separates", tuple(tied(found.matrix.candidates, found.classes, words))),
    ]
    if found.rate_laws:
        sections.append(Section("Rate laws", tuple(_rate_laws(found, words))))
    if found.conflicts:
        sections.append(
            Section("What cannot hold together, and what would have to go", tuple(_conflicts(report, words.telling())))
        )
    sections += [
        Section("What if", tuple(flips(found.what_if, words.telling()))),
        Section("What each verdict hangs on", tuple(_weakest(found, words.telling()))),
        Section("Observations that cannot refute", tuple(_powerless(found, words))),
        Section("What is assumed", tuple(_assumed(found.check, words))),
        Section("The next experiment", tuple(_next(report))),
    ]
    return Page(found.check.title, tuple(intro(found.check, words)), tuple(sections))


def intro(found: Check, words: Words) -> Iterator[Part]:
    """Say what is asked, and on what ground it is answered."""
    yield found.question
    yield (
        f"From the graph at version {found.graph_version}, with {counted(len(found.assumptions), 'assumption')} held and "
        f"{counted(len(words.problem.observations) - len(found.ignored), 'observation')} counted."
    )
    yield LEGEND
    if found.withdrawn:
        yield "Withdrawn:"
        yield bullets(words.assumption(name) for name in found.withdrawn)
    if found.ignored:
        yield "Left out of account:"
        yield bullets(words.observation(name) for name in found.ignored)


def verdicts(found: Check) -> Iterator[Part]:
    """Say the verdicts on the named candidates, with what decides each."""
    counts = Counter[str](c.verdict for c in found.candidates)
    told = [
        f"{number(counts[verdict])} {one if counts[verdict] == 1 else more}"
        for verdict, one, more in (
            ("survives", "survives", "survive"),
            ("ruled out", "is ruled out", "are ruled out"),
            ("not covered", "is not covered", "are not covered"),
        )
        if counts[verdict]
    ]
    yield capital(f"of {counted(len(found.candidates), 'named candidate')}, {listed(told)}.")
    rows = []
    for candidate in found.candidates:
        reasons = deciding(candidate)
        name = f"{candidate.title} [{candidate.id}]"
        rows.append((name, candidate.verdict, "\n".join(reasons), str(len(candidate.explained))))
    yield Grid(("candidate", "verdict", "decided by", "explains"), tuple(rows))
    yield (
        "Ruled out: some observation cannot be met, whatever is chosen for what the papers leave open, while the assumptions "
        "hold. Survives: no observation is in its way, which is no proof of it. "
        "Not covered: nothing observed bears on it, which is no support for it."
    )
    needed: dict[str, list[str]] = {}
    for candidate in found.candidates:
        for order in candidate.orders if candidate.verdict == "survives" else ():
            needed.setdefault(order, []).append(candidate.id)
    if needed:
        yield "Papers leave open which of two competing steps is faster; survivors need these orders:"
        yield bullets(f"{order}: {listed(names)}" for order, names in needed.items())


def in_brief(found: Whole | None, words: Words) -> Iterator[Part]:
    """Say in a line or two what the whole space comes to; ``found`` is None where it was not gone through."""
    space = words.problem.space
    if found is None:
        free = counted(len(space.optional) + len(space.postulates), "step or claim", "steps and claims")
        yield (
            f"The whole space, {free} that are open, is too large for a check to go through: "
            f"mechkg report {space.id} counts what survives."
        )
        return
    survivors = number(found.survivors) if found.survivors else "none"
    line = f"Of {counted(found.candidates, 'candidate')} in the whole space, {survivors} "
    line += f"{'survive' if found.survivors > 1 else 'survives'}."
    needed = [name for name, standing in found.standing.items() if standing == "required"]
    if needed:
        line += f" Every survivor has {words.members(needed)}."
    yield line


def _size(table: Matrix) -> str:
    return capital(f"{counted(len(table.candidates), 'candidate')} by {counted(len(table.observations), 'observation')}.")


# --- the whole space --------------------------------------------------------------------------------------------------------


def whole_space(found: Whole, words: Words) -> Iterator[Part]:
    """Say how many candidates there are and survive, what survivors share, and which are the smallest."""
    space = words.problem.space
    yield f"{_room(found, words)} {_surviving(found)}"
    if found.candidates == 0:
        return
    if found.survivors:
        if not (space.optional or space.postulates):
            return
        for word, start in (
            ("required", "Required, in every survivor"),
            ("possible", "Possible, in some survivors"),
            ("excluded", "Excluded, in no survivor"),
        ):
            names = [name for name, standing in found.standing.items() if standing == word]
            yield f"{start}:" if names else f"{start}: nothing that is open."
            if names:
                yield bullets(_with_equation(name, words) for name in names)
        yield f"{_smallest(found)}:"
        yield bullets(_survivor(members, words) for members in found.minimal)
    killers = sorted(found.killed.items(), key=lambda entry: (-entry[1], words.problem.rank(entry[0])))
    if killers:
        yield "Observations that rule out most candidates, each by itself:"
        shown = killers[:MOST_KILLERS]
        yield bullets(f"{number(count)}: {words.observation(name)}" for name, count in shown)
        if len(killers) > len(shown):
            left = len(killers) - len(shown)
            yield capital(f"{counted(left, 'more observation')} {'rules' if left == 1 else 'rule'} out some.")


def _room(found: Whole, words: Words) -> str:
    space = words.problem.space
    parts = []
    if space.optional:
        parts.append(f"{counted(len(space.optional), 'step')} may run or not")
    if space.postulates:
        parts.append(f"{counted(len(space.postulates), 'claim')} may be made or not")
    members = len(space.optional) + len(space.postulates)
    start = capital(f"{listed(parts)}.")
    if found.choices < members:
        start += f" Those that go together count once: {counted(found.choices, 'free choice')}."
    settings = 1 << found.choices
    if found.candidates == 0:
        return f"{start} No candidate meets the constraints."
    if not found.exact:
        return f"{start} At most {number(settings)} candidates meet the constraints."
    if found.candidates == settings:
        return f"{start} That makes {counted(found.candidates, 'candidate')}."
    end = "meets the constraints and is a candidate" if found.candidates == 1 else "meet the constraints and are candidates"
    return f"{start} Of {number(settings)} settings {number(found.candidates)} {end}."


def _surviving(found: Whole) -> str:
    if found.candidates == 0:
        return ""
    too_many = f"More than {MOST_CHOICES} free choices are too many to go through one by one"
    if not found.exact:
        return (
            f"At least {number(found.survivors)} survive. This is a lower bound: {too_many[:1].lower()}{too_many[1:]}, so "
            f"{found.method}."
        )
    how = (
        "Every candidate was gone through."
        if found.method == "every candidate"
        else f"{too_many}: they were counted exactly by a {found.method}, and what survivors share was asked of a solver."
    )
    if found.survivors == found.candidates:
        return f"All of them survive. {how}"
    if found.survivors == 0:
        return f"None of them survives. {how}"
    verb = "survives" if found.survivors == 1 else "survive"
    return f"{capital(number(found.survivors))} of them {verb}. {how}"


def _smallest(found: Whole) -> str:
    how_many = counted(len(found.minimal), "survivor")
    start = capital(f"{how_many} that {'contains' if len(found.minimal) == 1 else 'contain'} no other survivor")
    if found.complete_up_to >= found.choices:
        every = {1: "", 2: ", up to both choices"}.get(found.choices, f", up to all {number(found.choices)} choices")
        return f"{start} (the list is complete{every})"
    upto = counted(found.complete_up_to, "choice")
    return f"{start} (the list is complete up to {upto}; there may be others with more)"


def _with_equation(name: str, words: Words) -> str:
    equation = words.equation(name)
    return f"{words.member(name)}{f': {equation}' if equation else ''}"


def _survivor(members: Collection[str], words: Words) -> str:
    if not members:
        return "none of the steps and claims that are open: the established steps alone"
    return f"{words.named(members) or 'not named'}: {' + '.join(words.member(name) for name in members)}"


# --- what is tied -----------------------------------------------------------------------------------------------------------


def tied(candidates: Collection[str], classes: Collection[tuple[str, ...]], words: Words) -> Iterator[Part]:
    """Say which of the named candidates no observation tells apart."""
    if len(candidates) < 2:
        yield "There is one named candidate only."
    elif not classes:
        yield "Any two named candidates differ in the part of at least one observation."
    elif len(classes) == 1:
        [names] = classes
        yield f"Every observation plays the same part in each of these {number(len(names))}:"
        yield bullets(map(words.candidate, names))
    else:
        yield "Every observation plays the same part in all candidates of one class:"
        yield Bullets(
            tuple(Bullet(f"class {place}", tuple(map(words.candidate, names))) for place, names in enumerate(classes, start=1))
        )


def _rate_laws(found: Report, words: Words) -> Iterator[Part]:
    yield "What follows from the claims of the candidates; those under one rate law cannot be told apart by rates:"
    yield Bullets(tuple(Bullet(law, tuple(map(words.candidate, names))) for law, names in found.rate_laws.items()))
    having = {name for names in found.rate_laws.values() for name in names}
    others = [name for name in found.matrix.candidates if name not in having]
    if others:
        yield f"No rate law follows from what is claimed by {listed(map(words.candidate, others))}."


# --- conflicts and repairs --------------------------------------------------------------------------------------------------


def _conflicts(report: SpaceReport, words: Words) -> Iterator[Part]:
    for sets in report.found.conflicts:
        yield Heading(words.candidate(sets.candidate))
        yield capital(how_many(sets))
        if sets.sets:
            smallest = min(sets.sets, key=lambda s: (len(s), [words.problem.rank(o) for o in s.observations]))
            yield Bullets((Bullet("The least that cannot hold together:", tuple(words.clash(smallest))), *_repairs(sets, words)))
            left = len(sets.repairs) - MOST_REPAIRS
            if left > 0:
                command = f"mechkg conflicts {report.space} {sets.candidate}"
                yield More(capital(counted(left, "more repair")), "conflicts", command, sets.candidate)


def how_many(sets: ConflictSets) -> str:
    """Say how many conflict sets and repairs there are, and whether these are all."""
    if sets.hopeless:
        return "nothing that could go would help; its steps contradict what is not open."
    conflict_sets, repairs = counted(len(sets.sets), "minimal conflict set"), counted(len(sets.repairs), "repair")
    if sets.complete:
        all_of = "which is the only one" if len(sets.repairs) == 1 else "which are all there are"
        return f"{repairs}, {all_of}; {conflict_sets} show{'s' if len(sets.sets) == 1 else ''} it."
    cut = f"the search was ended by its budget after {sets.seconds:.1f} s and is incomplete"
    if not sets.repairs:
        return f"{conflict_sets} and no repair yet; {cut}."
    return f"{repairs} and {conflict_sets}; {cut}. What is missing is no smaller than the largest of these repairs."


def _repairs(sets: ConflictSets, words: Words) -> Iterator[Bullet]:
    for repair in sets.repairs[:MOST_REPAIRS]:
        yield Bullet(returns_if(len(repair), sets.candidate), tuple(words.gone(repair)))


def returns_if(count: int, candidate: str) -> str:
    """Begin the sentence on a repair."""
    return f"{candidate} returns if {'this goes' if count == 1 else f'these {number(count)} go'}:"


# --- what if ----------------------------------------------------------------------------------------------------------------


def flips(found: WhatIf, words: Words) -> Iterator[Part]:
    """Say which withdrawals change a verdict."""
    tried = f"{capital(counted(found.tried, 'assumption or observation', 'assumptions and observations'))} "
    tried += "was withdrawn" if found.tried == 1 else "were withdrawn, one at a time"
    if not found.flips:
        yield f"{tried}; no verdict changes."
    else:
        yield from _changing(found, tried, words)
    yield from _unchanged(found, words)


def _changing(found: WhatIf, tried: str, words: Words) -> Iterator[Part]:
    yield f"{tried}; {counted(len(found.flips), 'withdrawal')} {'changes' if len(found.flips) == 1 else 'change'} a verdict."
    items = []
    for flip in found.flips:
        changes = (f"{words.candidate(c)}: {before} → {after}" for c, (before, after) in flip.verdicts.items())
        items.append(Bullet(f"Without {words.thing(flip.kind, flip.name)}", tuple(changes)))
    yield Bullets(tuple(items))


def _unchanged(found: WhatIf, words: Words) -> Iterator[Part]:
    assumptions = [name for kind, name in found.unchanged if kind == "assumption"]
    if assumptions:
        yield "Assumptions of which each can go by itself without changing a verdict:"
        yield bullets(words.assumption(name) for name in assumptions)
    count = sum(kind == "observation" for kind, _ in found.unchanged)
    if count:
        them = "it" if count == 1 else "them"
        yield capital(f"the same holds for {counted(count, 'observation')}; the report as JSON names {them}.")


def _weakest(found: Report, words: Words) -> Iterator[Part]:
    sets = {s.candidate: s for s in found.conflicts}
    items = []
    for premise in found.what_if.weakest:
        verdict = found.check.candidate(premise.candidate)
        assert verdict is not None
        start = f"{words.candidate(premise.candidate)} {_STANDING[verdict.verdict]}"
        items.append(_hangs_on(start, premise, sets.get(premise.candidate), words))
    yield Bullets(tuple(items))


def _hangs_on(start: str, premise: Premise, sets: ConflictSets | None, words: Words) -> Bullet:
    if premise.name is not None:
        while_held = "while this is assumed:" if premise.kind == "assumption" else "while this observation counts:"
        named = words.assumption(premise.name) if premise.kind == "assumption" else words.observation(premise.name)
        untested = " That is untested." if premise.backing == "silent" else ""
        return Bullet(f"{start} only {while_held} {named}.{untested}")
    if sets is None:
        return Bullet(f"{start}; no single withdrawal changes that.")
    if not sets.repairs:
        more = "nothing that could go would help" if sets.hopeless else "no repair was found in the time given"
        return Bullet(f"{start}; no single withdrawal changes that, and {more}.")
    repair = sets.repairs[0]
    others = sum(len(r) == len(repair) for r in sets.repairs) - 1
    more = f" ({counted(others, 'other')} of that size)" if others else ""
    start = f"{start}; no single withdrawal changes that. The smallest repair takes {number(len(repair))}{more}:"
    return Bullet(start, tuple(words.gone(repair)))


# --- premises ---------------------------------------------------------------------------------------------------------------


def _powerless(found: Report, words: Words) -> Iterator[Part]:
    names = words.early(found.check.powerless)
    if not names:
        yield "Every absence that was reported has a method and a detection limit, printed or assumed."
        return
    yield "These report an absence, and no method or no detection limit is known, so they rule nothing out:"
    yield bullets(map(words.observation, names))


def _assumed(found: Check, words: Words) -> Iterator[Part]:
    backing = words.problem.backing
    if not words.problem.space.assumptions:
        yield "Nothing."
        return
    items = []
    for kind, sentence in _BACKING.items():
        names = [name for name in words.problem.space.assumptions if backing.get(name, "silent") == kind]
        if names:
            items.append(Bullet(f"{sentence} ({len(names)}):", tuple(_backed(name, words, found) for name in names)))
    yield Bullets(tuple(items))


def _backed(name: str, words: Words, found: Check) -> str:
    stored = words.stored.get(name, {})
    parts = [words.assumption(name)]
    if support := stored.get("supported_by"):
        parts.append(f"supported by {listed(support)}")
    if cites := stored.get("cites"):
        parts.append(f"cites {listed(cites)}")
    if name in found.withdrawn:
        parts.append("withdrawn here")
    return "; ".join(parts)


def _next(report: SpaceReport) -> Iterator[Part]:
    yield from experiments(report.plan, report.words, MOST_EXPERIMENTS)
    split = len(report.plan.experiments)
    if split > MOST_EXPERIMENTS:
        more = counted(split - MOST_EXPERIMENTS, "more experiment")
        yield More(capital(more), "experiments", f"mechkg next {report.space} --most {split}")
