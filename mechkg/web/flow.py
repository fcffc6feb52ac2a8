"""A procedure drawn as a flow: a box per stage, arrows from the stages that it continues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mechkg.service.procedure_sheet import StageView

_WIDE: Final = 176
_HIGH: Final = 72
_GAP_X: Final = 44
_GAP_Y: Final = 20
_MARGIN: Final = 6
_LONGEST: Final = 22
"""So many characters fit in a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """A stage as it is drawn: where, its lines of text, and how many observations say that something was or was not so."""

    stage: StageView
    x: int
    y: int
    lines: tuple[str, ...]
    seen: int
    unseen: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The drawing: boxes, the paths of arrows, and its size."""

    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]
    width: int
    height: int
    box: tuple[int, int] = (_WIDE, _HIGH)


def flow(stages: Sequence[StageView]) -> Flow:
    """Lay out stages, those that come later to the right."""
    boxes = {stage.id: _box(stage) for stage in stages}
    arrows = [_arrow(boxes[name], boxes[stage.id]) for stage in stages for name in stage.after]
    # what continues stages of other procedures is fed from the left
    arrows += [_fed(boxes[stage.id]) for stage in stages if stage.from_elsewhere]
    width = max(box.x for box in boxes.values()) + _WIDE + _MARGIN
    height = max(box.y for box in boxes.values()) + _HIGH + _MARGIN
    return Flow(tuple(boxes.values()), tuple(arrows), width, height)


def _box(stage: StageView) -> Box:
    conditions = ", ".join(part for part in (stage.temperature.replace("room temperature", "r.t."), stage.duration) if part)
    medium = ", ".join(f"{each.amount} {each.part.name}".strip() for each in (*stage.medium, *stage.charge))
    lines = tuple(shortened(text) for text in (stage.title, conditions, medium) if text)
    absent = sum(each.absent for each in stage.seen)
    x = _MARGIN + _GAP_X + stage.column * (_WIDE + _GAP_X)
    return Box(stage, x, _MARGIN + stage.row * (_HIGH + _GAP_Y), lines, len(stage.seen) - absent, absent)


def shortened(text: str) -> str:
    """Return a text that fits in a box.

    >>> shortened("a sample that stood for a long time")
    'a sample that stood f…'
    """
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _arrow(one: Box, other: Box) -> str:
    x1, y1 = one.x + _WIDE, one.y + _HIGH // 2
    x2, y2 = other.x, other.y + _HIGH // 2
    middle = x2 - _GAP_X // 2
    return f"M{x1},{y1} H{middle} V{y2} H{x2 - 2}"


def _fed(box: Box) -> str:
    y = box.y + _HIGH // 2
    return f"M{box.x - _GAP_X + 8},{y} H{box.x - 2}"
