"""A graph of ComfyUI's nodes, of which nothing is certain."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from pictures.recipe.untrusted import json_object

MOST_VISITS = 20_000
"""Of nodes, in all that is asked of one graph: a hostile one ends there, an honest one long before."""

_LITERALS = ("value", "seed", "int", "float", "number", "string", "text", "Value", "Text")
"""Under which names nodes that only hold a number or a text keep it."""


class Link(NamedTuple):
    """Where an input comes from."""

    node: str
    slot: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One node: what it is, and its inputs, each a literal or a link as ComfyUI writes it."""

    kind: str
    inputs: Mapping[str, Any]

    @property
    def links(self) -> Mapping[str, Link]:
        """The inputs that come from other nodes."""
        return {name: link for name, value in self.inputs.items() if (link := as_link(value))}


@dataclass(kw_only=True, slots=True)
class Graph:
    """Nodes by their ids; every walk visits a node once, and all walks together MOST_VISITS."""

    nodes: Mapping[str, Node]
    _left: int = field(default=MOST_VISITS, init=False)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read a graph in ComfyUI's API format, which may hold NaN; None for anything else."""
        said = json_object(text) or {}
        nodes = {
            name: Node(kind=str(node.get("class_type", ""))[:100], inputs=node["inputs"])
            for name, node in said.items()
            if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
        }
        return cls(nodes=nodes) if nodes else None

    def upstream(self, start: Link | None) -> Iterator[Node]:
        """Yield the node that a link leads to, then the nodes behind it, the nearest first."""
        waiting = deque([start.node] if start else [])
        seen = set(waiting)
        while waiting and self._left > 0:
            self._left -= 1
            node = self.nodes.get(waiting.popleft())
            if node is None:
                continue
            yield node
            for link in node.links.values():
                if link.node not in seen:
                    seen.add(link.node)
                    waiting.append(link.node)

    def visit(self, link: Link) -> Node | None:
        """Return the node that a link leads to; None past MOST_VISITS."""
        self._left -= 1
        return self.nodes.get(link.node) if self._left > 0 else None

    def literal(self, value: object) -> object:
        """Return an input's own value or, where it is linked, the first one that a node behind it holds."""
        link = as_link(value)
        if link is None:
            return value
        for node in self.upstream(link):
            for name in _LITERALS:
                held = node.inputs.get(name)
                if isinstance(held, str | int | float):
                    return held
        return None

    def nearest(self, start: Link | None, *names: str) -> object:
        """Return the first value that a node upstream has under one of these names."""
        for node in self.upstream(start):
            for name in names:
                if name in node.inputs:
                    return self.literal(node.inputs[name])
        return None


def as_link(value: object) -> Link | None:
    """Return an input as a link; None for a literal."""
    match value:
        case [str() | int() as node, int() as slot]:
            return Link(str(node), slot)
        case _:
            return None
