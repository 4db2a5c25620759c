"""The dialect of ComfyUI: the graph in `prompt`."""

from collections import deque
from collections.abc import Mapping

from pictures.recipe.dialects.comfyui_graph import Graph, Link, Node, as_link
from pictures.recipe.foreign import ForeignRecipe

KEYWORD = "prompt"
NAME = "ComfyUI"

_SEEDS = ("seed", "noise_seed")
_TEXT_INPUTS = ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt")
"""The inputs of nodes that encode text."""

_MODEL_INPUTS = ("ckpt_name", "unet_name")
_OUTPUT_PREFIXES = ("Save", "Preview")
_ZERO_OUT = "ConditioningZeroOut"
"""The node that discards the text before it."""


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the first sampler of the chain that ends in the saved picture, and its inputs."""
    graph = Graph.parse(texts.get(KEYWORD))
    if graph is None:
        return None
    sampler = _sampler(graph)
    if sampler is None:
        return None
    links = sampler.links
    guider, sigmas = links.get("guider"), links.get("sigmas")
    positive = links.get("positive") or _guider_link(graph, guider, "positive", "conditioning")
    negative = links.get("negative") or _guider_link(graph, guider, "negative")
    size = _size_node(graph, links.get("latent_image"))
    distilled = graph.nearest(positive, "guidance")
    return ForeignRecipe.of(
        NAME,
        prompt=_prompt(graph, positive, "positive"),
        negative=_prompt(graph, negative, "negative"),
        seed=_input_value(graph, sampler, links.get("noise"), *_SEEDS),
        steps=_input_value(graph, sampler, sigmas, "steps"),
        guidance=_input_value(graph, sampler, guider, "cfg") if distilled is None else distilled,
        scheduler=_input_value(graph, sampler, links.get("sampler"), "sampler_name"),
        schedule=_input_value(graph, sampler, sigmas, "scheduler"),
        strength=_input_value(graph, sampler, sigmas, "denoise"),
        model=graph.nearest(links.get("model") or guider, *_MODEL_INPUTS),
        width=size and graph.literal(size.inputs["width"]),
        height=size and graph.literal(size.inputs["height"]),
    )


def _sampler(graph: Graph) -> Node | None:
    """Return the sampler furthest behind a saved picture; without one, the first of the graph."""
    for output in graph.nodes.values():
        if output.kind.startswith(_OUTPUT_PREFIXES):
            behind = [
                node for link in output.links.values() for node in graph.upstream(link) if _is_sampler(node)
            ]
            if behind:
                return behind[-1]
    return next((node for node in graph.nodes.values() if _is_sampler(node)), None)


def _is_sampler(node: Node) -> bool:
    inputs = node.inputs.keys()
    return {"guider", "noise"} <= inputs or ("positive" in inputs and not inputs.isdisjoint(_SEEDS))


def _input_value(graph: Graph, sampler: Node, fallback: Link | None, *names: str) -> object:
    """Return the value of a sampler's input, or the nearest one behind another of its links."""
    for name in names:
        if name in sampler.inputs:
            return graph.literal(sampler.inputs[name])
    return graph.nearest(fallback, *names)


def _guider_link(graph: Graph, guider: Link | None, *names: str) -> Link | None:
    """Return the first of these links of a guider node."""
    node = graph.visit(guider) if guider else None
    return next((node.links[name] for name in names if name in node.links), None) if node else None


def _size_node(graph: Graph, latent: Link | None) -> Node | None:
    return next((node for node in graph.upstream(latent) if {"width", "height"} <= node.inputs.keys()), None)


def _prompt(graph: Graph, conditioning: Link | None, side: str) -> str:
    """Return the texts behind a conditioning, each once, through the nodes that change or combine it."""
    texts: dict[str, None] = {}
    waiting = deque([conditioning] if conditioning else [])
    seen = set(waiting)
    while waiting:
        link = waiting.popleft()
        node = graph.visit(link)
        if node is None or node.kind == _ZERO_OUT:
            continue
        values = [
            graph.literal(node.inputs[name]) for name in (*_TEXT_INPUTS, side) if _is_text_input(node, name)
        ]
        if values:
            texts |= {value.strip(): None for value in values if isinstance(value, str)}
            continue
        for next_link in _next_links(node, link.slot):
            if next_link not in seen:
                seen.add(next_link)
                waiting.append(next_link)
    return ", ".join(text for text in texts if text)


def _is_text_input(node: Node, name: str) -> bool:
    """Whether an input is a text; a `positive` that is a link is a conditioning."""
    value = node.inputs.get(name)
    return isinstance(value, str) or (name in _TEXT_INPUTS and as_link(value) is not None)


def _next_links(node: Node, slot: int) -> list[Link]:
    """Return the links that a conditioning comes from; of a node with both, the one for this output slot."""
    links = node.links
    if "positive" in links and "negative" in links:
        return [links["negative" if slot == 1 else "positive"]]
    conditionings = [link for name, link in links.items() if name.startswith("conditioning")]
    return conditionings or list(links.values())
