"""The cost of one forward pass of a denoiser."""

from dataclasses import dataclass

from pictures.geometry import Size


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """FLOPs of one forward pass of one sample: a polynomial of its latent cells (8×8 pixels).

    Convolutions are linear in the cells, self-attention is quadratic, and projecting the text is constant.
    The coefficients were fitted to torch's FLOP counter on the real architectures; `benchmarks.flops`
    compares.
    """

    fixed: float
    linear: float
    quadratic: float

    def __call__(self, size: Size) -> float:
        """Return the FLOPs of a window with that many cells."""
        return self.fixed + self.linear * size.pixels + self.quadratic * size.pixels**2
