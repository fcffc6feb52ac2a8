"""The experiments that could be done next, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mechkg.model.experiment import Experiment, Plan, Predicted, Readout
from mechkg.service.page import Bullet, Bullets, Grid, Heading, Part, bullets
from mechkg.service.words import Words, capital, counted, listed, number

PREDICTS: dict[Predicted, str] = {
    "must": "it must be seen",
    "likely": "steps that have their promoters lead to it, so it is likely seen",
    "open": "it may be there, and need not",
    "none": "none can be there",
    "follows": "its final amount is limited by that portion",
    "need not follow": "there is a way to it without that portion",
}
"""What a survivor predicts -> what that means."""


def experiments(found: Plan, words: Words, most: int) -> Iterator[Part]:
    """Say which ``most`` experiments split the survivors best, which few separate all, and what nothing listed separates."""
    if len(found.survivors) < 2:
        start = "One candidate survives" if found.survivors else "No candidate survives"
        yield f"{start}: there is nothing to separate."
        return
    letters = {name: _letter(place) for place, name in enumerate(found.survivors)}
    yield f"{capital(counted(len(letters), 'survivor'))} are to be told apart:"
    yield bullets(f"{letter}: {words.survivor(name)}" for name, letter in letters.items())
    were = "was" if found.considered == 1 else "were"
    worked = f"{counted(found.considered, 'experiment')} {were} worked out"
    yield f"{capital(worked)}: procedures that were described, with at most one thing changed. {_splitting(found, most)}"
    shown = found.experiments[:most]
    if shown:
        words_used = {p for e in shown for r in e.readouts for p in r.predicted}
        yield "What a survivor predicts:"
        yield bullets(f"{word}: {meaning}" for word, meaning in PREDICTS.items() if word in words_used)
    for place, experiment in enumerate(shown, start=1):
        yield from _experiment(place, experiment, letters)
    if found.smallest_set:
        titles = {e.name: f"{place}. {e.title}" for place, e in enumerate(found.experiments, start=1)}
        yield Heading("The fewest that together separate every pair that can be separated")
        yield bullets(titles[name] for name in found.smallest_set)
    tied = [pair for pair in found.pairs if pair.experiment is None]
    if tied:
        yield Heading("Nothing listed separates")
        yield Bullets(tuple(Bullet(f"{letters[p.one]} and {letters[p.other]}: {p.one} and {p.other}") for p in tied))
    elif found.pairs:
        yield "Every pair of survivors is separated by an experiment listed."


def _splitting(found: Plan, most: int) -> str:
    if not found.experiments:
        return "None of them splits the survivors."
    splitting = f"{capital(number(len(found.experiments)))} {'splits' if len(found.experiments) == 1 else 'split'} the survivors"
    if len(found.experiments) > most:
        return f"{splitting}; the {'best' if most == 1 else f'{number(most)} best'} follow{'s' if most == 1 else ''}."
    return f"{splitting}." if len(found.experiments) == 1 else f"{splitting}; the best comes first."


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _experiment(place: int, experiment: Experiment, letters: Mapping[str, str]) -> Iterator[Part]:
    yield Heading(f"{place}. {experiment.title}")
    yield Grid(("looked for", *letters.values()), tuple((r.label, *r.predicted) for r in experiment.readouts), lines=False)
    lines = [line for readout in experiment.readouts if (line := _meaning(readout, list(letters.values())))]
    if experiment.separates:
        lines.append(f"This tells apart {_pairs(experiment.separates, letters)}.")
    if experiment.may_separate:
        lines.append(f"One of two outcomes tells apart {_pairs(experiment.may_separate, letters)}.")
    of_all = f"{number(experiment.worst)} of {number(len(letters))}"
    left = "rules out none of them" if experiment.worst == len(letters) else f"leaves {of_all}"
    hours = f"{experiment.hours:.1f}".removesuffix(".0")
    lines.append(f"The least telling outcome {left}. About {hours} h, by convention.")
    if not experiment.shown:
        lines.append("No procedure listed shows how to make this change.")
    yield bullets(lines)


def _pairs(some: Iterable[tuple[str, str]], letters: Mapping[str, str]) -> str:
    """Name pairs by the first of them: one that is told apart from several is said once.

    >>> _pairs([("x", "y"), ("x", "z"), ("y", "z")], {"x": "A", "y": "B", "z": "C"})
    'A from B and C, and B from C'
    """
    others: dict[str, list[str]] = {}
    for one, other in some:
        others.setdefault(letters[one], []).append(letters[other])
    *most, last = [f"{one} from {listed(more)}" for one, more in others.items()]
    return f"{', '.join(most)}, and {last}" if most else last


def _meaning(readout: Readout, letters: list[str]) -> str:
    """Say what each outcome of a readout would do to the survivors; empty when it would do nothing."""
    saying: dict[Predicted, list[str]] = {}
    for letter, predicted in zip(letters, readout.predicted, strict=True):
        saying.setdefault(predicted, []).append(letter)

    def out(word: Predicted) -> str:
        return f"{listed(saying[word])} {'is' if len(saying[word]) == 1 else 'are'} ruled out"

    if "follows" in saying:
        return f"If the final amount of {readout.label} does not follow that portion, {out('follows')}."
    parts = []
    if "none" in saying:
        parts.append(f"if {readout.label} is seen, {out('none')}")
    against = [out("must")] if "must" in saying else []
    if "likely" in saying:
        against.append(f"that speaks against {listed(saying['likely'])}")
    if against:
        parts.append(f"if {'it' if parts else readout.label} is not{'' if parts else ' seen'}, {listed(against)}")
    return f"{capital('; '.join(parts))}." if parts else ""
