"""The dialect of ComfyUI: the graph in `prompt`."""

from collections import deque
from collections.abc import Mapping

from pictures.recipe.dialects.comfyui_graph import Graph, Link, Node, as_link
from pictures.recipe.foreign import ForeignRecipe

KEYWORD = "prompt"
NAME = "ComfyUI"

_SEEDS = ("seed", "noise_seed")
_TEXTS = ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt")
"""The inputs of nodes that encode a text."""

_MODELS = ("ckpt_name", "unet_name")
_OUTPUTS = ("Save", "Preview")
_UNWANTED = "ConditioningZeroOut"
"""Makes nothing of the text in front of it."""


def read(texts: Mapping[str, str]) -> ForeignRecipe | None:
    """Read the first sampler of the chain that ends in the saved picture, and what leads to it."""
    graph = Graph.parse(texts.get(KEYWORD))
    if graph is None:
        return None
    sampler = _sampler(graph)
    if sampler is None:
        return None
    links = sampler.links
    guider, sigmas = links.get("guider"), links.get("sigmas")
    positive = links.get("positive") or _behind(graph, guider, "positive", "conditioning")
    negative = links.get("negative") or _behind(graph, guider, "negative")
    size = _sized(graph, links.get("latent_image"))
    distilled = graph.nearest(positive, "guidance")
    return ForeignRecipe.of(
        NAME,
        prompt=_words(graph, positive, "positive"),
        negative=_words(graph, negative, "negative"),
        seed=_said(graph, sampler, links.get("noise"), *_SEEDS),
        steps=_said(graph, sampler, sigmas, "steps"),
        guidance=_said(graph, sampler, guider, "cfg") if distilled is None else distilled,
        scheduler=_said(graph, sampler, links.get("sampler"), "sampler_name"),
        schedule=_said(graph, sampler, sigmas, "scheduler"),
        strength=_said(graph, sampler, sigmas, "denoise"),
        model=graph.nearest(links.get("model") or guider, *_MODELS),
        width=size and graph.literal(size.inputs["width"]),
        height=size and graph.literal(size.inputs["height"]),
    )


def _sampler(graph: Graph) -> Node | None:
    """Return the sampler furthest behind a saved picture; without one, the first of the graph."""
    for output in graph.nodes.values():
        if output.kind.startswith(_OUTPUTS):
            behind = [
                node for link in output.links.values() for node in graph.upstream(link) if _is_sampler(node)
            ]
            if behind:
                return behind[-1]
    return next((node for node in graph.nodes.values() if _is_sampler(node)), None)


def _is_sampler(node: Node) -> bool:
    inputs = node.inputs.keys()
    return {"guider", "noise"} <= inputs or ("positive" in inputs and not inputs.isdisjoint(_SEEDS))


def _said(graph: Graph, sampler: Node, otherwise: Link | None, *names: str) -> object:
    """Return what the sampler says itself, or a node behind one of its inputs."""
    for name in names:
        if name in sampler.inputs:
            return graph.literal(sampler.inputs[name])
    return graph.nearest(otherwise, *names)


def _behind(graph: Graph, guider: Link | None, *names: str) -> Link | None:
    """Return the first of these inputs of a guider."""
    node = graph.visit(guider) if guider else None
    return next((node.links[name] for name in names if name in node.links), None) if node else None


def _sized(graph: Graph, latent: Link | None) -> Node | None:
    return next((node for node in graph.upstream(latent) if {"width", "height"} <= node.inputs.keys()), None)


def _words(graph: Graph, conditioning: Link | None, side: str) -> str:
    """Return the texts behind a conditioning, each once, through whatever nodes change or combine it."""
    found: dict[str, None] = {}
    waiting = deque([conditioning] if conditioning else [])
    seen = set(waiting)
    while waiting:
        link = waiting.popleft()
        node = graph.visit(link)
        if node is None or node.kind == _UNWANTED:
            continue
        texts = [graph.literal(node.inputs[name]) for name in (*_TEXTS, side) if _holds_text(node, name)]
        if texts:
            found |= {text.strip(): None for text in texts if isinstance(text, str)}
            continue
        for further in _onwards(node, link.slot):
            if further not in seen:
                seen.add(further)
                waiting.append(further)
    return ", ".join(text for text in found if text)


def _holds_text(node: Node, name: str) -> bool:
    """Whether an input is a text; a `positive` that is a link is a conditioning."""
    value = node.inputs.get(name)
    return isinstance(value, str) or (name in _TEXTS and as_link(value) is not None)


def _onwards(node: Node, slot: int) -> list[Link]:
    """Return the links that a conditioning comes from; of a node with two, the one for this output."""
    links = node.links
    if "positive" in links and "negative" in links:
        return [links["negative" if slot == 1 else "positive"]]
    conditionings = [link for name, link in links.items() if name.startswith("conditioning")]
    return conditionings or list(links.values())
