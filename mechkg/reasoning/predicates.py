"""Where the world closes: every predicate that rules may use, what it says, and where it comes from.

RDF and OWL leave the unsaid open; rules take it as false. This table is the only place where that happens. A *fact* is filled by
the query of the same name in ``queries/facts/``; its columns are the arguments in order and, last, the item that states it. A
*chosen* predicate is opened by ``rules/choices.lp``. Everything else is *derived* by rules.
"""

from __future__ import annotations

from dataclasses import replace

from mechkg.reasoning.kinetic_predicates import KINETIC
from mechkg.reasoning.predicate import Absence, Origin, Predicate, Short, table

__all__ = ["PREDICATES", "Origin", "Predicate", "facts"]

PREDICATES: dict[str, Predicate] = table(
    # --- steps and what takes part ---
    Predicate("consumes", ("step", "participant"), "{0} consumes {1}", "{0} does not consume {1}", trivial=True),
    Predicate("makes", ("step", "participant"), "{0} makes {1}", "{0} does not make {1}", trivial=True),
    Predicate("reverse", ("step", "step"), "{1} is the reverse of {0}", "{1} is not the reverse of {0}", trivial=True),
    Predicate("step_kind", ("step", "kind"), "{0} is of the kind '{1}'", "{0} is not of the kind '{1}'", trivial=True),
    Predicate(
        "needs_promoter",
        ("step", "class", "medium-class"),
        "{0} is promoted by {1} in {2}",
        "nothing is known to promote {0}",
    ),
    Predicate("is_a", ("chemical", "class"), "{0} is {1}", "{0} is not {1}"),
    Predicate("silent", ("species",), "{0} shows no band where one looks", "{0} can be seen", trivial=True),
    Predicate("visible", ("species",), "{0} has a band of its own", "{0} has no band of its own", trivial=True),
    Predicate("species_kind", ("species", "kind"), "{0} is of the kind '{1}'", "{0} is not of the kind '{1}'", trivial=True),
    # --- procedures ---
    Predicate("stage", ("stage",), "{0} is a stage", "{0} is not a stage", trivial=True),
    Predicate("follows", ("stage", "stage"), "{0} continues {1}", "{0} does not continue {1}", trivial=True),
    Predicate(
        "fresh_medium", ("stage",), "in {0} the sample is put into a new medium", "{0} keeps the medium it had", trivial=True
    ),
    Predicate("charged", ("stage", "participant"), "{1} was put in for {0}", "{1} was not put in for {0}"),
    Predicate(
        "holds",
        ("stage", "species"),
        "the source says that {1} is in {0}",
        "no source says that {1} is there at the end of {0}",
    ),
    Predicate("duration", ("stage", "seconds"), "{0} lasts {1}", "no duration is known for {0}", trivial=True),
    Predicate("incubation", ("stage",), "{0} is an incubation", "{0} is not an incubation", trivial=True),
    Predicate(
        "medium", ("stage", "medium"), "the medium of {0} is {1}", "the medium of {0} is not {1}", "computed", trivial=True
    ),
    Predicate(
        "fraction",
        ("stage", "chemical", "percent"),
        "{1} is {2} % of the volume in {0}",
        "the share of {1} in {0} is not known",
        "computed",
    ),
    # --- observations ---
    Predicate("reported", ("observation", "seen-as", "species", "stage"), "{2} {1} ({3})", "{2} was not reported so in {3}"),
    Predicate("applies", ("assumption", "observation"), "{0}", "no assumption is needed for {1} to bear", trivial=True),
    Predicate(
        "looked_from",
        ("observation", "stage", "seconds"),
        "{0} begins {2} after the start of {1}",
        "the time of {0} is not known",
        trivial=True,
    ),
    Predicate(
        "looked_to",
        ("observation", "stage", "seconds"),
        "{0} reaches to {2} after the start of {1}",
        "the time of {0} is not known",
        trivial=True,
    ),
    Predicate("by_method", ("observation", "method"), "{0} was made by {1}", "{0} was not made by {1}", trivial=True),
    Predicate("has_limit", ("observation",), "{0} has a detection limit of its own", "{0} has no detection limit of its own"),
    Predicate("compares", ("observation", "outcome"), "{0} finds '{1}'", "{0} does not find '{1}'", trivial=True),
    # --- the hypothesis space ---
    Predicate("background", ("step",), "{0} is taken as established", "{0} is not taken as established"),
    Predicate("optional", ("step",), "{0} may be on or off", "{0} is not among the optional steps", trivial=True),
    Predicate("postulate", ("postulate",), "a candidate may claim: {0}", "no candidate claims: {0}", trivial=True),
    Predicate("assumption", ("assumption",), "{0} is an assumption", "{0} is not an assumption", trivial=True),
    Predicate("converts", ("assumption", "step", "seconds"), "{0}", "no assumption says that {1} is prompt", trivial=True),
    Predicate(
        "threshold",
        ("assumption", "percent"),
        "{0} asks for at least {1} % by volume",
        "{0} asks for no least amount",
        trivial=True,
    ),
    Predicate("not_outrun", ("assumption", "step"), "{0}", "no assumption says that nothing outruns {1}", trivial=True),
    Predicate("may_outrun", ("assumption", "step", "step"), "{0}", "no assumption lets {1} outrun {2}", trivial=True),
    Predicate(
        "back_reaction", ("assumption", "class", "seconds"), "{0}", "no assumption speaks of back-reaction in {1}", trivial=True
    ),
    Predicate("detects", ("assumption", "method"), "{0}", "no assumption gives {1} a detection limit", trivial=True),
    Predicate("effect", ("assumption", "kind"), "{0}", "no assumption of the kind '{1}' is made", trivial=True),
    # --- choices ---
    Predicate("on", ("step",), "{0} is part of this candidate", "{0} is not part of this candidate", "chosen"),
    Predicate("postulated", ("postulate",), "claimed: {0}", "not claimed: {0}", "chosen"),
    Predicate("assumed", ("assumption",), "assumed: {0}", "the assumption '{0}' is withdrawn", "chosen"),
    Predicate(
        "faster",
        ("step", "step", "medium"),
        "{0} is taken to outrun {1} in {2}",
        "{0} is not taken to outrun {1} in {2}",
        "chosen",
    ),
    Predicate("counted", ("observation",), "{0} is counted", "{0} is left out of account", "chosen", trivial=True),
    # --- derived: media and promotion ---
    Predicate("contains", ("stage", "chemical"), "{1} is in {0}", "there is no {1} in {0}", "derived"),
    Predicate("promoted", ("step", "stage", "chemical"), "{2} promotes {0} in {1}", "{2} does not promote {0} in {1}", "derived"),
    Predicate("helped", ("step", "stage"), "{0} has its promoter in {1}", "{0} has no promoter in {1}", "derived"),
    Predicate("asks_help", ("step",), "{0} needs a promoter to be prompt", "{0} needs no promoter", "derived", trivial=True),
    Predicate("unaided", ("step",), "{0} needs no promoter", "{0} is not part of it, or needs a promoter", "derived"),
    Predicate(
        "converts_in",
        ("assumption", "step", "stage", "seconds"),
        "{1} is prompt in {2}",
        "{1} is not known to be prompt in {2}",
        "derived",
    ),
    Predicate(
        "prompt_in", ("step", "stage"), "{0} is prompt in {1}", "{0} is not known to be prompt in {1}", "derived", trivial=True
    ),
    # --- derived: what was seen ---
    Predicate(
        "observed", ("observation", "seen-as", "species", "stage"), "{2} {1} ({3})", "{2} was not reported so in {3}", "derived"
    ),
    Predicate("taken", ("observation",), "{0} bears on the question", "{0} does not bear on the question", "derived"),
    Predicate("gated", ("observation",), "{0} bears under a condition", "{0} bears without condition", "derived", trivial=True),
    Predicate(
        "in_play",
        ("participant",),
        "{0} takes part in a step considered",
        "{0} takes part in no step considered",
        "derived",
        trivial=True,
    ),
    Predicate("seen", ("observation", "species", "stage"), "{1} was seen in {2}", "{1} was not seen in {2}", "derived"),
    Predicate("seen_in", ("species", "stage"), "{0} was seen in {1}", "{0} was not seen in {1}", "derived"),
    Predicate(
        "unseen",
        ("observation", "species", "stage"),
        "{1} was looked for in {2} and not seen",
        "{1} was not found absent in {2}",
        "derived",
    ),
    Predicate("can_see", ("observation",), "{0} has a detection limit", "no detection limit is known for {0}", "derived"),
    Predicate(
        "gone", ("species", "stage"), "{0} is gone at the end of {1}", "{0} was not seen to be gone at the end of {1}", "derived"
    ),
    Predicate(
        "missing",
        ("species", "stage"),
        "{0} is not seen at the end of {1} nor at any time in it",
        "{0} was not found missing throughout {1}",
        "derived",
    ),
    Predicate("rises", ("observation", "species", "stage"), "{1} grows in {2}", "{1} was not seen to grow in {2}", "derived"),
    Predicate("falls", ("observation", "species", "stage"), "{1} falls in {2}", "{1} was not seen to fall in {2}", "derived"),
    Predicate(
        "seen_first",
        ("step", "step", "medium"),
        "in {2} the product of {1} is seen before that of {0}",
        "no observation says which of {0} and {1} comes first in {2}",
        "derived",
    ),
    # --- derived: what can be there ---
    Predicate("possible", ("participant", "stage"), "{0} can be there in {1}", "no {0} can be there in {1}", "derived"),
    Predicate("feasible", ("step", "stage"), "{0} can run in {1}", "{0} cannot run in {1}", "derived"),
    Predicate(
        "starved",
        ("step", "stage"),
        "{0} cannot run in {1}: something it needs is not there",
        "nothing that {0} needs was found missing in {1}",
        "derived",
    ),
    Predicate(
        "ended", ("participant", "stage"), "no {0} is left at the end of {1}", "{0} may be left at the end of {1}", "derived"
    ),
    Predicate(
        "exhausted",
        ("species", "stage"),
        "{0} is used up at the end of {1}",
        "{0} was not shown to be used up at the end of {1}",
        "derived",
    ),
    Predicate(
        "longer", ("stage", "stage"), "{0} is the same mixture as {1}, kept longer", "{0} is not a longer run of {1}", "derived"
    ),
    # --- derived: what must be there ---
    Predicate(
        "available",
        ("participant", "stage"),
        "{0} must be there at the start of {1}",
        "{0} need not be there at the start of {1}",
        "derived",
    ),
    Predicate(
        "left",
        ("participant", "stage"),
        "{0} must be there at the end of {1}",
        "{0} need not be there at the end of {1}",
        "derived",
    ),
    Predicate("released", ("species", "stage"), "{0} must form in {1}", "{0} need not form in {1}", "derived"),
    Predicate(
        "round_trip",
        ("step",),
        "{0} and its reverse only exchange two isomers",
        "{0} is no exchange of two isomers",
        "derived",
        trivial=True,
    ),
    Predicate(
        "leaves",
        ("participant", "stage"),
        "something can use up {0} in {1}",
        "no step of this candidate can use up {0} in {1}",
        "derived",
    ),
    Predicate(
        "other_way_out",
        ("species", "step", "stage"),
        "{0} has another way out than {1} in {2}",
        "{0} has no other way out than {1} in {2}",
        "derived",
    ),
    Predicate("promoter_there", ("stage",), "{0} holds a promoter", "there is no promoter in {0}", "derived"),
    # --- derived: competition ---
    Predicate(
        "competes",
        ("step", "step"),
        "{0} and {1} compete for the same species",
        "{0} and {1} do not compete",
        "derived",
        trivial=True,
    ),
    Predicate(
        "contested",
        ("step", "step", "medium"),
        "{0} and {1} compete in {2}",
        "{0} and {1} do not compete in {2}",
        "derived",
        trivial=True,
    ),
    Predicate(
        "driven",
        ("step",),
        "the products of {0} are being consumed by another step",
        "nothing else consumes the products of {0}",
        "derived",
    ),
    Predicate("excepted", ("step", "step"), "{0} may outrun {1}", "nothing lets {0} outrun {1}", "derived"),
    Predicate(
        "barred",
        ("step", "step", "medium"),
        "{0} does not outrun {1} in {2}",
        "nothing says that {0} does not outrun {1} in {2}",
        "derived",
    ),
    Predicate("slower", ("step", "step", "medium"), "{0} does not outrun {1} in {2}", "{0} outruns {1} in {2}", "derived"),
    Predicate("unhindered", ("step", "stage"), "nothing outruns {0} in {1}", "{0} is outrun in {1}", "derived"),
    Predicate("downstream", ("step", "species"), "{0} leads to {1}", "{0} does not lead to {1}", "derived", trivial=True),
    # --- derived: expectation and verdict ---
    Predicate(
        "expected",
        ("species", "stage", "seconds"),
        "{0} must be seen in {1} within {2}",
        "{0} need not be seen in {1}",
        "derived",
    ),
    Predicate(
        "source", ("species", "stage"), "{0} has a source in {1}", "no step of this candidate can form {0} in {1}", "derived"
    ),
    Predicate(
        "ready_source",
        ("species", "stage"),
        "{0} has a prompt source in {1}",
        "no step of this candidate forms {0} promptly in {1}",
        "derived",
    ),
    Predicate("exit", ("species", "stage"), "{0} has a way out in {1}", "{0} has no way out in {1}", "derived"),
    Predicate(
        "routed",
        ("participant", "stage"),
        "{0} can be reached in {1} from what must be there",
        "{0} is not reached in {1} from what must be there",
        "derived",
    ),
    Predicate("considered", ("step",), "{0} is considered", "{0} is not considered", "derived", trivial=True),
    Predicate("cluster", ("species",), "{0} is as large as a cluster", "{0} is smaller than a cluster", "derived", trivial=True),
    Predicate(
        "threshold_set", ("assumption",), "{0} asks for a least amount", "{0} asks for no least amount", "derived", trivial=True
    ),
    Predicate(
        "joined",
        ("observation",),
        "a step of this candidate joins what {0} found not to react",
        "no step of this candidate joins what {0} found not to react",
        "derived",
    ),
    Predicate(
        "doubled",
        ("observation",),
        "a step of this candidate joins two clusters",
        "no step of this candidate joins two clusters",
        "derived",
    ),
    Predicate("conflict", ("observation", "rule", "species", "stage"), "{0} cannot be met", "{0} is met", "derived"),
    Predicate("explained", ("observation",), "{0} is explained", "{0} is not explained", "derived"),
    Predicate(
        "bears", ("observation",), "{0} bears on the steps considered", "{0} does not bear on the steps considered", "derived"
    ),
)
PREDICATES |= KINETIC
"""Name of a predicate -> its row."""

_SHORT: dict[Short, str] = {
    "premises": "observed seen unseen rises falls can_see available prompt_in helped gone ended seen_in slower",
    "assumptions": "shows taken contains feasible possible unaided needs_promoter charged on in_play fraction longer is_a",
}
_ABSENCE: dict[Absence, str] = {
    "line": "other_way_out promoter_there joined doubled ready_source",
    "nothing": "ended starved contains seen_in holds gone threshold_set asks_help missing excepted barred faster falls prompt_in",
}
_OPEN = "reported observed duration medium fraction looked_from looked_to by_method compares"
"""Papers leave out what was seen, how long and how much: that nothing is printed does not mean that nothing was there."""

for _name in _OPEN.split():
    PREDICATES[_name] = replace(PREDICATES[_name], closed=False)
for _short, _names in _SHORT.items():
    for _name in _names.split():
        PREDICATES[_name] = replace(PREDICATES[_name], short=_short)
for _absence, _names in _ABSENCE.items():
    for _name in _names.split():
        PREDICATES[_name] = replace(PREDICATES[_name], absence=_absence)


def facts() -> list[Predicate]:
    """Return the predicates that a query fills."""
    return [predicate for predicate in PREDICATES.values() if predicate.origin == "fact"]
