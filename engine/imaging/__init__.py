"""Pure code on pixels: canvas, mask, infill, colour and seam."""
