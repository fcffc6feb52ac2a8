"""What the commands print: tables and trees for people, JSON and CSV for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from mechkg.cli.page import VERDICT_COLOUR
from mechkg.errors import MechkgError, NotFoundError
from mechkg.model.finding import Finding
from mechkg.model.verdict import CandidateVerdict, Check, Explanation, ProofNode
from mechkg.reasoning.render import as_markdown, cannot_be_set, deciding, proof_lines, quotes_of
from mechkg.service.words import LEGEND, capital, counted

if TYPE_CHECKING:
    from mechkg.curation.threads import Dispute
    from mechkg.service.ask import Answer, Question
    from mechkg.service.show import Shown
    from mechkg.service.why_not import WhyNot

WIDTH = 110
"""Columns of what is not a terminal, which has no width of its own; they fit the proofs."""

# no emoji: in ':100:', which stands in the place of a finding, rich would see one
console = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else WIDTH)
errors = Console(stderr=True, highlight=False, emoji=False)


def complain(error: MechkgError) -> None:
    """Print a failed operation in one line on standard error."""
    errors.print(f"[red]error:[/red] {escape(str(error))} [dim]\\[{error.code}][/dim]", soft_wrap=True)


def print_json(content: Any) -> None:
    """Print JSON, indented, on standard output."""
    json.dump(content, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def print_findings(findings: Sequence[Finding], *, quiet: bool = True) -> None:
    """Print findings, errors last; ``quiet`` leaves out what is only information."""
    rank = {"information": 0, "warning": 1, "error": 2}
    for finding in sorted(findings, key=lambda f: (rank[f.severity], f.file or "", f.line or 0)):
        if not (quiet and finding.severity == "information"):
            errors.print(escape(str(finding)), style="red" if finding.severity == "error" else "", soft_wrap=True)


_MOST_REASONS = 4
"""So many of the reasons for a verdict are in the table; ``mechkg why`` gives all."""


def print_check(found: Check) -> None:
    """Print the verdicts of a check as a table, with the observations that decide each."""
    table = Table(title=f"{found.title} (graph version {found.graph_version})", title_justify="left", show_lines=True)
    table.add_column("candidate", style="bold", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("what it says, and what rules it out")
    table.add_column("explains", justify="right")
    for candidate in found.candidates:
        reasons = deciding(candidate)
        more = len(reasons) - _MOST_REASONS
        shown = Table.grid(padding=(0, 1))
        for reason in [*reasons[:_MOST_REASONS], *([f"and {more} more"] if more > 0 else [])]:
            shown.add_row("-", escape(reason))
        colour = VERDICT_COLOUR[candidate.verdict]
        table.add_row(
            candidate.id,
            f"[{colour}]{candidate.verdict}[/{colour}]",
            Group(escape(candidate.title), shown) if reasons else escape(candidate.title),
            str(len(candidate.explained)),
        )
    console.print(table)
    if found.withdrawn:
        console.print(f"Withdrawn: {', '.join(found.withdrawn)}", markup=False)
    if found.ignored:
        console.print(f"Left out of account: {', '.join(found.ignored)}", markup=False)
    if found.powerless:
        names = ", ".join(found.powerless)
        console.print(f"Absences without method or detection limit, which rule nothing out: {names}", markup=False)


def print_explanation(
    found: Explanation, *, observation: str | None = None, every: bool = False, full: bool = False, form: str = "text"
) -> None:
    """Print why a verdict stands: the proof that decides it and, in brief, what else does.

    ``every`` prints all proofs, ``observation`` those about one observation, ``full`` each with all its lines.
    """
    proofs = shown_proofs(found, observation)
    shown = proofs if every or observation else proofs[:1]
    candidate = found.candidate
    if form == "json":
        print_json(
            {
                "space": found.space,
                "candidate": candidate.id,
                "verdict": candidate.verdict,
                "gone": list(candidate.gone),
                "graph_version": found.graph_version,
                "proofs": [proof.as_json() for proof in shown],
                "left_out": len(proofs) - len(shown),
            }
        )
        return
    if form == "markdown":
        proofs_in_markdown = "\n".join(as_markdown(proof, full=full) for proof in shown)
        sys.stdout.write(f"# {candidate.id} ({candidate.title}): {candidate.verdict}\n\n{proofs_in_markdown}")
        return
    if observation and not proofs:
        _print_role(candidate, observation)
        return
    colour = VERDICT_COLOUR[candidate.verdict]
    console.print(f"[bold]{escape(f'{candidate.id} ({candidate.title})')}[/bold]: [{colour}]{candidate.verdict}[/{colour}]\n")
    if candidate.gone:
        console.print(f"{capital(cannot_be_set(candidate.gone))}.", markup=False)
        return
    for proof in shown:
        console.print(_tree(proof, full=full))
        console.print()
    if len(shown) < len(proofs):
        _print_rest(found)
    console.print(LEGEND, style="dim")


def shown_proofs(found: Explanation, observation: str | None) -> list[ProofNode]:
    """Return the proofs about one observation, or all without one."""
    return [*(found.proofs if observation is None else found.about(observation))]


def print_why_not(found: WhyNot, *, full: bool = False, form: str = "text") -> None:
    """Print what does not follow with its reasons, and what does with its proof."""
    if form == "json":
        answers = [{"asked": a.asked, "holds": a.holds, "others": a.others, "proof": a.proof.as_json()} for a in found.answers]
        print_json({"space": found.space, "candidate": found.candidate, "graph_version": found.graph_version, "answers": answers})
        return
    if form == "markdown":
        proofs = "\n".join(as_markdown(a.proof, full=full) for a in found.answers)
        sys.stdout.write(f"# {found.named}\n\n{proofs}")
        return
    console.print(f"[bold]{escape(found.named)}[/bold]\n")
    for answer in found.answers:
        console.print(_tree(answer.proof, full=full))
        if answer.others:
            console.print(f"The same holds in {counted(answer.others, 'other case')}.", style="dim")
        console.print()
    console.print(LEGEND, style="dim")


_ROLE = {
    "explained": "is explained: it had to be so",
    "permitted": "is permitted: it may be so, and need not",
    "silent": "is silent: no rule connects it with the candidate",
}


def _print_role(candidate: CandidateVerdict, observation: str) -> None:
    """Say what part an observation plays that proves nothing about the verdict."""
    role = candidate.role(observation)
    if role is None:
        raise NotFoundError.of("observation considered here", observation, candidate.observations())
    console.print(f"For {candidate.id}, {observation} {_ROLE[role]}.", markup=False)
    console.print(f"--not 'conflict({observation})' says why it is no conflict.", style="dim", markup=False)


def _print_rest(found: Explanation) -> None:
    candidate = found.candidate
    if candidate.conflicts:
        console.print("All that it cannot meet:")
        for line in deciding(candidate):
            console.print(f"  {escape(line)}")
        console.print(f"[dim]mechkg why {found.space} {candidate.id} --observation NAME proves one, --all all of them.[/dim]")
    else:
        explained = counted(len(found.proofs), "observation")
        are = "is" if len(found.proofs) == 1 else "are"
        console.print(f"{capital(explained)} {are} explained; --observation NAME shows one, --all all of them.")


def _tree(proof: ProofNode, *, full: bool) -> Tree:
    branches: list[Tree] = []
    for depth, sentence, node in proof_lines(proof, full=full):
        style = {"assumed": "yellow", "absent": "magenta", "chosen": "cyan"}.get(node.standing, "")
        said = Text(sentence, style="bold" if depth == 0 else style)
        line = Group(said, *(Padding(Text(quote, style="dim"), (0, 0, 0, 2), expand=False) for quote in quotes_of(node)))
        tree = Tree(line) if depth == 0 else branches[depth - 1].add(line)
        branches[depth:] = [tree]
    return branches[0]


def print_shown(found: Shown, disputes: Sequence[Dispute] = (), *, as_json: bool) -> None:
    """Print one item, the disputes about it that are open, and what refers to it."""
    entry = found.entry
    standing = [dispute for dispute in disputes if dispute.outcome is None]
    if as_json:
        print_json(
            {
                "id": entry.id,
                "kind": entry.kind,
                "document": entry.record.document,
                "assertion": entry.record.id,
                "accepted_at": entry.accepted_at.isoformat(),
                "body": entry.record.body,
                "disputed": [{"act": d.position, "by": d.by, "reason": d.reason, "rests_on": d.rests_on} for d in standing],
                "referring": [{"id": other.id, "kind": other.kind} for other in found.referring],
            }
        )
        return
    console.print(f"[bold]{escape(entry.label)}[/bold]  {entry.kind} [dim]{entry.id}[/dim]")
    for key, value in entry.record.body.items():
        if key not in ("id", "quote", "locator"):
            text = value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
            console.print(f"  {key.replace('_', ' ')}: {escape(str(text))}")
    for quote in entry.record.body.get("quote", ()):
        console.print(f'  "{escape(quote)}"')
    console.print(
        f"  [dim]{entry.record.document}, {entry.record.body.get('locator', 'no place given')}; {entry.record.id}[/dim]"
    )
    for dispute in standing:
        against = f" ({', '.join(dispute.rests_on)} speaks against it)" if dispute.rests_on else ""
        console.print(f"  disputed by {dispute.by}: {dispute.reason}{against} (act {dispute.position})", markup=False)
    if found.referring:
        console.print("\nReferred to by:")
        for other in found.referring:
            console.print(f"  {other.kind} [bold]{other.id}[/bold] {escape(other.label if other.label != other.id else '')}")


def print_questions(found: Sequence[Question]) -> None:
    """List the questions that can be asked."""
    table = Table(show_header=True)
    table.add_column("name", style="bold", no_wrap=True)
    table.add_column("question")
    table.add_column("parameters")
    for question in found:
        parameters = ", ".join(f"{p.name}={p.default}" if p.default is not None else p.name for p in question.parameters)
        table.add_row(question.name, escape(question.text), escape(parameters))
    console.print(table)


_NARROWEST = 14
"""A column narrower than this cannot be read; an answer with too many columns is printed record by record."""


def _print_records(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns))
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            if value:
                console.print(f"[dim]{column:>{width}}[/dim]  {escape(value)}", soft_wrap=True)
        console.print()


def print_answer(answer: Answer, form: str) -> None:
    """Print an answer as table, CSV or JSON; a cut list says so."""
    if form == "csv":
        sys.stdout.write(answer.as_csv())
        return
    if form == "json":
        sys.stdout.write(answer.as_json() + "\n")
        return
    table = Table(title=escape(answer.question), title_justify="left")
    for column in answer.columns:
        table.add_column(column)
    for row in answer.rows:
        table.add_row(
            *(escape("" if value is None else f"{value:g}" if isinstance(value, float) else str(value)) for value in row)
        )
    console.print(table)
    count = f"{len(answer.rows)} rows"
    console.print(f"{count}, cut from {answer.total}" if answer.truncated else count)
