"""What is raised when a change of a project cannot be."""

from __future__ import annotations


class GraphError(ValueError):
    """A change that the graph does not allow; its text is one sentence for the user."""
