"""Links between the pages about a hypothesis space, which all say what is withdrawn and left out: any of them can be sent on."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, urlencode

from markupsafe import Markup

from mechkg.service.check import AD_HOC
from mechkg.service.workbench import Setting
from mechkg.web.typeset import prose

_NAMED: Final = re.compile(r" ?\[([^\[\]; ]+)(?:; (stated|cited|supported|silent))?\]")
"""A name to ask by behind what it stands for, with how well an assumption is backed."""


@dataclass(frozen=True, slots=True)
class SpaceLinks:
    """Where things of one space are; ``items`` are the names that have a page, ``candidates`` those of candidates.

    ``claims`` are those that candidates of the space may make: they have a name, and no page.
    """

    space: str
    setting: Setting = field(default_factory=Setting)
    as_of: str = ""
    items: Container[str] = frozenset()
    candidates: Container[str] = frozenset()
    claims: Container[str] = frozenset()

    def _query(self, setting: Setting, more: Mapping[str, str], *, own: bool) -> str:
        pairs = [("without", name) for name in setting.without]
        pairs += [("ignoring", name) for name in setting.ignoring]
        if own:
            pairs += [("step", name) for name in setting.steps]
            pairs += [("postulate", name) for name in setting.postulates]
        pairs += [(name, value) for name, value in more.items() if value]
        if self.as_of:
            pairs.append(("asOf", self.as_of))
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def premises(self) -> str:
        """What goes on behind another parameter: the premises, without a candidate of one's own."""
        return self._query(self.setting, {}, own=False).replace("?", "&", 1)

    def at(self, page: str = "", **more: str) -> str:
        """Return where a page about the space is; ``more`` are parameters of its own."""
        path = f"/spaces/{quote(self.space, safe='')}{f'/{page}' if page else ''}"
        return path + self._query(self.setting, more, own=True)

    def pathways(self, **more: str) -> str:
        """Return where the reaction network of the space is explored; ``more`` are parameters of its own."""
        return f"/pathways/{quote(self.space, safe='')}" + self._query(self.setting, more, own=True)

    def now(self, page: str = "") -> str:
        """Return where a page is as of now."""
        return replace(self, as_of="").at(page)

    def plain(self, page: str = "") -> str:
        """Return where a page is with all premises held."""
        return replace(self, setting=replace(self.setting, without=(), ignoring=())).at(page)

    def proof(self, candidate: str, observation: str = "", page: str = "", **more: str) -> str:
        """Return where a candidate is proved, or a page about it; with an observation, the proof about that."""
        path = f"/spaces/{quote(self.space, safe='')}/candidates/{quote(candidate, safe='')}{f'/{page}' if page else ''}"
        return path + self._query(self.setting, {"observation": observation, **more}, own=candidate == AD_HOC)

    def withdrawn(self, assumption: str, page: str = "", **more: str) -> str:
        """Return where a page is with one more assumption withdrawn."""
        without = tuple(dict.fromkeys((*self.setting.without, assumption)))
        return replace(self, setting=replace(self.setting, without=without)).at(page, **more)

    def held(self, assumption: str) -> str:
        """Return where the workbench is with an assumption held again."""
        without = tuple(name for name in self.setting.without if name != assumption)
        return replace(self, setting=replace(self.setting, without=without)).at()

    def counted(self, observation: str) -> str:
        """Return where the workbench is with an observation counted again."""
        ignoring = tuple(name for name in self.setting.ignoring if name != observation)
        return replace(self, setting=replace(self.setting, ignoring=ignoring)).at()

    def item(self, name: str) -> str | None:
        """Return where an item is described; None for what is none."""
        if name not in self.items:
            return None
        moment = f"?asOf={quote(self.as_of, safe='')}" if self.as_of else ""
        return f"/id/{quote(name, safe='')}{moment}"

    def linked(self, text: str) -> Markup:
        """Return a sentence as HTML, in which each name in brackets is a link to what it names."""
        parts: list[Markup] = []
        end = 0
        for match in _NAMED.finditer(text):
            name, backing = match[1], match[2]
            href = self.proof(name) if name in self.candidates else self.item(name)
            if href is None and name not in self.claims:
                continue
            parts.append(prose(text[end : match.start()]))
            end = match.end()
            if href is None:
                parts.append(Markup(' <span class="name">{}</span>').format(name))
            else:
                parts.append(Markup(' <a class="name" href="{}">{}</a>').format(href, name))
            if backing:
                parts.append(Markup(' <span class="backing {}">{}</span>').format(backing, backing))
        parts.append(prose(text[end:]))
        return Markup("").join(parts)
