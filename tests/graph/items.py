"""Any item: strategies that draw whatever the models allow."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import StringConstraints, ValidationError

from mechkg.model.base import Value
from mechkg.model.corpus import ITEM_TYPES
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.quantity import Quantity
from mechkg.model.step import Influence

# Names of classes of the ontology end up in IRIs, which do not hold any text.
CLASS_FIELDS = ("classes", "chemical_class", "promoter_class", "medium_class")


def texts(pattern: str | None, longest: int | None) -> st.SearchStrategy[str]:
    if pattern is not None:
        return st.from_regex(pattern, fullmatch=True).filter(lambda text: "\n" not in text and len(text) < (longest or 99))
    letters = st.characters(exclude_categories=["Cs"], codec="utf-8")
    return st.text(letters, min_size=1, max_size=20).map(str.strip).filter(bool)


QUANTITIES = st.builds(
    Quantity,
    value=st.floats(allow_nan=False, allow_infinity=False),
    unit=st.sampled_from(["", "min", "mL", "nm", "degC", "kJ/mol", "absorbance"]),
    high=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    uncertainty=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    relation=st.sampled_from(["=", "~", "<", ">="]),
)


def contents(hint: Any) -> st.SearchStrategy[Any]:
    """Anything that a field of this type may hold."""
    constraints = [c for c in getattr(hint, "__metadata__", ()) if isinstance(c, StringConstraints)]
    bare = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    origin, parts = get_origin(bare), get_args(bare)
    if bare is str:
        return texts(str(constraints[0].pattern) if constraints and constraints[0].pattern else None, 80)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple:
        return st.lists(contents(parts[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(contents(parts[0]), contents(parts[1]), max_size=2)
    if parts:
        return st.one_of([contents(part) for part in parts])
    simple = {type(None): st.none(), bool: st.booleans(), int: st.integers(1, 2000), float: st.floats(0.01, 0.99)}
    return simple[bare] if bare in simple else QUANTITIES if bare is Quantity else values(bare)


def class_names(hint: Any) -> st.SearchStrategy[Any]:
    one = st.from_regex("[A-Z][A-Za-z]{2,9}", fullmatch=True)
    return st.lists(one, max_size=3).map(tuple) if get_origin(getattr(hint, "__origin__", hint)) is tuple else st.none() | one


@st.composite
def values(draw: st.DrawFn, model: type[Value]) -> Any:
    hints = get_type_hints(model, include_extras=True)
    content = {}
    chosen = draw(st.sampled_from(["chemical", "chemical_class", "condition"])) if model is Influence else None
    for name, info in model.model_fields.items():
        allowed = class_names(hints[name]) if name in CLASS_FIELDS else contents(hints[name])
        if name in ("chemical", "chemical_class", "condition") and chosen is not None:
            content[name] = draw(allowed.filter(bool)) if name == chosen else None
        elif info.is_required() or draw(st.booleans()):
            content[info.alias or name] = draw(allowed)
    if model is HypothesisSpace:
        claims = content.get("postulates", ())
        content["candidates"] = tuple(
            candidate.model_copy(update={"postulates": tuple(dict.fromkeys(p.id for p in claims if draw(st.booleans())))})
            for candidate in content["candidates"]
        )
        named = [name for p in claims for name in (p.step, p.than, *p.after) if name]
        content["optional"] = (*content.get("optional", ()), *named, *(step for c in content["candidates"] for step in c.steps))
    try:
        return model.model_validate(content)
    except ValidationError:
        assume(False)


ANY_ITEM = st.sampled_from(sorted(ITEM_TYPES)).flatmap(lambda kind: st.tuples(st.just(kind), values(ITEM_TYPES[kind])))
"""A kind, and an item of it."""
