"""A list of items of one kind: filters with counts, a table, pages. Everything is in the address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from mechkg.service.browse import PATHS, TITLES, Choice, Choices, Listing, Wish
from mechkg.web.frame import Frame
from mechkg.web.pages import path_of, render


@dataclass(frozen=True, slots=True)
class ListPage:
    """What the page shows: the list, and what was asked for."""

    listing: Listing
    wish: Wish

    @property
    def title(self) -> str:
        """Heading."""
        return TITLES[self.listing.kind]

    @property
    def path(self) -> str:
        """Path of the list without any filter."""
        return f"/{PATHS[self.listing.kind]}"

    @property
    def filtered(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.wish.text or self.wish.disputed or any(self.wish.values.values()))

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What was chosen, in words, each with the address without it."""
        found = [(f"“{self.wish.text}”", self._href(text=""))] if self.wish.text else []
        if self.wish.disputed:
            found.append(("in a disagreement", self._href(disputed=False)))
        for facet in self.listing.facets:
            found += [(f"{facet.title}: {one.label}", self.toggled(facet, one)) for one in facet.values if one.chosen]
        return found

    def toggled(self, facet: Choices, choice: Choice) -> str:
        """Return the address with a value chosen that was not, or the reverse."""
        have = self.wish.values.get(facet.parameter, ())
        values = tuple(v for v in have if v != choice.value) if choice.chosen else (*have, choice.value)
        return self._href(values={**self.wish.values, facet.parameter: values})

    @property
    def disputed_href(self) -> str:
        """The address with only those in a disagreement, or all again."""
        return self._href(disputed=not self.wish.disputed)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form sends along besides what is typed."""
        return [pair for pair in self._pairs() if pair[0] not in ("q", "sort")]

    @property
    def previous(self) -> str | None:
        """Address of the page before."""
        return None if self.listing.before is None else self._href(before=self.listing.before)

    @property
    def next(self) -> str | None:
        """Address of the page that follows."""
        return None if self.listing.after is None else self._href(after=self.listing.after)

    def href(self, link: str) -> str:
        """Return where a link leads."""
        return path_of(link) or link

    def _pairs(
        self,
        values: dict[str, tuple[str, ...]] | None = None,
        text: str | None = None,
        disputed: bool | None = None,
    ) -> list[tuple[str, str]]:
        pairs = [("q", t)] if (t := self.wish.text if text is None else text) else []
        pairs += [(name, v) for name, those in (self.wish.values if values is None else values).items() for v in those]
        if self.wish.disputed if disputed is None else disputed:
            pairs.append(("disputed", "yes"))
        if self.wish.sort != "name":
            pairs.append(("sort", self.wish.sort))
        return pairs

    def _href(self, *, before: str | None = None, after: str | None = None, **other: object) -> str:
        pairs = self._pairs(**other)  # type: ignore[arg-type]
        pairs += [(name, cursor) for name, cursor in (("before", before), ("after", after)) if cursor]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


def list_page(page: ListPage, frame: Frame | None = None) -> str:
    """Return the page as HTML."""
    return render("list_page.html", page, frame)
