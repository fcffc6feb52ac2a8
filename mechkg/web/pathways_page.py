"""The pathway explorer: a reaction network as a drawing and in words, candidate by candidate, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote, urlencode

import orjson
from markupsafe import Markup

from mechkg.assets import static_dir
from mechkg.model.verdict import CandidateVerdict, Check
from mechkg.service.check import AD_HOC
from mechkg.service.course import At, Course, Played, StageOf
from mechkg.service.pathways import Contradiction, Network, Node, Reaction, Stand, Taking
from mechkg.web.frame import Frame
from mechkg.web.network_drawing import KINDS, STANDS, Drawing, Shown, as_data, drawing
from mechkg.web.pages import data_block, render
from mechkg.web.plain_formula import in_unicode
from mechkg.web.space_links import SpaceLinks

SHOWN: Final = {
    "all": "all steps",
    "contested": "steps that are not taken as established",
    "open": "steps on which survivors differ",
}
"""Which steps are shown."""

_BUNDLE: Final = "pathways/pathways.js"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose: a candidate, a procedure, a stage of it, which steps are shown, and which kinds are left out.

    Empty for what is not chosen.
    """

    candidate: str = ""
    procedure: str = ""
    stage: str = ""
    show: str = "all"
    hide: tuple[str, ...] = ()


@dataclass(frozen=True)
class PathwaysPage:
    """What the page shows; ``stands`` is empty and ``survivors`` None where the space is too large to go through for a page."""

    network: Network
    links: SpaceLinks
    choice: Choice
    check: Check
    stands: Mapping[str, Stand]
    survivors: int | None
    taken: Mapping[str, tuple[str, ...]]
    against: tuple[Contradiction, ...]
    course: Course | None = None
    procedures: tuple[Played, ...] = field(default=())

    # --- where things are ---------------------------------------------------------------------------------------------

    def at(self, page: str = "", **changed: Any) -> str:
        """Return where this page is with another choice; ``page`` is a file of it."""
        choice = replace(self.choice, **changed)
        pairs = [(name, str(getattr(choice, name))) for name in ("candidate", "procedure", "stage") if getattr(choice, name)]
        pairs += [("show", choice.show)] if choice.show != "all" else []
        pairs += [("hide", kind) for kind in choice.hide]
        setting = self.links.setting
        pairs += [("without", name) for name in setting.without] + [("ignoring", name) for name in setting.ignoring]
        pairs += [("step", name) for name in setting.steps] + [("postulate", name) for name in setting.postulates]
        pairs += [("asOf", self.links.as_of)] if self.links.as_of else []
        query = f"?{urlencode(pairs)}" if pairs else ""
        return f"/pathways/{quote(self.network.space.id, safe='')}{f'/{page}' if page else ''}{query}"

    def held(self, premise: str) -> str:
        """Return where this page is with a premise held again."""
        setting = self.links.setting
        again = replace(
            setting,
            without=tuple(name for name in setting.without if name != premise),
            ignoring=tuple(name for name in setting.ignoring if name != premise),
        )
        return replace(self, links=replace(self.links, setting=again)).at()

    @property
    def bundle(self) -> str:
        """Where the script is that makes the drawing interactive; empty where it was not built."""
        return f"/static/{_BUNDLE}" if (static_dir() / _BUNDLE).is_file() else ""

    # --- what can be chosen -------------------------------------------------------------------------------------------

    @property
    def candidates(self) -> tuple[tuple[str, str], ...]:
        """Candidates that can be chosen: name, title."""
        own = ((AD_HOC, "Your candidate"),) if self.links.setting.own else ()
        return (*((each.id, each.title) for each in self.check.candidates), *own)

    @property
    def shows(self) -> Mapping[str, str]:
        """Which steps can be shown."""
        return SHOWN

    @property
    def kinds(self) -> tuple[tuple[str, str, int, str], ...]:
        """Kinds that are there: name, words, how many, class of the drawing."""
        count = {kind: sum(node.kind == kind for node in self.network.species) for kind in self.network.kinds}
        return tuple(
            (kind, KINDS.get(kind, ("", kind))[1], many, KINDS.get(kind, ("box", ""))[0]) for kind, many in count.items()
        )

    @property
    def verdict(self) -> CandidateVerdict | None:
        """The verdict on the candidate that is chosen."""
        return self.check.candidate(self.choice.candidate)

    @property
    def title(self) -> str:
        """Title of the candidate that is chosen."""
        return dict(self.candidates).get(self.choice.candidate, self.choice.candidate)

    @property
    def claims(self) -> list[str]:
        """What the candidate that is chosen claims beside its steps, in words."""
        made = self.verdict.postulates if self.verdict else self.links.setting.postulates
        words = {each.id: each.statement for each in self.network.space.postulates}
        return [words.get(name, name) for name in made]

    # --- stages -------------------------------------------------------------------------------------------------------

    @property
    def played(self) -> Played | None:
        """The procedure that is chosen."""
        return next((each for each in self.procedures if each.id == self.choice.procedure), None)

    @cached_property
    def stages(self) -> list[StageOf]:
        """The stages of the procedure that is chosen."""
        if self.played is None or self.course is None:
            return []
        return [self.course.stages[name] for name in self.played.stages if name in self.course.stages]

    @cached_property
    def place(self) -> int:
        """Which of the stages is looked at."""
        return next((place for place, stage in enumerate(self.stages) if stage.id == self.choice.stage), 0)

    @property
    def stage(self) -> StageOf | None:
        """The stage that is looked at."""
        return self.stages[self.place] if self.stages else None

    @property
    def next_conflict(self) -> str:
        """Where the next stage with a contradiction is, of this procedure or else of another; empty when there is none."""
        if self.course is None:
            return ""
        own = self.choice.procedure
        later = [each.id for each in self.stages[self.place + 1 :] if each.contradictions]
        if later:
            return self.at(stage=later[0])
        names = [each.id for each in self.procedures]
        start = names.index(own) + 1 if own in names else 0
        for each in (*self.procedures[start:], *self.procedures[:start]):
            found = [name for name in each.stages if name in self.course.stages and self.course.stages[name].contradictions]
            if found:
                here = each.id == own and found[0] == self.choice.stage
                return "" if here else self.at(procedure=each.id, stage=found[0])
        return ""

    @cached_property
    def conflicting(self) -> dict[str, int]:
        """At how many stages of each procedure something cannot be met."""
        return {each.id: self.course.conflicting(each) for each in self.procedures} if self.course else {}

    # --- the drawing --------------------------------------------------------------------------------------------------

    @cached_property
    def visible(self) -> frozenset[str] | None:
        """Steps that are shown; None for all."""
        if self.choice.show == "contested":
            return frozenset(step.id for step in self.network.steps if not step.established)
        if self.choice.show == "open":
            return frozenset(name for name, stand in self.stands.items() if stand == "possible")
        return None

    @cached_property
    def drawn(self) -> Drawing:
        """The drawing."""
        stage, mine = self.stage, self.choice.candidate
        counted: dict[str, set[str]] = {}
        for each in self.against:
            if mine and each.candidate == mine:
                counted.setdefault(each.species, set()).add(each.observation)
        return drawing(
            self.network,
            Shown(
                self.stands,
                None if not self.course else frozenset(self.course.steps),
                self.choice.hide,
                self.visible,
                None if stage is None else {at.species: at for at in stage.species},
                frozenset() if stage is None else frozenset(stage.runs),
                {name: len(observations) for name, observations in counted.items()},
            ),
        )

    @property
    def data(self) -> Markup:
        """The drawing for the script, as JSON."""
        return data_block(orjson.dumps(as_data(self.drawn)).decode())

    @property
    def signs(self) -> list[tuple[Stand, str, str, str]]:
        """What steps of this network come to: name, sign, word, what it means."""
        there = {self.stand(step) for step in self.network.steps}
        return [(name, *words) for name, words in STANDS.items() if name in there]

    def stand(self, step: Reaction) -> Stand:
        """Return what a step comes to."""
        return self.stands.get(step.id, "established" if step.established else "undecided")

    # --- in words -----------------------------------------------------------------------------------------------------

    @cached_property
    def shown_steps(self) -> list[Reaction]:
        """Steps that are shown."""
        return [step for step in self.network.steps if self.visible is None or step.id in self.visible]

    @cached_property
    def shown_species(self) -> list[Node]:
        """Species that are shown."""
        drawn = {name for box in self.drawn.boxes if box.what == "species" for name in box.items}
        return [node for node in self.network.species if node.id in drawn]

    def kind(self, node: Node) -> str:
        """Return what something is, in words."""
        return KINDS.get(node.kind, ("", node.kind))[1]

    def side(self, those: tuple[Taking, ...]) -> list[tuple[str, str, str]]:
        """Return one side of a step: how often, name, place on this page."""
        return [
            ("" if each.coefficient in (None, 1) else f"{each.coefficient:g}", self.name(each.species), each.species)
            for each in those
        ]

    @cached_property
    def _names(self) -> dict[str, str]:
        return {node.id: in_unicode(node.name) for node in self.network.species} | {
            step.id: step.name for step in self.network.steps
        }

    def name(self, item: str) -> str:
        """Return what something of the network is called."""
        return self._names.get(item, item)

    def objections(self, species: str) -> list[tuple[str, list[tuple[str, str, int]]]]:
        """Return what is told of a species that rules candidates out: candidate -> (brief, an observation, how many)."""
        found: dict[str, dict[str, list[str]]] = {}
        for each in self.against:
            if each.species == species:
                found.setdefault(each.candidate, {}).setdefault(each.brief, []).append(each.observation)
        mine = self.choice.candidate
        return [
            (candidate, [(brief, those[0], len(dict.fromkeys(those))) for brief, those in briefs.items()])
            for candidate, briefs in sorted(found.items(), key=lambda entry: entry[0] != mine)
        ]

    @staticmethod
    def grouped(those: tuple[Contradiction, ...]) -> list[tuple[str, list[str]]]:
        """Return contradictions by what they come to: in brief, and the observations that are in the way so."""
        found: dict[str, dict[str, None]] = {}
        for each in those:
            found.setdefault(each.brief, {})[each.observation] = None
        return [(brief, [*observations]) for brief, observations in found.items()]

    def told(self, at: At) -> dict[str, str]:
        """Return what holds of a species at a stage, in words."""
        when = "throughout" if at.available and at.left else "at the start" if at.available else "at the end" if at.left else ""
        return {
            "possible": "can be" if at.possible else "cannot be",
            "available": when or "need not be",
            "expected": "need not be" if at.expected is None else f"within {_time(at.expected)}",
        }


def _time(seconds: int) -> str:
    """Return a time as it is said.

    >>> _time(60), _time(5400), _time(86400), _time(45)
    ('1 min', '90 min', '24 h', '45 s')
    """
    if seconds % 60:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes // 60} h" if minutes >= 120 and minutes % 60 == 0 else f"{minutes} min"


def pathways_page(page: PathwaysPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("pathways_page.html", page, frame)
