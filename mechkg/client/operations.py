"""The GraphQL operations that the client sends. A test holds each against the schema."""

from __future__ import annotations

from typing import Final

_ASSERTED: Final = """
fragment asserted on Item {
  itemKind assertionId acceptedAt acceptedBy content
  source { document { localName } }
}
"""
_PAGE: Final = "totalCount pageInfo { hasNextPage endCursor }"
_NOT_DONE: Final = "__typename ... on NotDone { code message hint }"
_PREMISES: Final = "$space: String!, $without: [String!], $ignoring: [String!], $asOf: String"
_UNDER: Final = "space: $space, without: $without, ignoring: $ignoring, asOf: $asOf"
_OWN: Final = "$steps: [String!], $postulates: [String!]"
_OF_OWN: Final = "steps: $steps, postulates: $postulates"

# --- items ------------------------------------------------------------------------------------------------------------

VERSION: Final = "query Version($asOf: String) { graphVersion(asOf: $asOf) }"
ASSERTION: Final = (
    f"query Assertion($name: String!, $asOf: String) {{ item(name: $name, asOf: $asOf) {{ ...asserted }} }}{_ASSERTED}"
)
ASSERTIONS: Final = f"""
query Assertions($filter: ItemFilter, $orderBy: [ItemOrder!], $first: Int, $after: String, $asOf: String) {{
  assertions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, asOf: $asOf) {{
    nodes {{ ...asserted }} {_PAGE}
  }}
}}{_ASSERTED}"""

SEARCH: Final = f"""
query Search($text: String!, $filter: ItemFilter, $first: Int!, $asOf: String) {{
  search(text: $text, filter: $filter, first: $first, asOf: $asOf) {{ hits {{ item {{ ...asserted }} }} }}
}}{_ASSERTED}"""

# --- verdicts ---------------------------------------------------------------------------------------------------------

CHECK: Final = f"""
query Check({_PREMISES}, $candidates: [String!], {_OWN}) {{
  check({_UNDER}, candidates: $candidates, {_OF_OWN}) {{ record }}
}}"""
WHY: Final = f"""
query Why({_PREMISES}, $candidate: String, {_OWN}) {{
  why({_UNDER}, candidate: $candidate, {_OF_OWN}) {{ record }}
}}"""
WHOLE_SPACE: Final = f"query WholeSpace({_PREMISES}) {{ wholeSpace({_UNDER}) {{ record }} }}"
MATRIX: Final = f"query Matrix({_PREMISES}) {{ killMatrix({_UNDER}) {{ record }} }}"
CONFLICTS: Final = f"""
query Conflicts({_PREMISES}, $candidate: String, {_OWN}, $budget: Float!) {{
  conflictSets({_UNDER}, candidate: $candidate, {_OF_OWN}, budget: $budget) {{ record }}
}}"""
WHAT_IF: Final = f"query WhatIf({_PREMISES}) {{ whatIf({_UNDER}) {{ record }} }}"
NEXT_EXPERIMENT: Final = f"query NextExperiment({_PREMISES}) {{ nextExperiment({_UNDER}) {{ record }} }}"
REPORT: Final = f"query Report({_PREMISES}, $budget: Float!) {{ report({_UNDER}, budget: $budget) {{ record }} }}"

# --- the record -------------------------------------------------------------------------------------------------------

BELIEF: Final = "query Belief($name: String!, $asOf: String) { belief(name: $name, asOf: $asOf) { record } }"
DISAGREEMENTS: Final = f"""
query Disagreements($filter: DisagreementFilter, $first: Int, $after: String, $asOf: String) {{
  disagreements(filter: $filter, first: $first, after: $after, asOf: $asOf) {{ nodes {{ record }} {_PAGE} }}
}}"""
HISTORY: Final = "query History($of: String!, $asOf: String) { history(of: $of, asOf: $asOf) { record } }"
ACTS: Final = f"""
query Acts($filter: ActFilter, $first: Int, $after: String, $asOf: String) {{
  acts(filter: $filter, first: $first, after: $after, asOf: $asOf) {{ nodes {{ record }} {_PAGE} }}
}}"""
DIFF: Final = """
query Diff($before: String!, $after: String, $verdicts: Boolean!) {
  diff(before: $before, after: $after, verdicts: $verdicts) { record }
}"""
RELEASES: Final = f"""
query Releases($first: Int, $after: String, $asOf: String) {{
  releases(first: $first, after: $after, asOf: $asOf) {{ nodes {{ name position digest by at note }} {_PAGE} }}
}}"""
RELEASE_FILES: Final = "query ReleaseFiles($name: String!) { release(name: $name) { name files { name bytes sha256 } } }"
ASK: Final = """
query Ask($name: String!, $parameters: [ParameterValue!], $asOf: String) {
  ask(name: $name, parameters: $parameters, asOf: $asOf) { question columns rows total }
}"""
CHANGE_SET: Final = "query ChangeSet($id: ID!, $asOf: String) { changeSet(id: $id, asOf: $asOf) { record } }"

# --- acts -------------------------------------------------------------------------------------------------------------


def _act(name: str, given: str, result: str) -> str:
    """Return a mutation; ``given``: its arguments with their types, as ``name: Type``."""
    arguments = [argument.strip() for argument in given.split(",")]
    declared = ", ".join(f"${argument}" for argument in arguments)
    passed = ", ".join(f"{argument.partition(':')[0]}: ${argument.partition(':')[0]}" for argument in arguments)
    operation = name[0].upper() + name[1:]
    return f"mutation {operation}({declared}) {{ {name}({passed}) {{ {_NOT_DONE} ... on {result} {{ record }} }} }}"


PROPOSE: Final = _act("propose", "title: String!, edits: [EditInput!]!, reason: String", "ChangeSet")
REVISE: Final = _act("revise", "changeSet: ID!, revision: Int!, edits: [EditInput!]!, title: String, reason: String", "ChangeSet")
WITHDRAW: Final = _act("withdraw", "changeSet: ID!, revision: Int!, reason: String!", "ChangeSet")
REQUEST_CHANGES: Final = _act("requestChanges", "changeSet: ID!, revision: Int!, reason: String!", "ChangeSet")
ACCEPT: Final = _act(
    "accept", "changeSet: ID!, revision: Int!, reason: String, despite: [DespiteInput!], alone: String", "ChangeSet"
)
REJECT: Final = _act("reject", "changeSet: ID!, revision: Int!, reason: String!", "ChangeSet")
RETRACT: Final = _act("retract", "assertion: ID!, code: RetractionCode!, reason: String!", "Act")
RESTORE: Final = _act("restore", "assertion: ID!, reason: String!", "Act")
SUPERSEDE: Final = _act("supersede", "assertion: ID!, successor: ID!, reason: String!", "Act")
COMMENT: Final = _act("comment", "upon: String!, text: String!, answers: Int", "Act")
DISPUTE: Final = _act("dispute", "upon: String!, reason: String!, restsOn: [ID!]", "Act")
SETTLE: Final = _act("settle", "upon: String!, of: Int!, outcome: Outcome!, reason: String!", "Act")
DECIDE: Final = _act("decide", "disagreement: ID!, decision: Decision!, reason: String!, holds: ID", "Act")
ASSIGN: Final = _act("assign", "what: String!, to: ID, reason: String", "Act")
DECLARE: Final = _act("declare", "about: String!, why: String!, until: DateTime, gone: Boolean!", "Act")
