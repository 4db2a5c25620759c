"""The option table: a row for everything that people can give, from which all ways of asking are made.

Discord's slash commands, words in a message, the switches of `outcrop fix` and docs/options.md follow from
it. A row's value goes into the field of PaintRequest of the same name, whose bounds are its bounds.
"""

from pathlib import Path
from typing import Any

from options.option import Group, Option, OptionTable, Where
from options.request import PaintRequest
from options.shift import Side
from options.target import MAX_ZOOM, MIN_ZOOM, Anchor
from pictures.geometry import MAX_SIDE
from pictures.recipe.scheduler_names import SCHEDULER_NAMES
from pictures.recipe.settings import Range

MODEL = "the model’s"
"""The default of what every model has its own number for."""

_SIDE: dict[str, Any] = {
    "group": Group.FRAME, "kind": int, "absent": 0, "bounds": Range(0, MAX_SIDE, "pixels"),
    "example": "128", "where": Where.SLASH | Where.TEXT, "commands": ("outcrop", "outpaint"),
}  # fmt: skip

_SHAPE: dict[str, Any] = {"group": Group.FRAME, "commands": ("outcrop",)}
_SEAM: dict[str, Any] = {"group": Group.SETTINGS, "metavar": "PIXELS"}

OPTIONS = OptionTable(
    PaintRequest,
    (
        Option(
            name="outcrop", group=Group.FRAME, switches=("-c", "--outcrop"), word="", kind=list,
            help=f"Sides and pixels to add, as in: top 128 right 64; up to {MAX_SIDE:,} each",
            metavar="SIDE PIXELS", example="top 128 right 64", invokeai="-c, --outcrop",
            where=Where.TEXT | Where.COMMAND_LINE,
        ),
        Option(name="top", help="Pixels to add above, rounded up to 64", **_SIDE),
        Option(name="right", help="Pixels to add on the right, rounded up to 64", **_SIDE),
        Option(name="bottom", help="Pixels to add below, rounded up to 64", **_SIDE),
        Option(name="left", help="Pixels to add on the left, rounded up to 64", **_SIDE),
        Option(
            name="side", group=Group.FRAME, kind=Side, where=Where.SLASH, commands=("shift",),
            example="top",
            help="Where new pixels are painted; as many are cut off on the other side",
        ),
        Option(
            name="pixels", group=Group.FRAME, kind=int, bounds=Range(1, MAX_SIDE, "pixels"),
            where=Where.SLASH, commands=("shift",), example="64",
            help="How many new pixels", default="half of the picture",
        ),
        Option(
            name="shift", group=Group.FRAME, switches=("-D", "--out_direction"), kind=list,
            help="Same size: new pixels on one side, as many cut off on the other",
            default="half of the axis",
            metavar="SIDE [PIXELS]", example="top 64", invokeai="-D, --out_direction",
            where=Where.TEXT | Where.COMMAND_LINE,
        ),
        Option(
            name="prompt", group=Group.SETTINGS, switches=("--new_prompt",), metavar="TEXT",
            example="a lake",
            help="What to paint", default="the prompt of the picture", invokeai="--new_prompt",
        ),
        Option(
            name="seed", group=Group.SETTINGS, switches=("-S", "--seed"), example="42", invokeai="-S",
            help="Seed; same seed, same picture, and -1 is random", default="random",
            cli_default="the picture’s own, or random",
        ),
        Option(
            name="variations", group=Group.SETTINGS, switches=("-n", "--variations"), example="2",
            invokeai="-n",
            absent=1, help="How many versions, with seeds N, N + 1, …", default="1",
        ),
        Option(
            name="infill", group=Group.INSIDE, example="tile", invokeai="(only in its web page)",
            help="How the new area is filled first; in a draft, this is the result", default="patchmatch",
        ),
        Option(
            name="tile_size", group=Group.INSIDE, example="32", invokeai="--tile_size", metavar="PIXELS",
            help="Side of a tile in pixels, for the infill “tile”", default="32",
        ),
        Option(
            name="exact", group=Group.FRAME, absent=False, commands=("outcrop", "outpaint"),
            help="Keep the sides as they are instead of rounding up to 64",
        ),
        Option(
            name="aspect", kind=str, length=(3, 20), metavar="W:H", example="16:9", **_SHAPE,
            help="Instead of sides: extend to this aspect ratio, for example 16:9",
        ),
        Option(
            name="zoom", kind=float, bounds=Range(float(MIN_ZOOM), int(MAX_ZOOM)), example="1.5", **_SHAPE,
            help=f"Instead of sides: zoom out, to {float(MIN_ZOOM):g} to {MAX_ZOOM} times the size",
        ),
        Option(
            name="size", kind=str, length=(3, 20), metavar="WxH", example="1920x1080", **_SHAPE,
            help="Instead of sides: extend to exactly this size, for example 1920x1080",
        ),
        Option(
            name="anchor", kind=Anchor, absent=Anchor.CENTER, example="top", **_SHAPE,
            help="Where the picture sits in that shape", default="center",
        ),
        Option(
            name="format", group=Group.OUTPUT, kind=str, length=(3, 12), example="jpeg 85",
            switches=("--format", "--quality"),
            help="File to send: png, webp (lossless), jpeg, or with a quality: jpeg 85, webp 90",
            default="png",
        ),
        Option(
            name="outpaint", field="holes", group=Group.INSIDE, switches=("-I", "--outpaint", "--init_img"),
            help="Paint what is transparent; sides may be added", invokeai="-I",
            where=Where.TEXT | Where.COMMAND_LINE,
        ),
        Option(
            name="mask", group=Group.INSIDE, switches=("-M", "--mask", "--init_mask"), kind=Path,
            metavar="FILE",
            help="A picture of the same size: white is painted, black is kept, grey is mixed",
            invokeai="-M",
            commands=("outpaint",), where=Where.SLASH | Where.COMMAND_LINE,
        ),
        Option(
            name="invert_mask", group=Group.INSIDE, commands=("outpaint",),
            help="Paint what is black in the mask, and keep what is white", invokeai="--invert_mask",
        ),
        Option(
            name="negative", group=Group.SETTINGS, metavar="TEXT", example="people",
            invokeai="[…] in the prompt",
            help="What not to paint", default=MODEL,
        ),
        Option(
            name="steps", group=Group.SETTINGS, switches=("-s", "--steps"), example="30", invokeai="-s",
            help="More steps are slower and finer", default=MODEL,
        ),
        Option(
            name="guidance", group=Group.SETTINGS, switches=("-C", "--cfg_scale", "--guidance"),
            metavar="X",
            aliases=("cfg_scale", "cfg"), example="7.5", invokeai="-C",
            help="How closely to follow the prompt", default=MODEL,
        ),
        Option(
            name="strength", group=Group.SETTINGS, switches=("-f", "--strength"), metavar="X",
            example="0.8",
            help="Denoising strength: 1 paints freely, less stays close to the fill", default=MODEL,
            invokeai="-f",
        ),
        Option(
            name="scheduler", group=Group.SETTINGS, switches=("-A", "--sampler", "--scheduler"),
            metavar="NAME",
            aliases=("sampler",), example="dpmpp-2m", invokeai="-A", length=(1, 60),
            choices=SCHEDULER_NAMES, default=MODEL,
            help="Sampler; names from InvokeAI, A1111, ComfyUI or diffusers work",
        ),
        Option(
            name="seam_size", example="96", invokeai="--seam_size", **_SEAM,
            help="Repaint a band of this many pixels along the original’s edge",
            default="0, it stays as it is",
        ),
        Option(
            name="seam_blur", example="16", invokeai="--seam_blur", **_SEAM,
            help="Seam blur: the pixels over which that band fades", default="0",
        ),
        Option(
            name="seam_strength", group=Group.SETTINGS, metavar="X", example="0.7",
            invokeai="--seam_strength",
            help="Denoising strength of that band", default="0.7",
        ),
        Option(
            name="seam_steps", group=Group.SETTINGS, example="10", invokeai="--seam_steps",
            help="Steps for that band", default="10", commands=("outpaint", "shift"),
        ),
        Option(
            name="increment", group=Group.SETTINGS, metavar="PIXELS", example="128",
            invokeai="!fix, repeated",
            help="Pixels that a side grows at once", default=MODEL,
        ),
        Option(
            name="context", group=Group.SETTINGS, metavar="PIXELS", example="256",
            commands=("outpaint", "shift"),
            help="Known pixels next to the new ones that the model sees", default=MODEL,
        ),
        Option(
            name="bleed", group=Group.SETTINGS, metavar="PIXELS", example="16", commands=("shift",),
            help="Pixels under the original that the model may repaint before it is pasted back",
            default="0",
        ),
        Option(
            name="guide", group=Group.SETTINGS, negatable=True, commands=("shift",),
            help="Experimental: paint a small version first, so that a large extension fits together",
            default="off",
        ),
    ),
)  # fmt: skip
