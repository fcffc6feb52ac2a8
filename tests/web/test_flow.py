"""A procedure drawn: boxes that do not overlap, arrows from what is continued, and from outside where it comes from there."""

from __future__ import annotations

from mechkg.service.identifiers import Identifier
from mechkg.service.procedure_sheet import ProcedureSheet
from mechkg.service.sheet import sheet_of
from mechkg.service.workspace import Workspace
from mechkg.web.flow import flow


def test_every_procedure_can_be_drawn(shipped: Workspace) -> None:
    for entry in shipped.catalog.by_kind["procedure"]:
        sheet = sheet_of(shipped, Identifier("item", entry.id))
        assert isinstance(sheet, ProcedureSheet)
        drawn = flow(sheet.stages)
        wide, high = drawn.box
        corners = [(box.x, box.y) for box in drawn.boxes]
        for place, (x, y) in enumerate(corners):
            assert x + wide <= drawn.width and y + high <= drawn.height
            assert all(abs(x - u) >= wide or abs(y - v) >= high for u, v in corners[:place])
        joined = sum(len(stage.after) for stage in sheet.stages)
        assert len(drawn.arrows) == joined + sum(bool(stage.from_elsewhere) for stage in sheet.stages)
