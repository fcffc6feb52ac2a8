"""Run a named question over the graph."""

from __future__ import annotations

from collections.abc import Mapping

from mechkg.graph.ask import Question, questions
from mechkg.graph.ask import ask as ask_graph
from mechkg.model.answer import Answer
from mechkg.service.reading import View

__all__ = ["Answer", "Question", "ask", "questions"]


def ask(workspace: View, name: str, parameters: Mapping[str, str] | None = None) -> Answer:
    """Answer the question called ``name``.

    Raises NotFoundError for an unknown question or parameter, BadInputError for a value of the wrong type.
    """
    return ask_graph(workspace.store, name, dict(parameters or {}))
