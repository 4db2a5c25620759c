"""The price of one forward of a denoiser."""

from dataclasses import dataclass

from pictures.geometry import Size


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """FLOPs of one forward of one sample: a polynomial of its latent cells (8×8 pixels).

    Convolutions follow the cells, self-attention their square, cross-attention to the text neither. The
    coefficients of a profile come from torch's counter on its real architecture; `benchmarks.flops` compares.
    """

    fixed: float
    linear: float
    quadratic: float

    def __call__(self, size: Size) -> float:
        """Return the FLOPs of a window of some cells."""
        return self.fixed + self.linear * size.pixels + self.quadratic * size.pixels**2
