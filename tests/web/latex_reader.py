"""A strict reader of the LaTeX that is written: braces, environments, commands that are known, cells of rows."""

from __future__ import annotations

import re

KNOWN = frozenset({
    "addlinespace", "alpha", "approx", "arraybackslash", "begin", "beta", "bottomrule", "caption", "cdot", "ce", "chi",
    "circ", "cite", "delta", "end", "endfirsthead", "endfoot", "endhead", "ensuremath", "epsilon", "eta", "footnotesize",
    "gamma", "geq", "infty", "iota", "kappa", "label", "lambda", "ldots", "leq", "linewidth", "midrule", "mu", "noindent",
    "nu", "omega", "par", "phi", "pi", "pm", "psi", "raggedright", "rho", "rightarrow", "sigma", "tau", "textasciicircum",
    "textasciigrave", "textasciitilde", "textbackslash", "textbar", "textquotedbl", "textquotesingle", "textsuperscript",
    "theta", "times", "toprule", "upsilon", "xi", "zeta",
})  # fmt: skip
_COMMAND = re.compile(r"\\(?:([A-Za-z]+)|(.))", re.DOTALL)


def check(text: str) -> None:
    """Raise AssertionError for what LaTeX would not read as it is meant: free of comments, and of text that is a command."""
    depth = 0
    place = 0
    while place < len(text):
        sign = text[place]
        if sign == "\\":
            match = _COMMAND.match(text, place)
            assert match is not None, "a backslash at the end"
            if match[1]:
                assert match[1] in KNOWN, f"\\{match[1]} is not known"
            else:
                assert match[2] in "{}%&#$_\\", f"\\{match[2]} is not known"
            place = match.end()
            continue
        assert sign not in "%#$\x00", f"'{sign}' at {place} of {text!r}"
        assert ord(sign) < 0x180, f"pdfLaTeX does not know '{sign}'"
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0, "a brace closes nothing"
        place += 1
    assert depth == 0, "a brace is not closed"


def lines_of(content: str) -> list[str]:
    """Return the lines that are no comments."""
    return [line for line in content.splitlines() if not line.startswith("%")]


def table_rows(content: str) -> list[list[str]]:
    """Return the cells of the rows of the only longtable."""
    check(re.sub(r"@\{\}", "", "\n".join(lines_of(content))))
    for name in set(re.findall(r"\\begin\{(\w+)\}", content)):
        assert content.count(rf"\begin{{{name}}}") == content.count(rf"\end{{{name}}}") == 1
    body = content[content.index(r"\endfoot") : content.index(r"\end{longtable}")].removeprefix(r"\endfoot")
    rows = [row.replace(r"\addlinespace", "").strip() for row in re.split(r"\\\\", body)]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", row)] for row in rows if row]
