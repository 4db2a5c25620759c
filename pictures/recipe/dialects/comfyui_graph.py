"""An untrusted graph of ComfyUI nodes."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from pictures.recipe.untrusted import json_object

MAX_VISITS = 20_000
"""Of nodes, in all queries of one graph together: ordinary ones need far fewer, hostile ones stop here."""

_LITERALS = ("value", "seed", "int", "float", "number", "string", "text", "Value", "Text")
"""Input names of nodes that only hold a number or a text."""


class Link(NamedTuple):
    """The output of another node that an input comes from."""

    node: str
    slot: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One node: its class, and its inputs, each a literal or a link as ComfyUI writes it."""

    kind: str
    inputs: Mapping[str, Any]

    @property
    def links(self) -> Mapping[str, Link]:
        """The inputs that come from other nodes."""
        return {name: link for name, value in self.inputs.items() if (link := as_link(value))}


@dataclass(kw_only=True, slots=True)
class Graph:
    """Nodes by their ids; a query visits a node once, and all queries together MAX_VISITS nodes."""

    nodes: Mapping[str, Node]
    _visits_left: int = field(default=MAX_VISITS, init=False)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Return the graph in ComfyUI's API format, which may contain NaN; None for any other text."""
        json_nodes = json_object(text) or {}
        nodes = {
            name: Node(kind=str(node.get("class_type", ""))[:100], inputs=node["inputs"])
            for name, node in json_nodes.items()
            if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
        }
        return cls(nodes=nodes) if nodes else None

    def upstream(self, start: Link | None) -> Iterator[Node]:
        """Yield the node of a link, then the nodes behind it, breadth first."""
        waiting = deque([start.node] if start else [])
        seen = set(waiting)
        while waiting and self._visits_left > 0:
            self._visits_left -= 1
            node = self.nodes.get(waiting.popleft())
            if node is None:
                continue
            yield node
            for link in node.links.values():
                if link.node not in seen:
                    seen.add(link.node)
                    waiting.append(link.node)

    def visit(self, link: Link) -> Node | None:
        """Return the node of a link; None if it does not exist, or past MAX_VISITS."""
        self._visits_left -= 1
        return self.nodes.get(link.node) if self._visits_left > 0 else None

    def literal(self, value: object) -> object:
        """Return the value of an input; of a link, the nearest literal behind it."""
        link = as_link(value)
        if link is None:
            return value
        for node in self.upstream(link):
            for name in _LITERALS:
                literal = node.inputs.get(name)
                if isinstance(literal, str | int | float):
                    return literal
        return None

    def nearest(self, start: Link | None, *names: str) -> object:
        """Return the nearest value upstream under one of these input names."""
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
