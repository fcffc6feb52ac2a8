"""Names as numbers: each text gets one, once, so that columns of names are arrays."""

from __future__ import annotations

import threading
from collections.abc import Iterable

NONE = -1
"""Stands for no name."""


class Names:
    """Texts by number and numbers by text. Only ever added to, so columns of several versions may share them; so may threads."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._texts: list[str] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, code: int) -> str:
        """Return the text with this number."""
        return self._texts[code]

    def find(self, text: str) -> int:
        """Return the number of a text; NONE when it has none."""
        return self._codes.get(text, NONE)

    def add(self, text: str | None) -> int:
        """Return the number of a text, giving it one; NONE for none."""
        if text is None:
            return NONE
        code = self._codes.get(text)
        if code is None:
            with self._lock:
                code = self._codes.get(text)
                if code is None:
                    code = len(self._texts)
                    self._texts.append(text)
                    self._codes[text] = code  # last: who finds the number finds the text
        return code

    def add_all(self, texts: Iterable[str | None]) -> list[int]:
        """Return the numbers of texts, in their order."""
        return [self.add(text) for text in texts]
