"""What a browser sends of a form, read from its HTML (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html)."""

from __future__ import annotations

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__(convert_charrefs=True)
        self.form, self.inside = form, False
        self.pairs: list[tuple[str, str]] = []
        self._area: str | None = None
        self._text = ""
        self._select: str | None = None
        self._options: list[tuple[str | None, str, bool]] = []
        self._option: list[object] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.form
        if not self.inside:
            return
        name = given.get("name")
        if tag == "input" and name and given.get("type") not in ("submit", "file"):
            if given.get("type") != "checkbox" or "checked" in given:
                self.pairs.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._option = [given.get("value"), "", "selected" in given]

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data
        elif self._option is not None:
            self._option[1] = f"{self._option[1]}{data}"

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            text = self._text.removeprefix("\n")  # a line break after the tag is none of the text
            self.pairs.append((self._area, text.replace("\n", "\r\n")))
            self._area = None
        elif tag == "option" and self._option is not None:
            value, text, chosen = self._option
            self._options.append((value, str(text).strip(), bool(chosen)))  # type: ignore[arg-type]
            self._option = None
        elif tag == "select" and self._select is not None:
            shown = [option for option in self._options if option[2]] or self._options[:1]
            value, text, _ = shown[-1]
            self.pairs.append((self._select, text if value is None else value))
            self._select = None
        elif tag == "form":
            self.inside = False


def sent_by(page: str, form: str = "authoring") -> list[tuple[str, str]]:
    """Return what a browser sends of a form, without the button that was pressed."""
    parser = _Form(form)
    parser.feed(page)
    parser.close()
    return parser.pairs
