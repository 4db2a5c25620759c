"""Pure code on pixels: canvas, mask, infill, windows, colour and seam."""
