"""Holding every quote of a corpus against the texts of the papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mechkg.literature.places import line_within
from mechkg.literature.quotes import QuotableText, QuoteResult, Status
from mechkg.model.corpus import CorpusFile
from mechkg.model.finding import Finding


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """One quote of one item, and what became of it. ``line`` is that of the quote in the corpus file."""

    file: str
    item: str
    line: int | None
    result: QuoteResult


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of all quotes. ``unchecked`` are files whose text is not at hand or that name none, though they quote."""

    quotes: list[CheckedQuote]
    findings: list[Finding]
    unchecked: list[str]

    @property
    def counts(self) -> dict[str, dict[Status, int]]:
        """Number of quotes by file and status; every status is there, 0 where there are none."""
        by_file = {quote.file: Counter[Status]() for quote in self.quotes}
        for quote in self.quotes:
            by_file[quote.file][quote.result.status] += 1
        statuses: tuple[Status, ...] = ("found", "ambiguous", "missing", "refused")
        return {file: {status: counter[status] for status in statuses} for file, counter in by_file.items()}

    def total(self, status: Status) -> int:
        """Return how many quotes of the corpus have that status."""
        return sum(quote.result.status == status for quote in self.quotes)

    @property
    def complete(self) -> bool:
        """Whether every quote was checked and found at one place."""
        return not self.unchecked and self.total("found") == len(self.quotes)


def verify_quotes(
    files: Sequence[tuple[Path, CorpusFile]], texts_dir: Path | str, lines: Mapping[Path, Mapping[str, int]] | None = None
) -> Verification:
    """Check every quote of ``files`` against the texts in ``texts_dir``, each text being folded and indexed once.

    ``lines`` gives the lines of the items of each file, as :func:`mechkg.literature.corpus.read_corpus` returns them.
    """
    texts: dict[str, QuotableText | Finding] = {}
    quotes: list[CheckedQuote] = []
    findings: list[Finding] = []
    unchecked: list[str] = []
    for path, corpus in files:
        items = [item for _, item in corpus.items() if item.quote]
        name = corpus.source.text_file
        if not items:
            continue
        if name is None:
            unchecked.append(str(path))
            continue
        if name not in texts:
            texts[name] = _text(Path(texts_dir), name)
        text = texts[name]
        places = (lines or {}).get(path)
        if isinstance(text, Finding):
            unchecked.append(str(path))
            line = line_within(places, corpus.source.id, "text_file")
            findings.append(Finding(text.severity, text.code, text.message, str(path), line, text.hint))
            continue
        for item in items:
            for number, quote in enumerate(item.quote):
                result = text.find(quote, item.locator)
                line = line_within(places, item.id, "quote", number)
                quotes.append(CheckedQuote(str(path), item.id, line, result))
                if result.status != "found":
                    findings.append(_finding(result, item.id, name, str(path), line))
    return Verification(quotes, findings, unchecked)


def _text(folder: Path, name: str) -> QuotableText | Finding:
    """Return the text called ``name``, ready for quotes, or the finding that says why it cannot be used."""
    path = folder / name
    if path.resolve().parent != folder.resolve():
        return Finding(
            "error", "corpus.text-missing", f"'{name}' is not a plain file name", hint="texts lie side by side in one folder"
        )
    try:
        return QuotableText(path.read_text(encoding="utf-8-sig"), name)
    except UnicodeDecodeError:
        return Finding("error", "corpus.text-missing", f"the text '{name}' is not UTF-8", hint="save it as UTF-8")
    except OSError:
        hint = f"put it into '{folder}'"
        return Finding("error", "corpus.text-missing", f"the text '{name}' is not at hand; its quotes are not checked", hint=hint)


def _finding(result: QuoteResult, item: str, text: str, file: str, line: int | None) -> Finding:
    quote = result.quote if len(result.quote) <= 90 else f"{result.quote[:87]}..."
    if result.status == "ambiguous":
        lines = ", ".join(str(span.line) for span in result.spans)
        message = f"the quote of '{item}' stands in '{text}' {len(result.spans)} times, in lines {lines}: '{quote}'"
        hint = "lengthen the quote, or let the locator name the section or caption that is meant"
        return Finding("warning", "corpus.quote-ambiguous", message, file, line, hint)
    if result.status == "refused":
        message = f"the quote of '{item}' is refused, for {result.reason}: '{quote}'"
        return Finding("error", "corpus.quote-refused", message, file, line, "quote the words in full, or split the quote in two")
    message = f"the quote of '{item}' is not in '{text}': '{quote}'"
    near = f"line {result.passage.line} reads '{result.passage.text}'" if result.passage else None
    hints = [h for h in (f"{result.reason}; lengthen it" if result.reason else None, near) if h]
    return Finding("error", "corpus.quote-missing", message, file, line, "; ".join(hints) or "nothing like it stands there")
