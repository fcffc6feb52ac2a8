"""What sentences say was observed, by a small set of patterns over a sentence in which each mention is one sign.

Sentences that suppose, propose or ask are passed over, and so is what is said of the rate of a thing rather than of the thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mechkg.literature.sentences import Sentence
from mechkg.model.observation import ObservationKind


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation that a sentence makes: kind, numbers of the mentions it is of, and where in the signs it says so.

    ``shown_by`` are mentions of what a band is said to indicate: "a peak at 320 nm, indicating the presence of ...".
    """

    kind: ObservationKind
    numbers: tuple[int, ...]
    start: int
    end: int
    shown_by: tuple[int, ...] = ()


_THING = r"⟨[SW]\d+⟩"
_NOUNS = (
    r"(?: ?(?:peak|band|signal|absorption|absorbance|density|strength|population|amount|doublet|singlet|shoulder|concentration"
    r"|sample|position|intensity|species)s?)*"
)
_LIST = rf"(?P<list>{_THING}(?:(?:, ?|, ?and | and | or |/){_THING})*)"
SUBJECT = rf"{_LIST}{_NOUNS}(?:\([^()]*\))?"
BE = r"(?:(?:has|have|had) been|was|were|is|are|being)"
ADVERB = r"(?:[a-z]+ly |also |then |still |initially |only )*"
_AMOUNT = r"(?:strength|amount|density|absorbance|signal|population)"
_OF = rf" (?:of|at|in)(?: the| an?| binary)*(?: {_AMOUNT}(?: of| at)?(?: the)?| (?:absorption )?peak(?:ing)? (?:at|around))? ?"


@lru_cache(maxsize=1)
def _rules() -> list[tuple[ObservationKind, re.Pattern[str]]]:
    """Return kinds of observation with the patterns that suggest them."""
    seen = r"(?:observed|detected|seen|found|formed|present|produced|evident|visible)"
    making = r"(?:co-?production|formation|emergence|presence|contamination|production|appearance|evolution)"
    # "evolves via Steps 1 and 3" tells how, as a mechanism, and not that it was seen.
    how = r"(?! (?:via|through|by|from) )"
    faster = r"(?<!faster )(?<!slower )(?<!larger )(?<!further )"
    written: list[tuple[ObservationKind, str]] = [
        ("absent", rf"\b[Nn]o (?:[a-z-]+ ){{0,2}}{SUBJECT} ?(?:{BE} )?{ADVERB}(?:{seen}|appeared|evolved|formed)"),
        ("absent", rf"{SUBJECT} ?{BE} {ADVERB}not {ADVERB}(?:being |been )?{seen}"),
        ("absent", rf"{SUBJECT} ?(?:was|were|is|are) not(?= ?(?:[.,;)]|$))"),  # "A was present and B was not."
        ("absent", rf"{SUBJECT} ?(?:did|does|do) not {ADVERB}(?:appear|form|evolve|develop|seem to be present|occur)"),
        ("absent", rf"(?<!and )without (?:the |any |other )*{making} of {SUBJECT}"),
        ("absent", rf"without (?:forming|producing|generating) {SUBJECT}"),
        ("disappears", rf"{SUBJECT} ?(?:has |had |have )?{ADVERB}(?:disappear(?:s|ed)|vanish(?:es|ed))"),
        ("disappears", rf"disappearance of (?:the )?{SUBJECT}"),
        (
            "increases",
            rf"{SUBJECT} ?{ADVERB}(?:increase[sd]|grows|grew|rises|rose|raises up|develop(?:s|ed)){how}(?! to ⟨K)",
        ),
        ("increases", rf"{faster}\bincrease{_OF}{SUBJECT}"),
        ("decreases", rf"{SUBJECT} ?{ADVERB}(?:decrease[sd]|declined|declines|dropped|drops|fell)(?! to ⟨K)"),
        ("decreases", rf"{faster}\bdecrease{_OF}{SUBJECT}"),
        ("constant", rf"{SUBJECT} ?(?:\w+ )?remain(?:s|ed) {ADVERB}(?:constant|unchanged|the same)"),
        ("present", rf"{SUBJECT} ?{BE} {ADVERB}(?:{seen}|obtained)(?! (?:via|that|to) )"),
        ("present", rf"(?:exhibit|display|contain|indicat|show)(?:s|ed|ing)? (?:the )?presence of (?:the )?{SUBJECT}"),
        ("appears", rf"{SUBJECT} ?(?:has |had |have )?{ADVERB}(?:appear(?:s|ed)(?! to )|emerge[sd]|evolve[sd]){how}"),
        ("appears", rf"\b(?:appearance|emergence) of (?:the |an? )?{SUBJECT}"),
        (
            "peak-position",
            r"\b(?:peak|band|absorption|doublet|singlet|shoulder)s?(?: peak)? (?:[a-z]+ )?(?:at|peaking at"
            r"|cent(?:er|r)ed (?:at|around)|centering at|around) ?(?:about |around )?"
            r"(?P<list>⟨W\d+⟩(?:(?:, ?|,? ?and |/)⟨W\d+⟩)*)",
        ),
        ("no-emission", r"(?P<list>⟨S\d+⟩) ?(?:was|were|is|are) non-?emissive"),
        ("no-emission", r"non-?emissive (?:nature of (?:the )?)?(?P<list>⟨S\d+⟩)"),
        ("isosbestic-point", r"\bisosbestic points? (?:[a-z]+ )?at ?(?P<list>⟨W\d+⟩)"),
        ("red-shift", r"red-?shift(?:s|ed)?(?: [a-z]+)? from ?(?P<list>⟨W\d+⟩ ?to ?⟨W\d+⟩)"),
    ]
    return [(kind, re.compile(pattern)) for kind, pattern in written]


_OF_ITSELF = ("present", "appears", "increases", "decreases", "absent")
_OF_ANOTHER = re.compile(
    r"\b(?:rate|consumption|conversion|yield|transformation|effect|role|increase|decrease|reduction|disappearance|depletion"
    r"|evolution|change)s? (?:of|in|from|among)\b[^,;]*$"
)
"""What is said of the rate of a thing, or of its decrease, is not said of the thing."""
_HOW_FAST = re.compile(
    r"\b(?:was|were|is|are|becomes?|became|appear(?:s|ed) to be) (?:both )?(?:[a-z]+ly |much |even )*(?:fast|slow|rapid|quick)"
)
"""A change that is called fast or slow is spoken of elsewhere as seen."""
_ACROSS = re.compile(r"\b(?:dispersion|mixture|sample|batche?|trace)s [a-z]?\d{0,2} to [a-z]?\d{0,2}\b", re.IGNORECASE)
"""A change from sample to sample is none with time."""
_NOT_OF_SAMPLE = re.compile(r"\bscatter|\bartefact|\bartifact|with time under different", re.IGNORECASE)
"""Bands of the instrument, and captions that tell what is plotted."""
_APART = re.compile(r"\band\b|;|\bwhich\b|\bwhile\b|\bits\b|\bthen\b")
_SUPPOSED = re.compile(
    r"\b(?:if|whether|may|might|could|should|would|can|hypothesi[sz]e|propos|surmise|suggest|expect|possibl|likely|presum|believe"
    r"|attribut|explain|assum|will|how|why|further|future)",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\b(?P<word>[Aa]fter|[Aa]t) ?(?:about )?⟨T(?P<time>\d+)⟩")
_SHOWS = re.compile(
    r"[^.;]{0,40}?(?:, ?(?:which )?|\()(?:is |are |was |were )?(?:indicat|suggest|demonstrat|characteristic of|assign|correspond)"
    r"[a-z]* ?(?:of |to |that )?(?:the |an? )*(?:[a-z-]+ (?:of|that) (?:the |an? )?)?(?P<shown>⟨S\d+⟩)"
)


def seen_in(sentence: Sentence) -> Iterator[Seen]:
    """Yield what a sentence says was observed, what it denies first; the same may be said by several of its words."""
    signs = sentence.signs
    if _NOT_OF_SAMPLE.search(signs):
        return
    for kind, pattern in _rules():
        for match in pattern.finditer(signs):
            numbers = tuple(int(n) for n in re.findall(r"⟨\w(\d+)⟩", match["list"]))
            if _SUPPOSED.search(signs[: match.end()].rsplit(";", 1)[-1]):
                continue
            own = re.match(r"(?:increase|decrease|appearance|emergence|disappearance|without)", match.group())
            if own and own.group() != "without" and _HOW_FAST.search(signs, match.end()):
                continue
            if kind in _OF_ITSELF and not own and _OF_ANOTHER.search(signs[: match.start("list")]):
                continue
            if kind in ("increases", "decreases", "constant") and _ACROSS.search(signs):
                continue
            shows = _SHOWS.match(signs, match.end()) if kind == "peak-position" else None
            shown = (int(shows["shown"][2:-1]),) if shows else ()
            yield Seen(kind, numbers, match.start(), match.end(), shown)


def moment_of(sentence: Sentence, seen: Seen) -> int | None:
    """Return the number of the mention of the moment that the sentence gives, if it gives one and no other time."""
    found = [
        when
        for when in _WHEN.finditer(sentence.signs)
        if not _APART.search(sentence.signs[min(when.end(), seen.end) : max(when.start(), seen.start)])
    ]
    times = [mention for mention in sentence.mentions if mention.kind == "time"]
    return int(found[0]["time"]) if len(found) == 1 and len(times) == 1 else None


def method_of(sentence: Sentence, seen: Seen, *, band: bool) -> str:
    """Return by which method something was seen: by emission only where its own part of the sentence speaks of it."""
    before = sentence.signs.rfind(",", 0, seen.start) + 1
    after = sentence.signs.find(",", seen.end)
    clause = sentence.signs[before : after if after >= 0 else len(sentence.signs)]
    if re.search(r"(?i)emission|emissive|photoluminescence|\bPL\b", clause):
        return "emission" if not re.search(r"(?i)absor", clause) else "unspecified"
    if re.search(r"(?i)\bexcitation", clause):
        return "unspecified"
    return "absorption" if band or re.search(r"(?i)absor|spectr", sentence.signs) else "unspecified"
